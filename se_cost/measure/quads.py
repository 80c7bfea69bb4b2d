"""The quad: four timings of a pair of networks, in the order ABBA or BAAB; needs no torch.

On log times, three orthogonal contrasts of unit length are read from one quad. The effect is B
against A, with any linear drift cancelled; the null holds zero whatever A and B are, and so shows
the noise; the drift is the speed of the machine changing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import expm1, inf, log, sqrt

from se_cost.measure.stats import Estimate

EFFECT = (-1 / 2, 1 / 2, 1 / 2, -1 / 2)  # of ABBA; BAAB has the opposite sign
NULL = tuple(weight / sqrt(20) for weight in (-1, 3, -3, 1))
DRIFT = tuple(weight / sqrt(20) for weight in (-3, -1, 1, 3))


@dataclass(frozen=True, slots=True)
class Quad:
    """Seconds per iteration of four timings in a row; `arm` is B, `reverse` means BAAB."""

    arm: str
    reverse: bool
    seconds: tuple[float, float, float, float]

    @property
    def effect(self) -> float:
        """Return log(B / A)."""
        return self._contrast(EFFECT) * (-1 if self.reverse else 1)

    @property
    def null(self) -> float:
        """Return a contrast whose expectation is zero."""
        return self._contrast(NULL)

    @property
    def drift(self) -> float:
        """Return the linear change of log time over the quad."""
        return self._contrast(DRIFT)

    def of(self, arm: str) -> list[float]:
        """Return the two timings of B if `arm` is B, else those of A."""
        outer, inner = [self.seconds[0], self.seconds[3]], [self.seconds[1], self.seconds[2]]
        return inner if (arm == self.arm) is not self.reverse else outer

    def _contrast(self, weights: Sequence[float]) -> float:
        return sum(w * log(t) for w, t in zip(weights, self.seconds, strict=True))


def percent(log_ratio: Estimate) -> Estimate:
    """Return the estimate of a ratio's logarithm as a change in per cent."""
    return log_ratio.map(lambda x: 100 * expm1(x))


def so_far(log_ratio: Estimate) -> str:
    """Return what is known while a run goes on, as `+4.31 % ±0.62`."""
    known = f"{percent(log_ratio).value:+.2f} %"
    width = 100 * log_ratio.half_width
    return known if width == inf else f"{known} ±{width:.2f}"


def verdict(change: Estimate, margin: float = 0.5) -> str:
    """Say `slower`, `faster`, `same` or `inconclusive` of a change in per cent.

    The interval must lie wholly outside, or wholly inside, the `margin` of indifference.
    """
    if change.low is None or change.high is None:
        return "inconclusive"
    if change.low > margin:
        return "slower"
    if change.high < -margin:
        return "faster"
    return "same" if -margin < change.low and change.high < margin else "inconclusive"
