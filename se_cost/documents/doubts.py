"""What casts doubt on a timing, in plain words, each with its remedy."""

from collections.abc import Callable
from math import ceil, isinf

from se_cost.measure.machine.load import CROWDED
from se_cost.measure.timing.arms import BASELINE, NETWORK
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.run import Run, Stop, half_width
from se_cost.measure.timing.samples import Process
from se_cost.measure.timing.verdict import TimeVerdict
from se_cost.text import joined, plural

LONGER = "raise --max-time"  # how what more time would cure ends
LONGEST = 86_400  # seconds: nobody waits for more than a day
WHOLE = 10  # from here on a length of time is told in whole units
CLOSE = "close them, or "
INTERRUPTED = "interrupted: this is what was finished"
NOT_WARM = "the timings had not become steady before the measurement began: raise --max-time"
NOT_COMPLETE = "the time ran out before all comparisons were made: raise --max-time"
RESTLESS = (
    "the A/A control differs from zero, as expected in 1 run of 20: if it recurs, other load "
    "disturbs the measurement; stop it and rerun"
)
UNDECIDED = "the interval met --target but is too wide for a verdict: use a smaller --target"
TOO_FEW = "too few comparisons for a 95 % interval, which takes 6 of each network"
TOO_FEW_PROCESSES = "too few processes for a 95 % interval, which takes 7: raise --max-time"


def doubts(timing: Timing) -> list[str]:
    """Return what a reader of the result must know, the gravest first; one remedy is said once."""
    return _with_one_remedy([*_of_run(timing), *_interval(timing, NETWORK)])


def doubts_of_many(timing: Timing) -> list[str]:
    """Return the same of a timing of many networks, with those of them that a doubt concerns."""
    others = [arm for arm in timing.networks if arm != BASELINE]
    concerned: dict[str, list[str]] = {}
    for arm in others:
        for doubt in _interval(timing, arm) if arm in timing.arms else [_too_few(timing.run)]:
            concerned.setdefault(doubt, []).append(arm)
    named = [
        doubt if arms == others else f"{joined(arms)}: {doubt}" for doubt, arms in concerned.items()
    ]
    return _with_one_remedy([*_of_run(timing), *named])


def _of_run(timing: Timing) -> list[str]:
    """Return what concerns all networks of a timing."""
    return [
        *_ending(timing),
        *_processes(timing),
        *_load(timing),
        *_gpu(timing),
        *_stragglers(timing),
        *([] if timing.null.holds_zero else [RESTLESS]),
    ]


def _with_one_remedy(found: list[str]) -> list[str]:
    """Return doubts of which all that more time would cure are one, in the place of the first."""
    curable = [words for words in found if words.endswith(LONGER)]
    if len(curable) < 2:
        return found
    causes = [
        words.removesuffix(LONGER).removesuffix(CLOSE).removesuffix(": ") for words in curable
    ]
    remedy = f"{CLOSE}{LONGER}" if any(CLOSE in words for words in curable) else LONGER
    whole = f"{joined(causes, '; ')}: {remedy}"
    return [whole if words is curable[0] else words for words in found if words not in curable[1:]]


def _ending(timing: Timing) -> list[str]:
    run, settings = timing.run, timing.settings
    found = [INTERRUPTED] if timing.interrupted else []
    if run.stop is Stop.FAILED:
        found.append(f"ended early, this is what was finished: {run.reason}")
    if run.stop is Stop.TIME:
        found.append(_longer(run, resumable=NETWORK in timing.networks))
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
    if timing.memory_error:
        found.append(f"no peak memory: {timing.memory_error}")
    return found


