"""Every doubt about a timing is told, with its remedy, and no other."""

from typing import Any

import pytest
from measure.made_up import full, timing

from se_cost.documents.doubts import (
    INTERRUPTED,
    LONGER,
    NOT_COMPLETE,
    NOT_WARM,
    RESTLESS,
    TOO_FEW,
    TOO_FEW_PROCESSES,
    UNDECIDED,
    doubts,
    span,
)
from se_cost.measure.timing.all_reduce import AllReduce
from se_cost.measure.timing.arms import BASELINE, NETWORK, TRIMMED
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.run import Stop, half_width
from se_cost.measure.timing.samples import ProcessResult, Throttling
from se_cost.measure.timing.settings import Settings, StoppingRule
from se_cost.nets.zoo.model import model
from se_cost.record import replace

SE50 = model("se_resnet50")


def with_processes(timing: Timing, *results: ProcessResult) -> Timing:
    """Return a timing that has other processes."""
    return replace(timing, run=replace(timing.run, processes=results))


def went(timing: Timing, **how: Any) -> Timing:
    """Return a timing whose processes all went otherwise."""
    results = timing.run.processes
    return with_processes(
        timing, *(replace(one, process=replace(one.process, **how)) for one in results)
    )


def test_a_good_run_leaves_no_doubt() -> None:
    """Neither by the full protocol nor by the quick one."""
    assert doubts(full(SE50)) == []
    assert doubts(timing(SE50)) == []


@pytest.mark.parametrize(
    ("stop", "words"),
    [
        (Stop.TIME, "the time ran out before the intervals reached the target: raise --max-time"),
        (Stop.PROCESSES, "12 processes did not reach the target: the machine is too noisy"),
        (Stop.INTERRUPTED, INTERRUPTED),
        (Stop.FAILED, "ended early, this is what was finished: no device"),
    ],
)
def test_why_it_ended(stop: Stop, words: str) -> None:
    """All ends but the good one are told."""
    assert doubts(full(SE50, stop=stop, reason="no device")) == [words]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((9, "9 s"), (9.46, "9.5 s"), (119, "119 s"), (240, "4 min"), (270, "4.5 min")),
        *((6600, "110 min"), (7200, "2 h"), (15710, "4.4 h"), (200_000, "2.3 days")),
    ],
)
def test_a_length_of_time_in_words(seconds: float, words: str) -> None:
    """Two digits, or whole units: nobody says 1.2e+02 s."""
    assert span(seconds) == words


def test_what_the_target_would_take() -> None:
    """A dead end says how far it is: the width goes with the square root of the time."""
    found = full(SE50, stop=Stop.TIME)
    rule = StoppingRule(target=half_width(found.run) / 3, max_time=240)
    (words,) = doubts(replace(found, run=replace(found.run, rule=rule)))
    assert words.startswith("in 4 min this machine can tell ±")
    assert "needs about 36 min: --max-time 2160, or --resume the json of `se-cost time`" in words


def test_more_than_a_day_is_no_advice() -> None:
    """A machine that is disturbed so much is to be left alone."""
    found = full(SE50, stop=Stop.TIME)
    rule = StoppingRule(target=half_width(found.run) / 20, max_time=240)
    (words,) = doubts(replace(found, run=replace(found.run, rule=rule)))
    assert words.endswith(
        "needs about 27 h: let the machine do nothing else, or take a larger --target"
    )


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"warm": False}, [NOT_WARM]),
        ({"complete": False}, [NOT_COMPLETE]),
        ({"complete": False, "interrupted": True}, [INTERRUPTED]),
        (
            {"complete": False, "warm": False},
            [f"{NOT_COMPLETE.removesuffix(f': {LONGER}')}; {NOT_WARM}"],
        ),
    ],
)
def test_how_the_one_process_went(how: dict[str, Any], expected: list[str]) -> None:
    """The gravest comes first; what one remedy cures is one warning."""
    assert doubts(timing(SE50, **how)) == expected


def test_in_how_many_processes() -> None:
    """Of many processes it is told how many went wrong, and how many quads were dropped."""
    run = full(SE50)
    results = [
        replace(one, process=replace(one.process, warm=i > 1, dropped=3 * (i == 0)))
        for i, one in enumerate(run.run.processes)
    ]
    assert doubts(with_processes(run, *results)) == [
        f"in 2 of 12 processes {NOT_WARM}",
        "dropped 3 comparisons during which the GPU was slowed down by its heat or power: cool it",
    ]


def test_one_dropped_comparison() -> None:
    """One is not several."""
    (doubt,) = doubts(went(timing(SE50), dropped=1))
    assert doubt.startswith("dropped 1 comparison during")


def test_lost_processes() -> None:
    """Their number and the last reason are told."""
    assert doubts(full(SE50, lost=2, reason="killed")) == ["lost 2 of 14 processes: killed"]


