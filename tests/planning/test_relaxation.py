"""The bound holds whatever is drawn, and is as good as prices can make it."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from se_cost.planning.relaxation import Wares, relaxed

AMOUNT = st.floats(0, 2)
SITES = st.lists(
    st.lists(st.tuples(AMOUNT, st.tuples(AMOUNT, AMOUNT)), min_size=1, max_size=3).map(tuple),
    min_size=1,
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(SITES)
def test_nothing_within_budgets_is_worth_more(sites: list[Wares]) -> None:
    """The bound is at least the value of every choice that keeps both budgets."""
    bound = relaxed(sites, (1.0, 1.0), 0)
    for choice in product(*sites):
        if all(sum(ware[1][k] for ware in choice) <= 1 for k in (0, 1)):
            assert sum(ware[0] for ware in choice) <= bound.most[0] + bound.slack


def test_good_prices() -> None:
    """Four of ten fit: the bound is their value, where no prices at all would give ten."""
    site: Wares = ((1.0, (0.25,)), (0.0, (0.0,)))
    assert relaxed([site] * 10, (1.0,), 0).most[0] == pytest.approx(4, abs=0.05)
    assert relaxed([site] * 3, (1.0,), 0).most[0] == pytest.approx(3)
