"""The quad: four timings of a pair of networks, in the order ABBA or BAAB.

On log times, three orthogonal contrasts of unit length are read from one quad. The effect is B
against A, in which any linear drift cancels. The null has expectation zero for every A and B, so it
shows the noise. The drift is the change of the machine's speed.
"""

from collections.abc import Sequence
from math import log, sqrt

from se_cost.record import Record

EFFECT = (-1 / 2, 1 / 2, 1 / 2, -1 / 2)  # of ABBA; BAAB has the opposite sign
NULL = tuple(weight / sqrt(20) for weight in (-1, 3, -3, 1))
DRIFT = tuple(weight / sqrt(20) for weight in (-3, -1, 1, 3))


class Quad(Record):
    """Seconds per iteration of four timings in a row; `arm` is B, `reverse` means BAAB."""

    process: int  # number of the process that took it, from 0
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
