"""Sums of operators, by pen and paper."""

import pytest

from se_cost.measure.explain.alone import LEAST, TimedOperator, together
from se_cost.measure.machine.figures import Machine
from se_cost.record import replace

MICRO = 1e-6
POOL = TimedOperator(
    stage=2,
    word="global_avg_pool",
    backward=False,
    call="aten::mean.dim",
    shapes=((1, 8, 4, 4),),
    count=3,
    bytes=1000,
    seconds=(10 * MICRO, 30 * MICRO, 20 * MICRO),
)
SCALE = replace(POOL, word="scale", count=2, seconds=(7 * MICRO, 7 * MICRO, 7 * MICRO))


def test_the_lower_bound_is_bytes_and_launches() -> None:
    """A gigabyte a second and a microsecond an operator; three times."""
    assert POOL.bound(Machine(1e9, 1e-6)) == pytest.approx(3 * (1e-6 + 1e-6))


def test_the_sum_is_exactly_the_sum() -> None:
    """Medians times counts; the value of all is that of its parts, whatever their noise."""
    pool, scale, both = (together(ones) for ones in ([POOL], [SCALE], [POOL, SCALE]))
    assert pool is not None
    assert scale is not None
    assert both is not None
    assert pool.value == pytest.approx(60 * MICRO)
    assert both.value == pool.value + scale.value == pytest.approx(74 * MICRO)


def test_what_is_run_less_often_is_taken_off() -> None:
    """An operator that the attention replaces by another has a count below zero."""
    both = together([POOL, replace(SCALE, count=-2)])
    assert both is not None
    assert both.value == pytest.approx(46 * MICRO)


def test_a_few_rounds_have_no_interval() -> None:
    """As few as make no interval of quads."""
    few = together([replace(POOL, seconds=(MICRO,) * (LEAST - 1))])
    many = together([replace(POOL, seconds=(MICRO,) * LEAST)])
    assert few is not None
    assert many is not None
    assert (few.low, few.high) == (None, None)
    assert (many.low, many.high) == (many.value, many.value) == pytest.approx((3 * MICRO,) * 2)
    assert together([]) is None


def test_the_interval_is_of_rounds() -> None:
    """What slows all operators of a round down does not cancel between them."""
    slow = tuple(MICRO * (2 if i % 2 else 1) for i in range(20))
    opposite = tuple(MICRO * (1 if i % 2 else 2) for i in range(20))
    one = replace(POOL, count=1, seconds=slow)
    alike, unlike = together([one, one]), together([one, replace(one, seconds=opposite)])
    assert alike is not None
    assert unlike is not None
    assert (alike.low, alike.high) == pytest.approx((2 * MICRO, 4 * MICRO))
    assert alike.half_width > 0
    assert (unlike.low, unlike.high) == pytest.approx((3 * MICRO, 3 * MICRO))
