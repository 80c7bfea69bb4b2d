"""How busy the system was, from made-up counters whose truth is known."""

import os
import sys
from collections import namedtuple
from collections.abc import Sequence
from time import process_time
from typing import Any

import psutil
import pytest

from se_cost.measure.machine.load import (
    Cores,
    Snapshot,
    SystemLoad,
    affinity,
    between,
    busy,
    cores_among,
    preemptions,
    snapshot,
    watch_load,
)
from se_cost.record import replace

BEFORE = Snapshot(preempted=3, own=10.0, cores=Cores(busy=100, stolen=5, total=400), load=0.5)

# as psutil names them on Linux and on macOS
Linux = namedtuple("Linux", "user nice system idle iowait irq softirq steal guest guest_nice")
MacOS = namedtuple("MacOS", "user nice system idle")
TIMES = [
    Linux(10, 1, 4, 50, 3, 2, 1, 7, 6, 1),  # guests are in user and nice
    Linux(20, 0, 5, 60, 0, 0, 0, 0, 0, 0),
    Linux(*[7777] * 10),
]


def test_shares_of_a_span() -> None:
    """Of 200 s of the cores 60 were busy, 20 by us, and 10 stolen: 20 % others, 5 % stolen."""
    after = Snapshot(preempted=8, own=30.0, cores=Cores(busy=160, stolen=15, total=600), load=1.5)
    assert between(BEFORE, after) == SystemLoad(preempted=5, others=0.2, stolen=0.05, load=1.5)


def test_shares_are_not_negative() -> None:
    """Where the coarse clock of the system saw less than we used, nobody else was there."""
    after = replace(BEFORE, own=30.0, cores=Cores(busy=119.5, stolen=4.9, total=600))
    assert between(BEFORE, after) == SystemLoad(0, others=0.0, stolen=0.0, load=0.5)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BEFORE, replace(BEFORE, cores=None, load=2.5)),
        (replace(BEFORE, cores=None), replace(BEFORE, load=2.5)),
        (BEFORE, replace(BEFORE, load=2.5)),  # no tick of the clock in between
    ],
)
def test_shares_are_unknown(before: Snapshot, after: Snapshot) -> None:
    """Without counters, or without time between them, there is no share, not a share of zero."""
    assert between(before, after) == SystemLoad(0, None, None, load=2.5)


def test_stolen_time_is_unknown_where_it_is_not_counted() -> None:
    """The share of other processes is known all the same."""
    first, last = (Cores(busy=busy, stolen=None, total=total) for busy, total in ((0, 0), (9, 10)))
    before, after = (Snapshot(0, 0.0, cores, None) for cores in (first, last))
    assert between(before, after) == SystemLoad(0, others=0.9, stolen=None, load=None)


@pytest.mark.parametrize(
    ("times", "which", "expected"),
    [
        (TIMES, {0}, Cores(busy=18, stolen=7, total=78)),
        (TIMES, {0, 1}, Cores(busy=43, stolen=7, total=163)),
        (TIMES[:2], {0, 64}, Cores(busy=43, stolen=7, total=163)),  # two of 65 cores are online
        (TIMES, {0, 64}, None),
        ([MacOS(10, 1, 4, 50)], {0}, Cores(busy=15, stolen=None, total=65)),
    ],
)
def test_times_of_some_cores(times: Sequence[Any], which: set[int], expected: Cores | None) -> None:
    """Seconds are summed over the cores asked for, with guests once and waiting as idle."""
    assert cores_among(times, which) == expected


def test_own_time_is_that_of_children_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """User and system time of us and our children are ours; the wall clock is not among them."""
    monkeypatch.setattr(os, "times", lambda: (1.0, 2.0, 4.0, 8.0, 99.0))
    monkeypatch.setattr(psutil, "cpu_times", lambda *, percpu: TIMES if percpu else TIMES[0])
    monkeypatch.setattr(psutil.Process, "cpu_affinity", lambda _: [1], raising=False)
    found = snapshot()
    assert found.own == 15
    assert found.cores == Cores(busy=25, stolen=0, total=85)


def test_a_system_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without counters, load, affinity and counts of pre-emption all is unknown, or zero."""

    def refuses(*given: object, **named: object) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(psutil, "cpu_times", refuses)
        patched.setattr(psutil, "getloadavg", refuses)
        patched.delattr(psutil.Process, "cpu_affinity", raising=False)
        assert affinity() == set(range(os.cpu_count() or 1))
        patched.setattr(os, "name", "nt")
        assert preemptions() == 0
        assert watch_load()() == SystemLoad(0, None, None, None)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not report all of it")
def test_on_this_machine() -> None:
    """Real counters move forward, and shares are shares."""
    ask, begun = watch_load(), process_time()
    while process_time() < begun + 0.1:  # some ticks of the system's clock
        pass
    found = ask()
    assert found.preempted >= 0
    assert found.load is not None
    assert found.others is not None
    assert found.stolen is not None
    assert 0 <= found.others + found.stolen <= 1


STOLEN = "other virtual machines take 30 % of the CPU"


@pytest.mark.parametrize(
    ("others", "stolen", "words"),
    [
        (
            0.63,
            0.2,
            "other processes use 63 % of the CPU, other virtual machines take 20 % of the CPU",
        ),
        (0.05, 0.3, STOLEN),
        (0.1, None, ""),
        (0.2, 0.3, f"other processes use 20 % of the CPU, {STOLEN}"),
        (None, None, ""),
    ],
)
def test_who_else_uses_the_cpu(others: float | None, stolen: float | None, words: str) -> None:
    """By the kind of load and how much of it; a tenth is not worth saying."""
    assert busy(SystemLoad(0, others, stolen, 1.0)) == words
