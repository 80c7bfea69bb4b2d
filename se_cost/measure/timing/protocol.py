"""How one process measures: all arms are paired with the plain one in quads.

It knows neither networks nor clocks: the instruments are handed in.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from math import ceil, inf
from statistics import median
from time import monotonic

from se_cost.errors import MeasurementError
from se_cost.measure.timing.quads import Quad
from se_cost.measure.timing.settings import QuickPlan
from se_cost.measure.timing.statistics import hodges_lehmann
from se_cost.measure.timing.verdict import interim
from se_cost.record import Record

Stopwatch = Callable[[str, int], float]  # (arm, iterations) to seconds for all of them
Taken = Callable[[], Mapping[str, float]]  # seconds of each stage since the last call
Progress = Callable[[float, str], None]  # (share done, what is being done)

WINDOW = 3  # rounds, in which every arm is timed once
STEADY = 0.02  # warm when the medians of the last WINDOW rounds and of those before differ by less
WARM_UP = 1 / 4  # of the time, at most


def silent(done: float, what: str) -> None:
    """Report no progress."""


def no_laps() -> dict[str, float]:
    """Return no seconds of stages, where none are taken."""
    return {}


def undisturbed() -> bool:
    """Report no disturbance, where none can be seen."""
    return False


class Instruments(Record):
    """What a process measures with."""

    stopwatch: Stopwatch
    now: Callable[[], float] = monotonic  # seconds, for the time limit
    disturbed: Callable[[], bool] = undisturbed  # was the device slowed down since the last call?
    laps: Taken = no_laps


class Measured(Record):
    """The quads of one process, and how they were taken."""

    iterations: int  # per timing
    quads: tuple[Quad, ...]
    warm: bool  # whether the timings had become steady before the first quad
    complete: bool  # False if the time ran out first
    interrupted: bool  # True if Ctrl-C ended it
    dropped: int  # quads during which the device was slowed down
    laps: Mapping[str, tuple[Quad, ...]]  # the quads of each stage


def measure(
    instruments: Instruments,
    arms: Sequence[str],
    plan: QuickPlan,
    number: int = 0,
    progress: Progress = silent,
) -> Measured:
    """Time all other arms against the first until each has its quads or the time is up.

    A quad during which the device was slowed down is dropped whole, counted, and taken again.
    Ctrl-C ends process `number` early and keeps its quads; before the first it is passed on.
    """
    coin = random.Random(plan.seed)
    others = arms[1:]
    deadline = instruments.now() + plan.max_time
    iterations = _calibrate(instruments.stopwatch, arms, plan.shortest)
    progress(0, "warming up")
    warm, quickest = _warm_up(instruments, arms, iterations, plan)
    iterations = max(iterations, _lasting(plan.shortest, quickest))  # a cold device is slower
    instruments.disturbed()  # the warm-up may be disturbed
    quads: list[Quad] = []
    laps: list[dict[str, Quad]] = []
    dropped, interrupted = 0, False
    wanted, least = plan.quads * len(others), plan.least * len(others)
    try:
        while len(quads) < wanted:
            if len(quads) + dropped >= least and instruments.now() >= deadline:
                break
            pair = (arms[0], others[len(quads) % len(others)])
            quad, of_stages = _quad(instruments, pair, iterations, number, coin.random() < 0.5)
            if instruments.disturbed():
                dropped += 1
                continue
            quads.append(quad)
            laps.append(of_stages)
            _report(progress, quads, wanted)
    except KeyboardInterrupt:
        if not quads:
            raise
        interrupted = True
    complete = len(quads) == wanted and not interrupted
    stages = dict.fromkeys(stage for each in laps for stage in each)
    of = {stage: tuple(each[stage] for each in laps if stage in each) for stage in stages}
    return Measured(iterations, tuple(quads), warm, complete, interrupted, dropped, of)


def _report(progress: Progress, quads: Sequence[Quad], wanted: int) -> None:
    if progress is not silent:  # which need not wait for an estimate
        effects = [quad.effect for quad in quads if quad.arm == quads[0].arm]
        progress(len(quads) / wanted, interim(hodges_lehmann(effects)))


def _calibrate(stopwatch: Stopwatch, arms: Sequence[str], shortest: float) -> int:
    """Return how many iterations make the quickest arm last `shortest` seconds."""
    for arm in arms:
        stopwatch(arm, 1)  # the first call of all also allocates and tunes
    return _lasting(shortest, min(_seconds(stopwatch, arm, 1) for arm in arms))


def _lasting(shortest: float, one: float) -> int:
    """Return how many iterations of `one` second each last for `shortest` seconds."""
    return ceil(max(1.0, shortest / one))


def _warm_up(
    instruments: Instruments, arms: Sequence[str], iterations: int, plan: QuickPlan
) -> tuple[bool, float]:
    """Run the arms in turn until all are steady, for a share of the time at most.

    Returns whether they are, and the seconds of one iteration of the quickest by then.
    """
    now, start = instruments.now, instruments.now()
    history: dict[str, list[float]] = {arm: [] for arm in arms}
    steady = False
    while not steady and now() - start < plan.max_time * WARM_UP:
        for arm, timings in history.items():
            timings.append(_seconds(instruments.stopwatch, arm, iterations))
        rounds = [sum(timings) for timings in zip(*history.values(), strict=True)]
        steady = now() - start >= plan.busy and _steady(rounds)
    return steady, min((min(t[-WINDOW:]) for t in history.values() if t), default=inf)


def _steady(rounds: list[float]) -> bool:
    """Return whether the last rounds took as long as those before, as far as noise lets one tell.

    Rounds of all arms together: of many arms by themselves one would nearly always be off.
    """
    if len(rounds) < 2 * WINDOW:
        return False
    last, before = median(rounds[-WINDOW:]), rounds[-2 * WINDOW : -WINDOW]
    return min(before) <= last <= max(before) or abs(last / median(before) - 1) < STEADY


def _quad(
    instruments: Instruments, pair: tuple[str, str], iterations: int, number: int, reverse: bool
) -> tuple[Quad, dict[str, Quad]]:
    """Return the seconds of one iteration in four timings, and those of the stages that both have.

    An untimed iteration comes before the first, and between two arms. After another arm the caches
    hold that arm's weights, after the same arm its own: without it the second of two timings in a
    row would be quicker, and the null would not be zero.
    """
    a, b = reversed(pair) if reverse else pair
    seconds, laps, last = [], [], ""
    for arm in (a, b, b, a):
        if arm != last:
            instruments.stopwatch(arm, 1)
        last = arm
        instruments.laps()  # of what was not timed
        seconds.append(_seconds(instruments.stopwatch, arm, iterations))
        laps.append(instruments.laps())
    # a stage of nothing, or too short for the clock of an accelerator, has no quad
    both = [stage for stage in laps[0] if all(one.get(stage, 0.0) > 0 for one in laps)]
    return _of_four(number, pair[1], reverse, seconds), {
        stage: _of_four(number, pair[1], reverse, [one[stage] / iterations for one in laps])
        for stage in both
    }


def _of_four(number: int, arm: str, reverse: bool, seconds: Sequence[float]) -> Quad:
    first, second, third, fourth = seconds
    return Quad(number, arm, reverse, (first, second, third, fourth))


def _seconds(stopwatch: Stopwatch, arm: str, iterations: int) -> float:
    """Return the seconds of one iteration."""
    return expect_forward(stopwatch(arm, iterations)) / iterations


def expect_forward(seconds: float) -> float:
    """Return the seconds of a timing; raise MeasurementError unless they are positive."""
    if seconds <= 0:
        raise MeasurementError(f"the clock says {seconds:g} s for one timing: it went backwards")
    return seconds
