"""What is derived from the samples of a timing."""

import pytest

from measure.made_up import TRUTH, full, result, timing
from se_cost.measure.timing.all_reduce import AllReduce
from se_cost.measure.timing.arms import BASELINE, NETWORK, TRIMMED, itself, three
from se_cost.measure.timing.quads import Quad
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.run import Run, Stop
from se_cost.measure.timing.settings import Settings
from se_cost.measure.timing.verdict import TimeVerdict
from se_cost.nets.zoo.model import model
from se_cost.record import replace

NET = model("se_resnet18", input=32)


def test_times_follow_from_the_quads() -> None:
    """Medians, throughput, overhead, null and drift of timings made by hand."""
    quads = tuple(
        Quad(0, arm, reverse, (b, a, a, b) if reverse else (a, b, b, a))
        for arm, a, b in ((NETWORK, 0.010, 0.011), (TRIMMED, 0.010, 0.0105))
        for reverse in (False, True, False, True, False, True)
    )
    run = Run((replace(result(TRUTH, 1), quads=quads),))
    found = Timing(NET, Settings(batch=4), three(NET), run)
    assert found.median_ms(BASELINE) == pytest.approx(10)
    assert found.median_ms(NETWORK) == pytest.approx(11)
    assert found.images_per_second(BASELINE) == pytest.approx(400)
    overhead = found.overhead(TRIMMED)
    assert overhead.percent == pytest.approx(5)
    assert overhead.verdict is TimeVerdict.SLOWER
    assert found.null.percent == pytest.approx(0, abs=1e-9)
    assert found.drift.percent == pytest.approx(0, abs=1e-9)


def test_arms_are_those_that_were_timed() -> None:
    """They have the order of the networks; a run that was cut short has not all of them."""
    assert timing(NET).arms == [BASELINE, NETWORK, TRIMMED]
    run = Run((result({NETWORK: 1.1}, 2),))
    assert Timing(NET, Settings(), three(NET), run).arms == [BASELINE, NETWORK]


def test_samples_are_those_of_all_processes() -> None:
    """Every quad with the number of its process, and how all of them went together."""
    found = full(NET, processes=3, quads=2).samples
    assert len(found.processes) == 3
    assert [quad.process for quad in found.quads] == [0] * 4 + [1] * 4 + [2] * 4
    assert (found.iterations, found.preempted) == (5, 9)
    assert (found.warm, found.complete, found.interrupted) == (True, True, False)


@pytest.mark.parametrize("name", ["warm", "complete"])
def test_samples_are_as_good_as_the_worst_process(name: str) -> None:
    """One process that was cold, or out of time, is enough to say so."""
    run = Run((result(TRUTH, 1), result(TRUTH, 1, 1, **{name: False})))
    found = Timing(NET, Settings(), three(NET), run).samples
    others = {"warm", "complete"} - {name}
    assert not getattr(found, name)
    assert all(getattr(found, other) for other in others)


def test_interrupted_within_a_process_or_between_two() -> None:
    """Either way Ctrl-C ended it, and the samples say so too."""
    for found in (timing(NET, interrupted=True), full(NET, stop=Stop.INTERRUPTED)):
        assert found.interrupted
        assert found.samples.interrupted
    assert not full(NET, stop=Stop.FAILED).interrupted


def test_itself() -> None:
    """Two networks that are one are a self-check."""
    run = timing(NET).run
    assert Timing(NET, Settings(), itself(NET), run).itself
    assert not timing(NET).itself


def test_all_reduces_of_all_processes_are_merged() -> None:
    """By arm, without the processes that have none."""
    one = {arm: AllReduce(((0.2, 0.1),), ((0.1, 0.1),)) for arm in (BASELINE, NETWORK)}
    results = [result({NETWORK: 1.1}, 2, number) for number in range(3)]
    run = Run((replace(results[0], exchanges=one), replace(results[1], exchanges=one), results[2]))
    found = Timing(NET, Settings(), three(NET), run).exchanges
    merged = AllReduce(((0.2, 0.1),) * 2, ((0.1, 0.1),) * 2)
    assert found == {BASELINE: merged, NETWORK: merged}
    assert timing(NET).exchanges == {}