def test_no_memory() -> None:
    """What could not be measured beside the times is told."""
    run = replace(full(SE50), memory_error="a process died: exit 7")
    assert doubts(run) == ["no peak memory: a process died: exit 7"]


def test_a_smaller_batch() -> None:
    """What was asked for and what was timed are both told."""
    run = replace(timing(SE50, Settings(batch=128)), asked=256)
    assert doubts(run) == [
        "256 images did not fit into the memory: all networks were timed with 128"
    ]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (
            {"others": 0.4},
            ["other processes used 40 % of the CPU: close them, or raise --max-time"],
        ),
        ({"stolen": 0.25}, ["other virtual machines took 25 % of the CPU: raise --max-time"]),
        (
            {"others": 0.11},
            ["other processes used 11 % of the CPU: close them, or raise --max-time"],
        ),
        ({"others": 0.1, "stolen": 0.1}, []),
        ({"others": None, "stolen": None}, []),
    ],
)
def test_who_else_used_the_cpu(how: dict[str, Any], expected: list[str]) -> None:
    """It is told as a mean over processes; a tenth of it, or what is unknown, is not."""
    assert doubts(went(full(SE50), **how)) == expected


def test_a_mean_over_processes() -> None:
    """One process with a busy neighbour in twelve makes no doubt; half of them do."""
    run = full(SE50)
    results = run.run.processes
    busy = [replace(one, process=replace(one.process, others=0.6)) for one in results]
    assert doubts(with_processes(run, busy[0], *results[1:])) == []
    (doubt,) = doubts(with_processes(run, *busy[:6], *results[6:]))
    assert "31 % of the CPU" in doubt


def test_ranks_of_one_job_are_no_neighbours() -> None:
    """Data-parallel processes use the CPU beside each other."""
    run = went(full(SE50), others=0.9)
    assert doubts(replace(run, settings=Settings(batch=2, nproc=2))) == []


def test_a_restless_machine_is_named() -> None:
    """Where a network differs from itself, the run is doubted."""
    run = timing(SE50, quads=8)
    (result,) = run.run.processes
    bent = tuple(
        replace(quad, seconds=(*quad.seconds[:3], 1.05 * quad.seconds[3])) for quad in result.quads
    )
    restless = with_processes(run, replace(result, quads=bent))
    assert (restless.null.low or 0) > 0
    assert doubts(restless) == [RESTLESS]


def test_too_few() -> None:
    """Without an interval it is told what one takes."""
    assert doubts(timing(SE50, quads=5)) == [TOO_FEW]
    assert doubts(full(SE50, processes=6)) == [TOO_FEW_PROCESSES]


def test_narrow_enough_but_undecided() -> None:
    """A target that is wider than the margin may leave no verdict; a smaller one is the remedy."""
    run = full(SE50, truth={NETWORK: 1.004, TRIMMED: 1.0})
    assert run.overhead(NETWORK).verdict == "inconclusive"
    assert doubts(run) == [UNDECIDED]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        ({BASELINE: (0.1, 0.2), NETWORK: (0.1, 0.2)}, True),
        ({BASELINE: (0.1, 0.1), NETWORK: (0.1, 0.1)}, False),
        ({BASELINE: (0.1, 0.2), NETWORK: (0.1, 0.1)}, False),
        ({BASELINE: (0.1, 0.2), NETWORK: (0.2, 0.1)}, False),
    ],
)
def test_a_straggler(seconds: dict[str, tuple[float, float]], told: bool) -> None:
    """A rank that is slow with every network is named; one that is so by chance is not."""
    run = full(SE50, truth={NETWORK: 1.1})
    first, *others = run.run.processes
    exchanges = {arm: AllReduce(((0.3, 0.3),), (of,)) for arm, of in seconds.items()}
    words = "rank 1 is a straggler, all others wait for it: look at its device and host"
    slow = with_processes(run, replace(first, exchanges=exchanges), *others)
    assert doubts(slow) == [words] * told


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"retried": 1}, "the memory was nearly full"),
        ({"sharing": 1}, "the GPU was shared: 1 other program computed on it"),
        ({"sharing": 0}, ""),
        ({"throttling": Throttling(5, 0, 9, 1900, 1980, 60)}, ""),
        (
            {"throttling": Throttling(5, 0, 0, 1900, 1980, 60, told=False)},
            "the GPU did not tell to the end whether it was slowed down",
        ),
    ],
)
def test_what_a_gpu_did(how: dict[str, Any], told: str) -> None:
    """What may have slowed it down, or was not seen, is told."""
    found = doubts(went(timing(SE50), **how))
    assert len(found) == bool(told)
    assert all(doubt.startswith(told) for doubt in found)
