"""Estimates with honest intervals for a few paired differences.

Hodges and Lehmann, Annals of Mathematical Statistics 34 (1963): the estimate is the median of the
Walsh averages (the means of all pairs, each value with itself included), its interval is cut from
the sorted Walsh averages at the quantiles of Wilcoxon's signed-rank statistic. It is exact for
any symmetric noise, however heavy its tails.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate
from math import floor, inf, sqrt
from statistics import NormalDist, median

from se_cost.record import Record

EXACT = 100  # values; from there on the normal quantile is the exact one, less two at most


class Estimate(Record):
    """A value and its interval; the bounds are None where there are too few values for one."""

    value: float
    low: float | None
    high: float | None

    def map(self, change: Callable[[float], float]) -> "Estimate":
        """Return what a rising function makes of the value and of the bounds, if any."""
        low, high = (None if x is None else change(x) for x in (self.low, self.high))
        return Estimate(change(self.value), low, high)

    @property
    def holds_zero(self) -> bool:
        """Return True if the interval contains zero, or if there is no interval."""
        return self.low is None or self.high is None or self.low <= 0 <= self.high

    @property
    def half_width(self) -> float:
        """Return half the width of the interval, infinite if there is none."""
        return inf if self.low is None or self.high is None else (self.high - self.low) / 2


def hodges_lehmann(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """Estimate the centre of symmetric `values`; raise ValueError if there are none.

    The interval covers the truth with at least `confidence`; at 95 % it takes six values.
    """
    averages = walsh_averages(values)
    outside = quantile((1 - confidence) / 2, len(values))
    if outside == 0:
        return Estimate(median(averages), None, None)
    return Estimate(median(averages), averages[outside - 1], averages[-outside])


def walsh_averages(values: Sequence[float]) -> list[float]:
    """Return the means of all pairs of `values`, sorted; a value pairs with itself too."""
    return sorted((a + b) / 2 for i, a in enumerate(values) for b in values[: i + 1])


@cache  # the same for every sample of this size
def quantile(tail: float, n: int) -> int:
    """Return how many Walsh averages of `n` values lie outside one end of the interval.

    That is the largest k such that the signed-rank statistic is below k with a probability of at
    most `tail`, or 0. For many values the statistic is as good as normal, and the exact count
    would take seconds.
    """
    if n > EXACT:
        mean, variance = n * (n + 1) / 4, n * (n + 1) * (2 * n + 1) / 24
        return floor(mean + NormalDist().inv_cdf(tail) * sqrt(variance) + 0.5)
    below = accumulate(signed_rank_counts(n))
    return sum(1 for count in below if count <= tail * 2**n)


def signed_rank_counts(n: int) -> list[int]:
    """Return in how many of the 2^n sign patterns the ranks 1..n with a plus sum to 0, 1, 2, ..."""
    counts = [1]
    for rank in range(1, n + 1):
        shifted = [0] * rank + counts
        counts = [a + b for a, b in zip(counts + [0] * rank, shifted, strict=True)]
    return counts
