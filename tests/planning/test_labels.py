"""Partial choices: how they grow, and which are dropped."""

import pytest

from se_cost.planning.labels import EMPTY, Item, Label, extended, unbeaten

ITEM = Item(worth=2, widths=3, amounts=(1, 2, 3, 4, 5, 6), costs=(7, 8))


def label(value: int, *costs: int) -> Label:
    """Return a label of some value."""
    return ((-value, -1, (0,) * 6, (value, *costs)), costs, 0.0)


def test_extended() -> None:
    """Worth and costs sum, widths multiply, the choice grows."""
    once = extended((EMPTY[0], (0, 0), 0.0), ITEM, 4, 0, 0.5)
    twice = extended(once, ITEM, 1, 0, 0.5)
    assert twice == ((-4, -9, (2, 4, 6, 8, 10, 12), (4, 1)), (14, 16), 1.0)


def test_sites_alike_take_what_was_listed_first_first() -> None:
    """Within a run only: what stands before it stays."""
    found: Label = (EMPTY[0], (0, 0), 0.0)
    for i, run in ((5, 0), (4, 0), (2, 1), (3, 2)):
        found = extended(found, ITEM, i, run, 0)
    assert found[0][3] == (5, 2, 3, 4)


@pytest.mark.parametrize("dimensions", [1, 2, 3, 4])
def test_beaten_by_a_better_one_that_costs_no_more(dimensions: int) -> None:
    """What costs less in one thing stays."""
    rest = (5,) * (dimensions - 1)
    best, beaten, cheaper = label(9, 5, *rest), label(8, 5, *rest), label(7, 4, *rest)
    assert unbeaten([cheaper, beaten, best, best]) == [best, cheaper]


def test_without_costs_the_best_is_left() -> None:
    """There is nothing else to compare."""
    assert unbeaten([label(1), label(3), label(2)]) == [label(3)]
    assert unbeaten([]) == []
