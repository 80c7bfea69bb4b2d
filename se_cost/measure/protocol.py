"""One process of the protocol: all arms paired with the plain one in quads; needs no torch.

It knows neither networks nor clocks: a stopwatch that says how long an arm took is handed in.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, inf
from statistics import median
from time import monotonic

from se_cost.errors import CannotMeasure
from se_cost.measure.quads import Quad, so_far
from se_cost.measure.stats import hodges_lehmann

Stopwatch = Callable[[str, int], float]  # (arm, iterations) to seconds for all of them
Progress = Callable[[float, str], None]  # (share done, what is being done)
Disturbed = Callable[[], bool]  # whether the device was slowed down since it was last asked


def silent(done: float, what: str) -> None:
    """Report no progress."""


def undisturbed() -> bool:
    """Say that nothing is known of any disturbance."""
    return False


STEADY = 0.02  # warm when the medians of the last five and the five before differ by less
WINDOW = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure, and how finely."""

    quads: int = 20  # per arm
    max_time: float = 60.0  # seconds, warm-up included
    shortest: float = 0.05  # seconds one timing lasts at least, unless one iteration is longer
    busy: float = 0.0  # seconds of warm-up at least; clocks of a GPU ramp up
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Samples:
    """Every timing that was taken, and how the run went."""

    iterations: int  # per timing
    quads: tuple[Quad, ...]
    warm: bool  # whether the timings had become steady before the first quad
    complete: bool  # False if the time ran out first
    interrupted: bool  # True if the user stopped it
    dropped: int = 0  # quads during which the device was slowed down


def measure(
    stopwatch: Stopwatch,
    baseline: str,
    others: Sequence[str],
    plan: Plan,
    progress: Progress = silent,
    now: Callable[[], float] = monotonic,
    disturbed: Disturbed = undisturbed,
) -> Samples:
    """Time `others` against `baseline` until every pair has its quads or the time is up.

    A disturbed quad is dropped whole, counted, and taken again. Ctrl-C ends it early and keeps
    what is finished; before the first quad it is passed on.
    """
    coin = random.Random(plan.seed)
    deadline = now() + plan.max_time
    iterations = _calibrate(stopwatch, (baseline, *others), plan.shortest)
    progress(0, "warming up")
    warm, quickest = _warm_up(stopwatch, (baseline, *others), iterations, plan, now)
    iterations = max(iterations, _lasting(plan.shortest, quickest))  # a cold device is slower
    disturbed()  # what came before does not count
    quads: list[Quad] = []
    dropped = 0
    total = plan.quads * len(others)
    try:
        while len(quads) < total and now() < deadline:
            arm = others[len(quads) % len(others)]
            quad = _quad(stopwatch, baseline, arm, iterations, coin.random() < 0.5)
            if disturbed():
                dropped += 1
                continue
            quads.append(quad)
            if progress is not silent:
                effects = [quad.effect for quad in quads if quad.arm == others[0]]
                progress(len(quads) / total, so_far(hodges_lehmann(effects)))
    except KeyboardInterrupt:
        if not quads:
            raise
        return Samples(iterations, tuple(quads), warm, False, True, dropped)
    return Samples(iterations, tuple(quads), warm, len(quads) == total, False, dropped)


def _calibrate(stopwatch: Stopwatch, arms: Sequence[str], shortest: float) -> int:
    """Return how many iterations make the quickest arm last `shortest` seconds."""
    for arm in arms:
        stopwatch(arm, 1)  # the first call of all also allocates and tunes
    return _lasting(shortest, min(_seconds(stopwatch, arm, 1) for arm in arms))


def _lasting(shortest: float, one: float) -> int:
    """Return how many iterations of `one` second each last for `shortest` seconds."""
    return ceil(max(1.0, shortest / one))


def _warm_up(
    stopwatch: Stopwatch,
    arms: Sequence[str],
    iterations: int,
    plan: Plan,
    now: Callable[[], float],
) -> tuple[bool, float]:
    """Run the arms in turn until all are steady, for a third of the time at most.

    Returns whether they are, and the seconds of one iteration of the quickest by then.
    """
    start = now()
    history: dict[str, list[float]] = {arm: [] for arm in arms}
    steady = False
    while not steady and now() - start < plan.max_time / 3:
        for arm, timings in history.items():
            timings.append(_seconds(stopwatch, arm, iterations))
        steady = now() - start >= plan.busy and all(map(_steady, history.values()))
    return steady, min((min(t[-WINDOW:]) for t in history.values() if t), default=inf)


def _steady(timings: list[float]) -> bool:
    if len(timings) < 2 * WINDOW:
        return False
    last, before = median(timings[-WINDOW:]), median(timings[-2 * WINDOW : -WINDOW])
    return abs(last / before - 1) < STEADY


def _quad(stopwatch: Stopwatch, baseline: str, arm: str, iterations: int, reverse: bool) -> Quad:
    a, b = (arm, baseline) if reverse else (baseline, arm)
    w, x, y, z = (_settled_seconds(stopwatch, name, iterations) for name in (a, b, b, a))
    return Quad(arm, reverse, (w, x, y, z))


def _settled_seconds(stopwatch: Stopwatch, arm: str, iterations: int) -> float:
    """Return the seconds of one iteration, after one that is not timed.

    After another arm the caches hold that one's weights, after the same arm its own: without this,
    the second of two timings in a row is the quicker, and the null sees it.
    """
    stopwatch(arm, 1)
    return _seconds(stopwatch, arm, iterations)


def _seconds(stopwatch: Stopwatch, arm: str, iterations: int) -> float:
    """Return the seconds of one iteration."""
    return expect_forward(stopwatch(arm, iterations)) / iterations


def expect_forward(seconds: float) -> float:
    """Return the seconds of a timing; raise CannotMeasure if there are none."""
    if seconds <= 0:
        raise CannotMeasure(f"the clock says {seconds:g} s for one timing: it went backwards")
    return seconds
