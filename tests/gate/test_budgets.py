"""Budgets: what they allow, and which of them cannot be used."""

from math import inf

import pytest

from gate.budgeted import budget
from se_cost.documents.baseline import Figure
from se_cost.errors import UsageError
from se_cost.gate.budgets import expect_names_differ
from se_cost.gate.quantities import QUANTITIES

TOTALS = {Figure.PARAMS, Figure.MACS, Figure.ACTIVATIONS}


@pytest.mark.parametrize("key", sorted(TOTALS))
def test_totals_may_not_grow_unasked(key: Figure) -> None:
    """What is counted of the whole network may not grow where the budget does not say."""
    assert budget().allowed_growth(QUANTITIES[key]) == 0


@pytest.mark.parametrize("key", sorted(set(Figure) - TOTALS))
def test_shares_and_what_is_measured_may_grow_unasked(key: Figure) -> None:
    """A share also grows when the rest shrinks, and a time is not the same twice."""
    assert budget().allowed_growth(QUANTITIES[key]) is None


def test_limits_are_as_the_budget_says() -> None:
    """A number allows so much, `inf` anything, and so does what no network can reach."""
    params = QUANTITIES[Figure.PARAMS]
    assert budget(grow_params=2.5, max_params=0).allowed_growth(params) == 2.5
    assert budget(max_params=0).cap(params) == 0
    assert budget(max_params=2**63 - 1025).cap(params) == 2**63 - 1025
    for anything in (inf, 2**63, 10**30):
        free = budget(grow_params=anything, max_params=anything)
        assert (free.allowed_growth(params), free.cap(params)) == (None, None)


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x1b[31mb", "a\x9bb", "a\u202eb"])
def test_names_that_cannot_be_printed(name: str) -> None:
    """A name stands in tables, logs and a file: it must be one line that a terminal just shows."""
    with pytest.raises(UsageError, match="must be one printable line") as refused:
        budget(name=name)
    assert str(refused.value).isprintable()


def test_any_other_name_will_do() -> None:
    """Names are free otherwise: each format takes care of its own signs."""
    assert budget(name="a | `b` <script> Straße").name == "a | `b` <script> Straße"


def test_two_of_one_name() -> None:
    """The baseline could not tell them apart."""
    expect_names_differ([budget(name="a"), budget(name="b")])
    with pytest.raises(UsageError, match="two budgets are called 'b': give one of them"):
        expect_names_differ([budget(name="a"), budget(name="b"), budget(name="b")])
