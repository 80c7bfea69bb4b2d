"""What else the CPU did, from made-up counters whose truth is known."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest

from se_cost.measure.surroundings import (
    Cores,
    Snapshot,
    Surroundings,
    affinity,
    between,
    cores,
    preemptions,
    snapshot,
    watched,
)

TICK = os.sysconf("SC_CLK_TCK")
BEFORE = Snapshot(preempted=3, own=10.0, cores=Cores(busy=100, stolen=5, total=400), load=0.5)

# user nice system idle iowait irq softirq steal guest guest_nice; guests are in user and nice
STAT = f"""cpu  {" ".join(["9999"] * 10)}
cpu0 {" ".join(str(n * TICK) for n in (10, 1, 4, 50, 3, 2, 1, 7, 6, 1))}
cpu1 {" ".join(str(n * TICK) for n in (20, 0, 5, 60, 0, 0, 0, 0, 0, 0))}
cpu10 {" ".join(["7777"] * 10)}
intr 4353068 0 0
"""


@pytest.fixture
def stat(tmp_path: Path) -> Path:
    """Return a made-up /proc/stat of three cores."""
    path = tmp_path / "stat"
    path.write_text(STAT)
    return path


def test_shares_of_a_span() -> None:
    """Of 200 s of the cores 60 were busy, 20 by us, and 10 stolen: 20 % others, 5 % stolen."""
    after = Snapshot(preempted=8, own=30.0, cores=Cores(busy=160, stolen=15, total=600), load=1.5)
    assert between(BEFORE, after) == Surroundings(preempted=5, others=0.2, stolen=0.05, load=1.5)


def test_alone_is_not_less_than_alone() -> None:
    """Where the coarse clock of the system saw less than we used, nobody else was there."""
    after = replace(BEFORE, own=30.0, cores=Cores(busy=119.5, stolen=4.9, total=600))
    assert between(BEFORE, after) == Surroundings(0, others=0.0, stolen=0.0, load=0.5)


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
    assert between(before, after) == Surroundings(0, None, None, load=2.5)


def test_times_of_some_cores(stat: Path) -> None:
    """Seconds are summed over the cores asked for, with guests once and waiting as idle."""
    assert cores(stat, {0}) == Cores(busy=18, stolen=7, total=78)
    assert cores(stat, {0, 1}) == Cores(busy=43, stolen=7, total=163)


@pytest.mark.parametrize("text", ["", "cpu  1 2 3 4 5 6 7 8 9 10\n", "cpu0 1 2 3 4\n", "cpu0 x\n"])
def test_unreadable_times(tmp_path: Path, text: str) -> None:
    """A file that says nothing of these cores, an old one without stolen time, and none."""
    path = tmp_path / "stat"
    assert cores(path, {0}) is None
    path.write_text(text)
    assert cores(path, {0}) is None


def test_own_time_is_that_of_children_too(monkeypatch: pytest.MonkeyPatch, stat: Path) -> None:
    """User and system time of us and our children are ours; the wall clock is not among them."""
    monkeypatch.setattr(os, "times", lambda: (1.0, 2.0, 4.0, 8.0, 99.0))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1}, raising=False)
    found = snapshot(stat)
    assert found.own == 15
    assert found.cores == Cores(busy=25, stolen=0, total=85)


def test_a_system_that_says_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without files, load, cores of its own and counts of pre-emption all is unknown, or zero."""
    with monkeypatch.context() as patched:
        patched.delattr(os, "getloadavg")
        patched.delattr(os, "sched_getaffinity", raising=False)
        patched.setattr(os, "name", "nt")
        assert watched(tmp_path / "stat")() == Surroundings(0, None, None, None)
        assert affinity() == set(range(os.cpu_count() or 1))
        assert preemptions() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc/stat")
def test_on_this_machine() -> None:
    """Real counters move forward, and shares are shares."""
    ask, begun = watched(), process_time()
    while process_time() < begun + 0.1:  # some ticks of the system's clock
        pass
    found = ask()
    assert found.preempted >= 0
    assert found.load is not None
    assert found.others is not None
    assert found.stolen is not None
    assert 0 <= found.others + found.stolen <= 1


def test_needs_no_torch() -> None:
    """What the parent of measuring processes reads comes without torch."""
    modules = ", ".join(f"se_cost.measure.{n}" for n in ("surroundings", "throttle", "peaks"))
    code = f"import sys, {modules}, se_cost.measure.energy; print('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "False\n"
