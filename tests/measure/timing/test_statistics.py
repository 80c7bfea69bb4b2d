"""The estimate and its interval, against tables, brute force and simulated truth."""

from itertools import accumulate, product
from math import inf
from random import Random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from se_cost.measure.timing.statistics import (
    Estimate,
    hodges_lehmann,
    quantile,
    signed_rank_counts,
    walsh_averages,
)

FLOATS = st.lists(st.floats(-100, 100), min_size=1, max_size=12)


def test_signed_rank_counts_by_brute_force() -> None:
    """The distribution is that of all 2^n choices of signs."""
    for n in range(1, 9):
        sums = [
            sum(rank for rank, plus in zip(range(1, n + 1), signs, strict=True) if plus)
            for signs in product((False, True), repeat=n)
        ]
        assert signed_rank_counts(n) == [sums.count(s) for s in range(n * (n + 1) // 2 + 1)]


@pytest.mark.parametrize(("n", "critical"), [(6, 0), (8, 3), (10, 8), (12, 13), (15, 25), (20, 52)])
def test_quantiles_of_the_published_table(n: int, critical: int) -> None:
    """Two-sided 5 % critical values of Wilcoxon's table (Wilcoxon 1945, table 1)."""
    assert quantile(0.025, n) == critical + 1


def test_five_values_have_no_interval() -> None:
    """With five values no interval can have 95 %; the estimate is still there."""
    estimate = hodges_lehmann([1.0, 2.0, 3.0, 4.0, 5.0])
    assert (estimate.value, estimate.low, estimate.high) == (3.0, None, None)


def test_six_values_have_their_range_as_interval() -> None:
    """With six values the 95 % interval is from the least to the greatest."""
    estimate = hodges_lehmann([3.0, 1.0, 2.0, 6.0, 5.0, 4.0])
    assert (estimate.low, estimate.high) == (1.0, 6.0)


@given(values=FLOATS)
def test_walsh_averages_are_all_pairs(values: list[float]) -> None:
    """There are n(n+1)/2 of them, the values among them, in order."""
    averages = walsh_averages(values)
    assert len(averages) == len(values) * (len(values) + 1) // 2
    assert averages == sorted(averages)
    assert set(values) <= set(averages)
    assert hodges_lehmann(values).value == median(averages)


@given(values=st.lists(st.integers(-50, 50), min_size=6, max_size=12), shift=st.integers(-9, 9))
def test_shifts_with_the_data(values: list[int], shift: int) -> None:
    """Adding a constant moves estimate and interval by as much; changing signs turns them round."""
    before = hodges_lehmann(values)
    after = hodges_lehmann([v + shift for v in values])
    assert before.low is not None
    assert before.high is not None
    assert (after.value, after.low, after.high) == (
        before.value + shift,
        before.low + shift,
        before.high + shift,
    )
    turned = hodges_lehmann([-v for v in values])
    assert (turned.low, turned.high) == (-before.high, -before.low)


def test_one_wild_value_does_not_matter() -> None:
    """A spike moves the estimate no further than the other values reach."""
    calm = [0.9, 1.0, 1.1, 1.0, 0.95, 1.05, 1.0, 1.02, 0.98]
    assert abs(hodges_lehmann([*calm, 1000.0]).value - 1.0) < 0.05


@pytest.mark.parametrize("noise", ["normal", "heavy"])
def test_covers_the_truth(noise: str) -> None:
    """Of 2,000 intervals from 12 values, 93 to 98 % hold the truth, whatever the noise."""
    random = Random(7)

    def draw() -> float:
        spread = random.gauss(0, 1)
        return 2.5 + (spread if noise == "normal" else spread / max(abs(random.gauss(0, 1)), 1e-9))

    held = 0
    for _ in range(2000):
        estimate = hodges_lehmann([draw() for _ in range(12)])
        assert estimate.low is not None
        assert estimate.high is not None
        held += estimate.low <= 2.5 <= estimate.high
    assert 0.93 <= held / 2000 <= 0.98


def test_many_values_are_as_good_as_normal() -> None:
    """The normal quantile meets the exact one where it takes over, and takes no time further on."""
    for tail in (0.015, 0.025):
        below = accumulate(signed_rank_counts(101))
        exact = sum(1 for count in below if count <= tail * 2**101)
        assert exact - 2 <= quantile(tail, 101) <= exact  # never a narrower interval
    assert quantile(0.025, 5000) == pytest.approx(5000 * 5001 / 4, rel=0.05)


def test_refuses_nothing() -> None:
    """There is no centre of no values."""
    with pytest.raises(ValueError, match="no median"):
        hodges_lehmann([])


def test_an_estimate_in_another_unit() -> None:
    """Value and bounds change together; bounds that are not there stay so."""
    assert Estimate(1, -1, 3).map(lambda x: 10 * x) == Estimate(10, -10, 30)
    assert Estimate(1, None, None).map(lambda x: 10 * x) == Estimate(10, None, None)


@pytest.mark.parametrize(
    ("low", "high", "holds", "width"),
    [(-1, 3, True, 2), (0, 3, True, 1.5), (1, 3, False, 1), (None, None, True, inf)],
)
def test_width_and_zero(low: float | None, high: float | None, holds: bool, width: float) -> None:
    """An interval that is not there might hold anything."""
    estimate = Estimate(1, low, high)
    assert (estimate.holds_zero, estimate.half_width) == (holds, width)
