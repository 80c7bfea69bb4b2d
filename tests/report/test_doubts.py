"""Every doubt on a timing is told, with its remedy, and no other."""

from dataclasses import replace
from typing import Any

import pytest

from report.made_up import full, timing
from se_cost.measure.exchange import Exchange
from se_cost.measure.result import Timing
from se_cost.measure.run import Process, Run, Stop
from se_cost.measure.settings import Settings
from se_cost.nets.registry import recipe
from se_cost.report.doubts import INTERRUPTED, NOT_WARM, TOO_FEW_PROCESSES, UNDECIDED, doubts

SE50 = recipe("se_resnet50")


def around(timing: Timing, **surroundings: Any) -> Timing:
    """Return a timing whose processes had other surroundings."""

    def changed(process: Process) -> Process:
        return replace(process, surroundings=replace(process.surroundings, **surroundings))

    run: Run = replace(timing.run, processes=tuple(map(changed, timing.run.processes)))
    return replace(timing, run=run)


def test_a_good_run_leaves_no_doubt() -> None:
    """Neither do one lost process too few to mention nor a calm neighbour."""
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


def test_lost_processes() -> None:
    """Their number and the last reason are told."""
    assert doubts(full(SE50, lost=2, reason="killed")) == ["lost 2 of 14 processes: killed"]


def test_no_memory() -> None:
    """What could not be measured beside the times is told."""
    run = replace(full(SE50), unweighed="a process died: exit 7")
    assert doubts(run) == ["no peak memory: a process died: exit 7"]


def test_a_smaller_batch() -> None:
    """What was asked for and what was timed are both told."""
    run = replace(timing(SE50, Settings(batch=128)), asked=256)
    assert doubts(run) == [
        "256 images did not fit into the memory: all networks were timed with 128"
    ]


def test_neighbours() -> None:
    """Whoever used the CPU is told as a mean over processes; little, or what is unknown, is not."""
    run = full(SE50)
    assert doubts(around(run, others=0.4)) == [
        "other processes used 40 % of the CPU: close them, or raise --max-time"
    ]
    assert doubts(around(run, stolen=0.25)) == [
        "other virtual machines took 25 % of the CPU: raise --max-time"
    ]
    assert doubts(around(run, others=0.05, stolen=0.05)) == []
    assert doubts(around(run, others=None, stolen=None)) == []


def test_ranks_of_one_job_are_no_neighbours() -> None:
    """Data-parallel processes use the CPU beside each other."""
    run = around(full(SE50), others=0.9)
    assert doubts(replace(run, settings=Settings(batch=2, nproc=2))) == []


def test_too_few_processes() -> None:
    """Six make no interval of 97 %, seven do."""
    assert doubts(full(SE50, processes=6)) == [TOO_FEW_PROCESSES]
    assert doubts(full(SE50, processes=7)) == []


def test_what_went_wrong_in_some_processes() -> None:
    """It is told once, with the number of processes."""
    run = full(SE50).run
    cold = [
        replace(p, samples=replace(p.samples, warm=i > 1, dropped=3 * (i == 0)))
        for i, p in enumerate(run.processes)
    ]
    found = doubts(replace(full(SE50), run=replace(run, processes=tuple(cold))))
    assert found == [
        f"in 2 of 12 processes {NOT_WARM}",
        "dropped 3 comparisons during which the GPU was slowed down by its heat or power: cool it",
    ]


def test_narrow_enough_but_undecided() -> None:
    """A target that is wider than the margin may leave no verdict; a smaller one is the remedy."""
    run = full(SE50, truth={"network": 1.004, "without_final_stage": 1.0})
    assert run.overhead("network").verdict == "inconclusive"
    assert doubts(run) == [UNDECIDED]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        ({"baseline": (0.1, 0.2), "network": (0.1, 0.2)}, True),
        ({"baseline": (0.1, 0.1), "network": (0.1, 0.1)}, False),
        ({"baseline": (0.1, 0.2), "network": (0.1, 0.1)}, False),
        ({"baseline": (0.1, 0.2), "network": (0.2, 0.1)}, False),
    ],
)
def test_a_straggler(seconds: dict[str, tuple[float, float]], told: bool) -> None:
    """A rank that is slow with every network is named; one that is so by chance is not."""
    run = full(SE50, truth={"network": 1.1})
    first, *others = run.run.processes
    exchanges = {arm: Exchange(((0.3, 0.3),), (of,)) for arm, of in seconds.items()}
    changed = replace(run.run, processes=(replace(first, exchanges=exchanges), *others))
    words = "rank 1 is a straggler, all others wait for it: look at its device and host"
    assert doubts(replace(run, run=changed)) == [words] * told
