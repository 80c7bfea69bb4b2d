"""What operators take by themselves, and what they take together; needs no torch."""

from collections.abc import Iterable, Sequence
from math import ceil
from random import Random
from statistics import median

from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.statistics import Estimate
from se_cost.record import Record

LEAST = 6  # rounds, from which on there is an interval, as of quads
RESAMPLED = 400  # times
TAIL = 0.025
CALLS = "calls"  # the word for what a block takes beyond its operators


class TimedOperator(Record):
    """One operator that the attention of a stage runs, timed by itself.

    `count` is how often an iteration runs it; below zero it is one that is run less often than
    without attention. With the word `CALLS` it is what a whole block takes by itself beyond the sum
    of its operators, below zero if it is less: Python between them, and looks at memory.
    """

    stage: int
    word: str  # of the ledger, or ATen's
    backward: bool
    call: str  # torch's name, for instance aten::mul.Tensor
    shapes: tuple[tuple[int, ...], ...]  # of its operands, the batch included
    count: int
    bytes: int  # that one moves, if it reads each operand and writes each result once
    seconds: tuple[float, ...]  # of one, in each round
    launches: int = 1  # none of what only stands between operators

    def bound(self, machine: Machine) -> float:
        """Return the seconds that all of them take at least: bytes at copy speed, and launches."""
        return self.count * (self.bytes / machine.bandwidth + self.launches * machine.launch)


def together(operators: Iterable[TimedOperator]) -> Estimate | None:
    """Return the seconds of operators one after another, None if there are none.

    The value is exactly the sum of their medians, each times its count. The 95 % interval is of
    bootstrapped rounds: in a round all operators were timed within a second or two, so what slows
    all of them down widens it.
    """
    found = list(operators)
    if not found:
        return None
    rounds = len(found[0].seconds)
    value = _sum(found, range(rounds))
    if rounds < LEAST:
        return Estimate(value, None, None)
    random = Random(0)
    sums = sorted(_sum(found, random.choices(range(rounds), k=rounds)) for _ in range(RESAMPLED))
    outside = ceil(TAIL * RESAMPLED)
    return Estimate(value, min(value, sums[outside - 1]), max(value, sums[-outside]))


def _sum(operators: Sequence[TimedOperator], rounds: Sequence[int]) -> float:
    return sum(one.count * median([one.seconds[i] for i in rounds]) for one in operators)