def _longer(run: Run, *, resumable: bool) -> str:
    """Return how precise this machine is in its time, and what time the target would take.

    The width of an interval goes with the square root of the time.
    """
    width, rule = half_width(run), run.rule
    if rule is None or isinf(width) or width <= rule.target:
        return "the time ran out before the intervals reached the target: raise --max-time"
    needed = rule.max_time * (width / rule.target) ** 2
    told = f"in {span(rule.max_time)} this machine can tell ±{100 * width:.2g} %; the target of "
    told += f"±{100 * rule.target:g} % needs about {span(needed)}: "
    if needed > LONGEST:
        return f"{told}let the machine do nothing else, or take a larger --target"
    again = ", or --resume the json of `se-cost time`" * resumable
    return f"{told}--max-time {10 * ceil(needed / 10)}{again}"


def span(seconds: float) -> str:
    """Return a length of time as people say it."""
    units = ((86400, "days"), (3600, "h"), (60, "min"))
    size, unit = next((found for found in units if seconds >= 2 * found[0]), (1, "s"))
    number = seconds / size
    return f"{number:.{0 if number >= WHOLE else 1}f} {unit}".replace(".0 ", " ")


def _processes(timing: Timing) -> list[str]:
    """Return what went wrong within processes."""
    kinds: dict[str, Callable[[Process], bool]] = {
        NOT_COMPLETE: lambda process: not process.complete and not process.interrupted,
        NOT_WARM: lambda process: not process.warm,
    }
    processes = timing.samples.processes
    found = []
    for words, holds in kinds.items():
        number = sum(map(holds, processes))
        where = "" if timing.run.quick else f"in {_of(number, len(processes))} "
        found += [where + words] if number else []
    dropped = sum(process.dropped for process in processes)
    if dropped:
        found.append(
            f"dropped {plural(dropped, 'comparison')} during which the GPU was slowed down by its "
            "heat or power: cool it"
        )
    return found


def _load(timing: Timing) -> list[str]:
    """Return who else used the CPU; ranks of one job use it beside each other, and are none."""
    if timing.settings.nproc > 1:
        return []
    processes = timing.samples.processes
    shares = {
        "other processes used {} of the CPU: close them, or raise --max-time": [
            process.others for process in processes
        ],
        "other virtual machines took {} of the CPU: raise --max-time": [
            process.stolen for process in processes
        ],
    }
    found = []
    for words, values in shares.items():
        known = [value for value in values if value is not None]
        if known and sum(known) / len(known) > CROWDED:
            found.append(words.format(f"{100 * sum(known) / len(known):.0f} %"))
    return found


def _gpu(timing: Timing) -> list[str]:
    """Return what on a GPU may have slowed a network down, or was not seen."""
    processes = timing.samples.processes
    watched = [process.throttling for process in processes if process.throttling]
    found = []
    if any(process.retried for process in processes):
        found.append(
            "the memory was nearly full: torch emptied its cache during timings, which is slow; "
            "take a smaller --batch"
        )
    if others := max((process.sharing or 0 for process in processes), default=0):
        found.append(f"the GPU was shared: {plural(others, 'other program')} computed on it")
    if not all(throttling.told for throttling in watched):
        found.append("the GPU did not tell to the end whether it was slowed down")
    return found


def _stragglers(timing: Timing) -> list[str]:
    """Return the rank that all others wait for, if it is the same with every network."""
    slow = {exchange.straggler for exchange in timing.exchanges.values()}
    (rank,) = slow if len(slow) == 1 else (None,)
    if rank is None:
        return []
    return [f"rank {rank} is a straggler, all others wait for it: look at its device and host"]


def _interval(timing: Timing, arm: str) -> list[str]:
    """Return what is in doubt about the interval of an arm."""
    overhead = timing.overhead(arm)
    if overhead.low is None:
        return [_too_few(timing.run)]
    undecided = overhead.verdict is TimeVerdict.INCONCLUSIVE
    known = timing.run.stop is Stop.TARGET and not (arm == NETWORK and timing.itself)
    return [UNDECIDED] * (undecided and known)


def _too_few(run: Run) -> str:
    return TOO_FEW if run.quick else TOO_FEW_PROCESSES


def _of(number: int, total: int) -> str:
    return f"{number} of {total} processes"
