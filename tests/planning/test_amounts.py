"""What a choice costs, as whole numbers."""

import pytest

from se_cost.measure.machine.figures import Machine
from se_cost.planning.amounts import TICKS, Amounts, amount, pace, seconds
from se_cost.planning.words import Dimension

ONE = Amounts(params=1, macs=2, bytes=3, saved=4, activations=5, operators=6)


def test_sum() -> None:
    """Each of them."""
    assert Amounts(2, 4, 6, 8, 10, 12) == ONE + ONE


def test_time_is_exact_and_sums() -> None:
    """A byte at 20 GB/s takes 50 ps, an operator 2 us."""
    known = pace(Machine(bandwidth=2e10, launch=2e-6))
    assert known.byte == 5 * TICKS // 10**11
    assert known.operator == pytest.approx(2e-6 * TICKS)
    assert known.ticks(ONE + ONE) == 2 * known.ticks(ONE)
    assert seconds(known.ticks(ONE)) == pytest.approx(3 / 2e10 + 6 * 2e-6)


@pytest.mark.parametrize(
    ("dimension", "value"),
    [("params", 1), ("macs", 2), ("bytes", 3), ("saved", 4), ("activations", 5), ("time", 0)],
)
def test_dimensions(dimension: str, value: int) -> None:
    """By their words; no time without a machine."""
    assert amount(ONE, Dimension(dimension), None) == value
