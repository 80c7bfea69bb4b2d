"""How busy the system was while a process measured."""

import os
from collections.abc import Callable, Sequence
from typing import Any

import psutil

from se_cost.record import Record
from se_cost.text import joined


class SystemLoad(Record):
    """What disturbed a measurement; None where the system does not report it.

    `others` and `stolen` are shares, 0 to 1, of the time of all cores that this process may use.
    """

    preempted: int  # times that the system took the CPU from this process
    others: float | None  # used by other processes; ranks of one job are others to each other
    stolen: float | None  # given by the hypervisor to other machines
    load: float | None  # average number of runnable tasks in the last minute, this one included


CROWDED = 0.1  # share of the CPU that others may use before it is said


def busy(load: SystemLoad) -> str:
    """Return in words who else uses the CPU, and how much of it; empty if hardly anybody does."""
    users = {"other processes use": load.others, "other virtual machines take": load.stolen}
    found = [
        f"{words} {100 * share:.0f} % of the CPU"
        for words, share in users.items()
        if share is not None and share > CROWDED
    ]
    return joined(found, ", ")


class Cores(Record):
    """Seconds since the start of the machine, summed over some of its cores."""

    busy: float
    stolen: float | None  # where a hypervisor can report it
    total: float


class Snapshot(Record):
    """The counters of the system at one moment."""

    preempted: int
    own: float  # seconds of CPU used by this process and those it has waited for
    cores: Cores | None
    load: float | None


def watch_load() -> Callable[[], SystemLoad]:
    """Start to watch, and return a function that returns the load since then."""
    before = snapshot()
    return lambda: between(before, snapshot())


def between(before: Snapshot, after: Snapshot) -> SystemLoad:
    """Return the load between two moments; a parent that only waits adds nothing."""
    preempted = after.preempted - before.preempted
    first, last = before.cores, after.cores
    if first is None or last is None or last.total <= first.total:
        return SystemLoad(preempted, None, None, after.load)
    span = last.total - first.total
    others = last.busy - first.busy - (after.own - before.own)
    stolen = None if first.stolen is None or last.stolen is None else last.stolen - first.stolen
    # clocks of the system are coarser than those of a process: a difference may be below zero
    return SystemLoad(
        preempted=preempted,
        others=max(0.0, others / span),
        stolen=None if stolen is None else max(0.0, stolen / span),
        load=after.load,
    )


def snapshot() -> Snapshot:
    """Read the counters now."""
    return Snapshot(preemptions(), sum(os.times()[:4]), _cores(), _load())


def _cores() -> Cores | None:
    try:
        return cores_among(psutil.cpu_times(percpu=True), affinity())
    except OSError:
        return None


def cores_among(times: Sequence[Any], which: set[int]) -> Cores | None:
    """Return the sums of psutil's times over the cores `which`, None if one of them is not there.

    psutil lists the cores that are online, in order; if all of them may be used, their numbers do
    not matter.
    """
    every = len(which) == len(times)
    if not every and max(which) >= len(times):
        return None
    used = times if every else [times[core] for core in which]
    guests = sum(getattr(core, "guest", 0) + getattr(core, "guest_nice", 0) for core in used)
    total = sum(map(sum, used)) - guests  # user and nice include them
    idle = sum(core.idle + getattr(core, "iowait", 0) for core in used)
    stolen = sum(core.steal for core in used) if hasattr(used[0], "steal") else None
    return Cores(total - idle - (stolen or 0), stolen, total)


def affinity() -> set[int]:
    """Return the cores that this process may use, all of them where there is no affinity."""
    process = psutil.Process()
    allowed = process.cpu_affinity() if hasattr(process, "cpu_affinity") else None
    return set(allowed or range(os.cpu_count() or 1))


def preemptions() -> int:
    """Return how often the system has taken the CPU from this process; 0 where it is not counted.

    psutil counts the switches of the main thread alone, getrusage(2) those of all threads.
    """
    if os.name != "posix":
        return 0
    from resource import RUSAGE_SELF, getrusage

    return getrusage(RUSAGE_SELF).ru_nivcsw


def _load() -> float | None:
    try:
        return psutil.getloadavg()[0]
    except OSError:
        return None
