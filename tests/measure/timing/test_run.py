"""What the processes of a run say together."""

from math import exp, inf, log

import pytest

from measure.made_up import result
from se_cost.measure.timing.arms import NETWORK, TRIMMED
from se_cost.measure.timing.quads import Quad
from se_cost.measure.timing.run import Run, Stop, half_width
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import StoppingRule
from se_cost.measure.timing.statistics import hodges_lehmann
from se_cost.record import replace


def layout(ratio: float, quads: int = 5) -> ProcessResult:
    """Return a process in which the network takes `ratio` times as long, and nothing scatters."""
    one = Quad(0, NETWORK, False, (1, ratio, ratio, 1))
    return replace(result({NETWORK: ratio}, quads), quads=(one,) * quads)


RATIOS = [1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.07, 1.08]
FULL = Run(tuple(map(layout, RATIOS)), StoppingRule(), stop=Stop.TARGET)


def test_a_process_is_one_estimate() -> None:
    """Quads of one process share its layout of memory: they do not make the interval narrower."""
    few, many = FULL, replace(FULL, processes=tuple(layout(ratio, 50) for ratio in RATIOS))
    assert few.effect(NETWORK) == many.effect(NETWORK)
    expected = hodges_lehmann([log(ratio) for ratio in RATIOS], 0.97)
    found = few.effect(NETWORK)
    assert (found.low, found.value, found.high) == pytest.approx(
        (expected.low, expected.value, expected.high)
    )


def test_the_interval_that_is_looked_at_is_wider() -> None:
    """It pays for looking after every process: 97 % stands for 95 %."""
    found, once = FULL.effect(NETWORK), hodges_lehmann([log(ratio) for ratio in RATIOS], 0.95)
    assert found.low is not None
    assert once.low is not None
    assert found.low < once.low


def test_the_quick_protocol_has_an_estimate_for_each_quad() -> None:
    """One process makes an interval of its own quads, at 95 %."""
    effects = [i**2 / 1000 for i in range(20)]  # unevenly spread: hardly two pairs have one mean
    quads = tuple(Quad(0, NETWORK, False, (1, exp(x), exp(x), 1)) for x in effects)
    other = Quad(0, TRIMMED, False, (1, 9, 9, 1))
    run = Run((replace(result({NETWORK: 1.1}, 1), quads=(*quads, other)),))
    found, expected = run.effect(NETWORK), hodges_lehmann(effects, 0.95)
    assert run.quick
    assert (found.low, found.value, found.high) == pytest.approx(
        (expected.low, expected.value, expected.high)
    )
    assert not FULL.quick


def test_two_arms_are_compared_directly() -> None:
    """What the pairs of both have in common cancels, so the interval is that of the difference."""
    noise = [i**2 / 100 for i in range(12)]  # far more than the difference

    def quads(x: float) -> tuple[Quad, Quad]:
        network, trimmed = exp(x + 0.10), exp(x + 0.04)
        return (
            Quad(0, NETWORK, False, (1, network, network, 1)),
            Quad(0, TRIMMED, False, (1, trimmed, trimmed, 1)),
        )

    process = result({NETWORK: 1.1, TRIMMED: 1.04}, 1)
    run = Run((replace(process, quads=tuple(q for x in noise for q in quads(x))),))
    found = run.between(TRIMMED, NETWORK)
    assert found is not None
    assert (found.low, found.value, found.high) == pytest.approx((-0.06, -0.06, -0.06))
    assert run.effect(NETWORK).half_width > 0.2
    assert run.between("another", NETWORK) is None


def test_arms_and_quads_are_those_of_all_processes() -> None:
    """In the order they were taken."""
    run = Run((result({NETWORK: 1.1}, 2), result({TRIMMED: 1.0, NETWORK: 1.1}, 1)), StoppingRule())
    assert run.others == [NETWORK, TRIMMED]
    assert [quad.arm for quad in run.quads] == [NETWORK, NETWORK, TRIMMED, NETWORK]


def test_half_width_is_that_of_the_widest() -> None:
    """Every interval must be narrow enough; one that is not there is not."""
    found = FULL.effect(NETWORK)
    assert found.low is not None
    assert found.high is not None
    assert half_width(FULL) == pytest.approx((found.high - found.low) / 2)
    assert half_width(replace(FULL, processes=FULL.processes[:6])) == inf
    assert half_width(Run()) == inf


def test_a_run_grows_and_ends() -> None:
    """Losses are counted, and the last reason is kept."""
    run = Run(rule=StoppingRule()).with_lost("died").with_process(layout(1.0)).with_lost("hung")
    assert (len(run.processes), run.lost, run.reason, run.stop) == (1, 2, "hung", None)
    assert run.stopped(Stop.TIME) == replace(run, stop=Stop.TIME)
    assert run.stopped(Stop.FAILED, "no device").reason == "no device"
