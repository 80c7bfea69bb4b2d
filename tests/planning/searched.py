"""What the tests of planning share: brute force, and costs of real networks."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Zoo
from se_cost.nets.zoo.model import model
from se_cost.planning.labels import Items
from se_cost.planning.plan import Question, items
from se_cost.planning.sites import sites
from se_cost.planning.words import By, Dimension

RATIOS = (2, 4, 8, 16, 32, 64)
MACHINE = Machine(bandwidth=2e10, launch=2e-6)
Key = tuple[int, int, tuple[int, ...], tuple[int, ...]]


def models(arch: str, ratios: Sequence[int] = RATIOS) -> tuple[Zoo, ...]:
    """Return one network with every ratio."""
    return tuple(model(arch, r=r) for r in ratios)


def question(arch: str, by: By = By.STAGE, ratios: Sequence[int] = RATIOS) -> Question:
    """Return a question about a network on a known machine, without limits."""
    return Question(model(arch), models(arch, ratios), Settings(), by, machine=MACHINE)


def found(
    arch: str, dimensions: Sequence[Dimension], by: By = By.STAGE, ratios: Sequence[int] = RATIOS
) -> list[Items]:
    """Return the sites of a network with some costs, as the search sees them."""
    asked = question(arch, by, ratios)
    return items(asked, sites(asked.models, asked.settings, by), dimensions)


def key(places: Sequence[Items], choice: tuple[int, ...]) -> Key:
    """Return what sorts the better choice first, straight from what "most" is said to be."""
    taken = [site[i] for site, i in zip(places, choice, strict=True)]
    ties = tuple(sum(item.amounts[k] for item in taken) for k in range(6))
    return -sum(i.worth for i in taken), -prod(i.widths for i in taken), ties, choice


def costs(places: Sequence[Items], choice: tuple[int, ...]) -> tuple[int, ...]:
    """Return what a choice costs."""
    taken = [site[i].costs for site, i in zip(places, choice, strict=True)]
    return tuple(map(sum, zip(*taken, strict=True)))


def every(places: Sequence[Items]) -> Iterator[tuple[int, ...]]:
    """Yield all choices."""
    return product(*(range(len(site)) for site in places))


def brute(places: Sequence[Items], limits: Sequence[int]) -> tuple[int, ...]:
    """Return the best choice by looking at all of them."""
    fitting = (
        choice
        for choice in every(places)
        if all(c <= limit for c, limit in zip(costs(places, choice), limits, strict=True))
    )
    return min(fitting, key=lambda choice: key(places, choice))
