"""What one process of the full protocol measures, so that enough of them fit into the time.

It follows from how long things take, and never from what was found: an interval covers the truth
whatever the schedule is.
"""

from collections import Counter
from collections.abc import Sequence
from math import floor

from se_cost.measure.timing.arms import NETWORK
from se_cost.measure.timing.samples import ProcessResult
from se_cost.record import Record

QUADS = 8  # of each arm in a process, where there is time: more of them do not help
LEAST = 2  # of each arm in a process, before any further arm is measured
OF_EQUALS = 1  # the same where no arm is asked about more than others: intervals take processes
ROOMY = 30.0  # seconds of a process, from which on the first one measures as much as any
UNTIMED = 3 / 4  # iterations for each timing of a quad: none before the second of two in a row


class Share(Record):
    """What one process measures: some `arms` beside the plain one, each in `quads`."""

    arms: int
    quads: int


def share(seconds: float, setup: float, quad: float, others: int, least: int = LEAST) -> Share:
    """Return what fits into the `seconds` of one process.

    Every network takes `setup` seconds before its first quad, the plain one too, and each quad
    takes `quad`. All `others` get their least comparisons if they fit, else fewer of them do: one
    always has them. What is left then makes more comparisons of all.
    """
    fitting = floor((seconds - setup) / (setup + least * quad))
    arms = max(1, min(others, fitting))
    quads = floor((seconds - (1 + arms) * setup) / (arms * quad))
    return Share(arms, max(least, min(QUADS, quads)))


def first_share(seconds: float, others: Sequence[str]) -> Share:
    """Return what the first process measures, before it is known how long things take.

    Of arms that are all asked about it is one: twelve on a busy machine would take all of the time.
    """
    if NETWORK not in others:
        return Share(1, LEAST)
    return Share(len(others), QUADS if seconds >= ROOMY else LEAST)


def least_of(others: Sequence[str]) -> int:
    """Return how many comparisons an arm has at least in a process that measures it."""
    return LEAST if NETWORK in others else OF_EQUALS


def in_turn(others: Sequence[str], number: int, found: Sequence[ProcessResult]) -> list[str]:
    """Return the `number` of arms that the next process measures.

    Where one is asked about, these are it and those after it, as long as there is time for them.
    Arms that are all asked about take turns: those that the fewest processes measured come first.
    """
    if NETWORK in others:
        return list(others[:number])
    taken = Counter(arm for result in found for arm in {quad.arm for quad in result.quads})
    return sorted(others, key=lambda arm: taken[arm])[:number]


def seconds_of_quad(results: Sequence[ProcessResult]) -> float:
    """Return how long a quad takes on the average, with its untimed iterations."""
    taken = [
        sum(quad.seconds) * (UNTIMED + result.process.iterations)
        for result in results
        for quad in result.quads
    ]
    return sum(taken) / len(taken)
