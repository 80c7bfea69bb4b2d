"""The optimum is that of brute force, whatever the budgets and the sites."""

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning.searched import brute, costs, every, found, key
from se_cost.planning.labels import Item, Items
from se_cost.planning.optimum import best
from se_cost.planning.words import By, Dimension

DIMENSIONS = (Dimension.PARAMS, Dimension.MACS, Dimension.TIME)
Table = list[tuple[tuple[object, ...], tuple[int, ...], tuple[int, ...]]]


@cache
def table() -> tuple[list[Items], Table]:
    """Return SE-ResNet-50 by stages, and all 7^4 choices of it with their costs, best first."""
    places = found("se_resnet50", DIMENSIONS)
    return places, sorted((key(places, one), costs(places, one), one) for one in every(places))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1.1), min_size=3, max_size=3))
def test_all_choices_of_se_resnet50(shares: list[float]) -> None:
    """For random budgets of three costs, the best of all 7^4 that fit."""
    places, all_of_them = table()
    most = costs(places, (0, 0, 0, 0))
    limits = [int(share**2 * of) for share, of in zip(shares, most, strict=True)]
    first = next(
        choice
        for _, cost, choice in all_of_them
        if all(c <= limit for c, limit in zip(cost, limits, strict=True))
    )
    assert best(places, limits) == first


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[Items], list[int]]:
    """Draw a few sites, several of them alike, with small numbers that often tie."""
    dimensions = draw(st.integers(0, 4))
    number = st.integers(0, 4)

    def item() -> Item:
        amounts = tuple(draw(st.integers(0, 2)) for _ in range(6))
        limited = tuple(draw(number) for _ in range(dimensions))
        return Item(draw(st.integers(0, 2)), draw(st.integers(1, 4)), amounts, limited)

    nothing = Item(0, 1, (0,) * 6, (0,) * dimensions)
    places: list[Items] = []
    while len(places) < draw(st.integers(1, 4)):
        site = (*(item() for _ in range(draw(st.integers(1, 3)))), nothing)
        places += [site] * draw(st.integers(1, 3))
    return places[:5], [draw(st.integers(0, 9)) for _ in range(dimensions)]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_random_sites(problem: tuple[list[Items], list[int]]) -> None:
    """Also where everything ties, sites are alike in a row, or nothing fits."""
    assert best(*problem) == brute(*problem)


@pytest.mark.parametrize(
    ("arch", "ratios"),
    [("se_resnet18", (4, 16)), ("se_mobilenet", (8,)), ("se_shufflenet", (16,))],
)
@pytest.mark.parametrize("shares", [(0.4, 1, 1), (0.5, 0.6, 0.3), (1, 1, 0.5)])
def test_blocks_of_small_networks(
    arch: str, ratios: Sequence[int], shares: Sequence[float]
) -> None:
    """The same block by block."""
    places = found(arch, DIMENSIONS, By.BLOCK, ratios)[-9:]
    most = costs(places, (0,) * len(places))
    limits = [int(share * of) for share, of in zip(shares, most, strict=True)]
    assert best(places, limits) == brute(places, limits)


def test_fifty_blocks() -> None:
    """Of SE-ResNet-152 no single change within the budgets makes the choice better."""
    places = found("se_resnet152", DIMENSIONS, By.BLOCK)
    most = costs(places, (0,) * 50)
    limits = [int(share * of) for share, of in zip((0.05, 0.9, 0.4), most, strict=True)]
    choice = best(places, limits)
    assert all(c <= limit for c, limit in zip(costs(places, choice), limits, strict=True))
    for n, site in enumerate(places):
        for i in range(len(site)):
            other = (*choice[:n], i, *choice[n + 1 :])
            fits = all(c <= lim for c, lim in zip(costs(places, other), limits, strict=True))
            assert not fits or key(places, other) >= key(places, choice)


def test_ties_go_to_what_was_listed_first() -> None:
    """Of equal sites the first one takes it, and of equal items the first."""
    twice = Item(1, 1, (1,) * 6, (1,))
    nothing = Item(0, 1, (0,) * 6, (0,))
    places = [(twice, twice, nothing)] * 3
    assert best(places, [2]) == (0, 0, 2)
