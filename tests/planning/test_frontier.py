"""The frontier, and the best of every set of sites, against looking at all choices."""

from hypothesis import given, settings

from planning.searched import brute, costs, every, found, key
from planning.test_optimum import problems
from se_cost.planning.frontier import by_sites, frontier
from se_cost.planning.labels import Items
from se_cost.planning.words import Dimension

AXES = (Dimension.PARAMS, Dimension.TIME)


def unbeaten(places: list[Items]) -> list[tuple[int, ...]]:
    """Return the choices that no better one costs as little as, by comparing all."""
    ordered = sorted(every(places), key=lambda one: key(places, one))
    kept: list[tuple[int, ...]] = []
    for one in ordered:
        own = costs(places, one)
        steps = (costs(places, other) for other in kept)
        if not any(all(a <= b for a, b in zip(step, own, strict=True)) for step in steps):
            kept.append(one)
    return kept


def test_se_resnet50() -> None:
    """All that is on it is on it, best first, and nothing else."""
    places = found("se_resnet50", AXES, ratios=(4, 16, 64))
    assert frontier(places) == unbeaten(places)


@settings(max_examples=100, deadline=None)
@given(problems().filter(lambda problem: len(problem[0]) < 5 and len(problem[1]) > 0))
def test_random_sites(problem: tuple[list[Items], list[int]]) -> None:
    """For any number of costs."""
    places, _ = problem
    assert frontier(places) == unbeaten(places)


@settings(max_examples=100, deadline=None)
@given(problems().filter(lambda problem: len(problem[0]) < 4))
def test_best_of_every_set(problem: tuple[list[Items], list[int]]) -> None:
    """The first is the best of all, unless that is nothing; each is of another set, in order."""
    places, limits = problem
    last = tuple(len(site) - 1 for site in places)
    choices = by_sites(places, limits)
    sets = [tuple(i == n for i, n in zip(one, last, strict=True)) for one in choices]
    assert len(set(sets)) == len(sets)
    keys = [key(places, one) for one in choices]
    assert keys == sorted(keys)
    everywhere = brute(places, limits)
    assert everywhere in (last, *choices[:1])
