"""What else the CPU did while a process measured; needs no torch.

The times of every core are those of /proc/stat, see proc_stat(5), which only Linux has.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

STAT = Path("/proc/stat")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What disturbed a measurement; None where the system does not say.

    `others` and `stolen` are shares, 0 to 1, of the time of all cores that this process may use.
    """

    preempted: int  # times the system took the CPU from this process
    others: float | None  # used by other processes; ranks of one job are others to each other
    stolen: float | None  # given by the hypervisor to other machines
    load: float | None  # average number of runnable tasks in the last minute, this one included


@dataclass(frozen=True, slots=True)
class Cores:
    """Seconds since the start of the machine, summed over some of its cores."""

    busy: float
    stolen: float
    total: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the counters of the system say at one moment."""

    preempted: int
    own: float  # seconds of CPU used by this process and those it has waited for
    cores: Cores | None
    load: float | None


def watched(stat: Path = STAT) -> Callable[[], Surroundings]:
    """Start to watch, and return what says how the surroundings have been since."""
    before = snapshot(stat)
    return lambda: between(before, snapshot(stat))


def between(before: Snapshot, after: Snapshot) -> Surroundings:
    """Return what happened between two moments; a parent that only waits does not count."""
    preempted = after.preempted - before.preempted
    first, last = before.cores, after.cores
    if first is None or last is None or last.total <= first.total:
        return Surroundings(preempted, None, None, after.load)
    span = last.total - first.total
    others = last.busy - first.busy - (after.own - before.own)
    stolen = last.stolen - first.stolen
    # clocks of the system are coarser than those of a process: a difference may be below zero
    return Surroundings(preempted, max(0.0, others / span), max(0.0, stolen / span), after.load)


def snapshot(stat: Path = STAT) -> Snapshot:
    """Read the counters now."""
    return Snapshot(preemptions(), sum(os.times()[:4]), cores(stat, affinity()), _load())


def cores(stat: Path, which: set[int]) -> Cores | None:
    """Return the times of the cores `which`, or None where there is no such file or core."""
    try:
        text = stat.read_text()
    except OSError:
        return None
    found = re.findall(r"^cpu(\d+)((?: +\d+)+)", text, re.MULTILINE)
    rows = [map(int, times.split()) for core, times in found if int(core) in which]
    columns = [sum(column) / os.sysconf("SC_CLK_TCK") for column in zip(*rows, strict=False)]
    if len(columns) < 8:
        return None
    user, nice, system, idle, waiting, interrupts, soft, stolen = columns[:8]  # guests are in user
    busy = user + nice + system + interrupts + soft
    return Cores(busy, stolen, busy + idle + waiting + stolen)


def affinity() -> set[int]:
    """Return the cores that this process may use, all of them where the system does not say."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def preemptions() -> int:
    """Return how often the system has taken the CPU from this process; 0 where it does not say."""
    if os.name != "posix":
        return 0
    from resource import RUSAGE_SELF, getrusage

    return getrusage(RUSAGE_SELF).ru_nivcsw


def _load() -> float | None:
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):  # Windows has none
        return None
