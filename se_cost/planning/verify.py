"""How well predicted times order choices whose times were measured."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from se_cost.record import Record


class Verified(Record):
    """The milliseconds that a choice was predicted to add, and those that it added."""

    predicted: float
    measured: float
    low: float  # of the 95 % interval
    high: float

    @property
    def error(self) -> float:
        """Return by how much the prediction is off, in per cent of what was measured."""
        return 100 * (self.predicted - self.measured) / abs(self.measured or 1e-9)


def judged_pairs(choices: Sequence[Verified]) -> Iterator[tuple[int, int]]:
    """Yield the pairs whose intervals do not meet, the one that was predicted quicker first.

    A pair that was predicted alike is in no order.
    """
    for i, j in combinations(range(len(choices)), 2):
        quick, slow = sorted((i, j), key=lambda k: choices[k].predicted)
        a, b = choices[quick], choices[slow]
        if a.predicted != b.predicted and (_above(a, b) or _above(b, a)):
            yield quick, slow


def wrong_pairs(choices: Sequence[Verified]) -> Iterator[tuple[int, int]]:
    """Yield the judged pairs that were ordered wrongly: the first is slower."""
    return ((a, b) for a, b in judged_pairs(choices) if _above(choices[a], choices[b]))


def _above(one: Verified, other: Verified) -> bool:
    """Return whether one whole interval lies above another."""
    return one.low > other.high


def rank_correlation(choices: Sequence[Verified]) -> float | None:
    """Return Spearman's coefficient; None of fewer than three, or if one side is all alike."""
    if len(choices) < 3:
        return None
    return _correlation(
        _ranks([choice.predicted for choice in choices]),
        _ranks([choice.measured for choice in choices]),
    )


def _ranks(values: Sequence[float]) -> list[float]:
    """Return the rank of every value; equal values share the middle of theirs."""
    return [
        sum(other < value for other in values) + (values.count(value) + 1) / 2 for value in values
    ]


def _correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    both = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True))
    spread = sum((a - x) ** 2 for a in xs) * sum((b - y) ** 2 for b in ys)
    return both / spread**0.5 if spread else None
