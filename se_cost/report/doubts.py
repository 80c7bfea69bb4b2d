"""What casts doubt on a timing, in plain words, each with its remedy."""

from collections.abc import Callable

from se_cost.measure.result import NETWORK, Timing
from se_cost.measure.run import Process, Stop

CROWDED = 0.1  # share of the CPU that others may use before it is said
INTERRUPTED = "interrupted: this is what was finished"
NOT_WARM = "the timings had not become steady before the measurement began: raise --max-time"
NOT_COMPLETE = "the time ran out before all comparisons were made: raise --max-time"
RESTLESS = (
    "the null does not hold zero, as it may in one run of 20: if it is so again, something else "
    "keeps the machine busy; close it"
)
UNDECIDED = "narrow enough for --target, but too wide for a verdict: take a smaller --target"
TOO_FEW = "too few comparisons for a 95 % interval, which takes 6 of each network"
TOO_FEW_PROCESSES = "too few processes for a 95 % interval, which takes 7: raise --max-time"


def doubts(timing: Timing) -> list[str]:
    """Return what a reader of the result must know, the gravest first."""
    return [
        *_ending(timing),
        *_processes(timing),
        *_surroundings(timing),
        *_stragglers(timing),
        *_interval(timing),
    ]


def _ending(timing: Timing) -> list[str]:
    run, settings = timing.run, timing.settings
    found = [INTERRUPTED] if timing.interrupted else []
    if run.stop is Stop.FAILED:
        found.append(f"ended early, this is what was finished: {run.reason}")
    if run.stop is Stop.TIME:
        found.append("the time ran out before the intervals reached the target: raise --max-time")
    if run.stop is Stop.PROCESSES and not run.quick:
        found.append(
            f"{len(run.processes)} processes did not reach the target: the machine is too noisy"
        )
    if run.lost and run.stop is not Stop.FAILED:
        found.append(f"lost {_of(run.lost, run.lost + len(run.processes))}: {run.reason}")
    if timing.asked is not None:
        found.append(
            f"{timing.asked} images did not fit into the memory: "
            f"all networks were timed with {settings.batch}"
        )
    if timing.unweighed:
        found.append(f"no peak memory: {timing.unweighed}")
    return found


def _processes(timing: Timing) -> list[str]:
    """Return what went wrong within processes."""
    kinds: dict[str, Callable[[Process], bool]] = {
        NOT_COMPLETE: lambda p: not p.samples.complete and not p.samples.interrupted,
        NOT_WARM: lambda p: not p.samples.warm,
    }
    found = []
    for words, holds in kinds.items():
        number = sum(map(holds, timing.run.processes))
        where = "" if timing.run.quick else f"in {_of(number, len(timing.run.processes))} "
        found += [where + words] if number else []
    dropped = sum(process.samples.dropped for process in timing.run.processes)
    if dropped:
        found.append(
            f"dropped {dropped} comparisons during which the GPU was slowed down by its "
            "heat or power: cool it"
        )
    return found


def _surroundings(timing: Timing) -> list[str]:
    """Return who else used the CPU; ranks of one job use it beside each other, and are none."""
    if timing.settings.nproc > 1:
        return []
    around = [process.surroundings for process in timing.run.processes]
    shares = {
        "other processes used {} of the CPU: close them, or raise --max-time": [
            one.others for one in around
        ],
        "other virtual machines took {} of the CPU: raise --max-time": [
            one.stolen for one in around
        ],
    }
    found = []
    for words, values in shares.items():
        known = [value for value in values if value is not None]
        if known and sum(known) / len(known) > CROWDED:
            found.append(words.format(f"{100 * sum(known) / len(known):.0f} %"))
    return found


def _stragglers(timing: Timing) -> list[str]:
    """Return the rank that all others wait for, if it is the same with every network."""
    slow = {exchange.straggler for exchange in timing.exchanges.values()}
    (rank,) = slow if len(slow) == 1 else (None,)
    if rank is None:
        return []
    return [f"rank {rank} is a straggler, all others wait for it: look at its device and host"]


def _interval(timing: Timing) -> list[str]:
    bounds = timing.overhead(NETWORK).percent
    found = [] if timing.null.holds_zero else [RESTLESS]
    if bounds.low is None:
        found.append(TOO_FEW if timing.run.quick else TOO_FEW_PROCESSES)
    elif timing.run.stop is Stop.TARGET and not timing.itself:
        found += [UNDECIDED] * (timing.overhead(NETWORK).verdict == "inconclusive")
    return found


def _of(number: int, total: int) -> str:
    return f"{number} of {total} processes"
