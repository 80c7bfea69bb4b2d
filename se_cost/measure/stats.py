"""Estimates with honest intervals for a few paired differences; needs no torch.

Hodges and Lehmann, Annals of Mathematical Statistics 34 (1963): the estimate is the median of the
Walsh averages (the means of all pairs, each value with itself included), its interval is cut from
the sorted Walsh averages at the quantiles of Wilcoxon's signed-rank statistic. It is exact for
any symmetric noise, however heavy its tails.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from statistics import median


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its interval; the bounds are None where there are too few values for one."""

    value: float
    low: float | None
    high: float | None


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
    most `tail`; 0 if there is none.
    """
    below = accumulate(signed_rank_counts(n))
    return sum(1 for count in below if count <= tail * 2**n)


def signed_rank_counts(n: int) -> list[int]:
    """Return in how many of the 2^n sign patterns the ranks 1..n with a plus sum to 0, 1, 2, ..."""
    counts = [1]
    for rank in range(1, n + 1):
        shifted = [0] * rank + counts
        counts = [a + b for a, b in zip(counts + [0] * rank, shifted, strict=True)]
    return counts
