"""What one process of the full protocol measures, so that enough of them fit into the time.

It follows from how long things take, and never from what was found: an interval covers the truth
whatever the schedule is.
"""

from collections.abc import Sequence
from math import floor

from se_cost.measure.timing.samples import ProcessResult
from se_cost.record import Record

QUADS = 8  # of each arm in a process, where there is time: more of them do not help
LEAST = 2  # of each arm in a process, before any further arm is measured
UNTIMED = 3 / 4  # iterations for each timing of a quad: none before the second of two in a row


class Share(Record):
    """What one process measures: the first `arms` beside the plain one, each in `quads`."""

    arms: int
    quads: int


def share(seconds: float, idle: float, quad: float, others: int) -> Share:
    """Return what fits into the `seconds` of one process.

    `idle` seconds go by before its first quad, and each takes `quad`. All `others` get their least
    comparisons if they fit, else only the first of them do: one always has them. What is left then
    makes more comparisons of all.
    """
    fitting = max(0, floor((seconds - idle) / quad))
    arms = max(1, min(others, fitting // LEAST))
    return Share(arms, max(LEAST, min(QUADS, fitting // arms)))


def seconds_of_quad(results: Sequence[ProcessResult]) -> float:
    """Return how long a quad takes on the average, with its untimed iterations."""
    taken = [
        sum(quad.seconds) * (UNTIMED + result.process.iterations)
        for result in results
        for quad in result.quads
    ]
    return sum(taken) / len(taken)
