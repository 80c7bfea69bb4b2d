"""What an estimated ratio of times means: a change in per cent, and a verdict on it."""

from enum import StrEnum
from math import expm1, inf

from se_cost.measure.timing.statistics import Estimate
from se_cost.record import Record

MARGIN = 0.5  # per cent of time that is taken for no difference


class TimeVerdict(StrEnum):
    """Whether one network is slower than another, as a rule than the plain one."""

    SLOWER = "slower"
    FASTER = "faster"
    SAME = "same"
    INCONCLUSIVE = "inconclusive"


class Change(Record):
    """A change of time in per cent, with its 95 % interval; all None without an interval."""

    percent: float | None
    low: float | None
    high: float | None

    @property
    def holds_zero(self) -> bool:
        """Return True if the interval contains zero, or if there is no interval."""
        return self.low is None or self.high is None or self.low <= 0 <= self.high


class Overhead(Change):
    """The time of a network beside another, as a rule the plain one, in per cent, with its verdict.

    A change without a verdict is none of networks: it shows the noise of a run.
    """

    verdict: TimeVerdict


def change(log_ratio: Estimate) -> Change:
    """Return the estimate of a ratio's logarithm as a change in per cent."""
    found = percent(log_ratio)
    if found.low is None or found.high is None:
        return Change(None, None, None)
    return Change(found.value, found.low, found.high)


def percent(log_ratio: Estimate) -> Estimate:
    """Return the estimate of a ratio's logarithm as one of a change in per cent."""
    return log_ratio.map(lambda x: 100 * expm1(x))


def overhead(log_ratio: Estimate) -> Overhead:
    """Return the same with its verdict."""
    return with_verdict(change(log_ratio))


def with_verdict(found: Change) -> Overhead:
    """Return a change of time between two networks with its verdict."""
    return Overhead(found.percent, found.low, found.high, judged(found))


def judged(found: Change, margin: float = MARGIN) -> TimeVerdict:
    """Return the verdict on a change.

    The interval must lie wholly outside, or wholly inside, the `margin` of indifference.
    """
    if found.low is None or found.high is None:
        return TimeVerdict.INCONCLUSIVE
    if found.low > margin:
        return TimeVerdict.SLOWER
    if found.high < -margin:
        return TimeVerdict.FASTER
    inside = -margin < found.low and found.high < margin
    return TimeVerdict.SAME if inside else TimeVerdict.INCONCLUSIVE


def interim(log_ratio: Estimate) -> str:
    """Return the estimate of a run that goes on, `+4.31 % ±0.62`, or that there is none yet."""
    if log_ratio.half_width == inf:
        return "too few for an interval yet"
    return f"{percent(log_ratio).value:+.2f} % ±{100 * log_ratio.half_width:.2f}"
