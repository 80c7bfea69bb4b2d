"""Changes in per cent, and the verdict on them."""

from math import log

import pytest

from se_cost.measure.timing.statistics import Estimate
from se_cost.measure.timing.verdict import (
    Change,
    Overhead,
    TimeVerdict,
    change,
    interim,
    judged,
    overhead,
)


def test_percent() -> None:
    """Twice as slow is +100 %, half as slow -50 %."""
    found = change(Estimate(log(2), log(1 / 2), log(3)))
    assert (found.percent, found.low, found.high) == pytest.approx((100, -50, 200))


def test_an_overhead_is_a_change_with_a_verdict() -> None:
    """Percent and bounds are those of the change."""
    found = overhead(Estimate(log(1.1), log(1.05), log(1.2)))
    assert (found.percent, found.low, found.high) == pytest.approx((10, 5, 20))
    assert found.verdict is TimeVerdict.SLOWER


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.51, 2, "slower"),
        (0.5, 2, "inconclusive"),
        (-2, -0.51, "faster"),
        (-2, -0.5, "inconclusive"),
        (-0.49, 0.49, "same"),
        (-0.49, 0.5, "inconclusive"),
        (-0.5, 0.49, "inconclusive"),
        (-3, 3, "inconclusive"),
        (None, None, "inconclusive"),
    ],
)
def test_verdict(low: float | None, high: float | None, said: str) -> None:
    """An interval must lie wholly outside or wholly inside the margin of half a per cent."""
    assert judged(Change(0, low, high)) == said


def test_no_change_without_an_interval() -> None:
    """An estimate without one is no number that could be quoted; it might be zero."""
    assert Change(2.0, -1.0, 3.0).holds_zero
    assert not Change(2.0, 1.0, 3.0).holds_zero
    found = overhead(Estimate(0.3, None, None))
    assert found == Overhead(None, None, None, TimeVerdict.INCONCLUSIVE)
    assert found.holds_zero


@pytest.mark.parametrize(
    ("log_ratio", "said"),
    [
        (Estimate(log(1.0431), 0.04, 0.0524), "+4.31 % ±0.62"),
        (Estimate(log(0.98), None, None), "too few for an interval yet"),
    ],
)
def test_interim(log_ratio: Estimate, said: str) -> None:
    """What is known while a run goes on is a few signs long."""
    assert interim(log_ratio) == said
