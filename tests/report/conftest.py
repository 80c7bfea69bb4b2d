"""What the tests of the report share: one network, counted once."""

from collections.abc import Sequence

import pytest

from se_cost.measure.counts import Counts, count
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import recipe


@pytest.fixture(scope="session")
def small() -> Recipe:
    """Return a network that is quick to count."""
    return recipe("se_resnet18", input=64)


@pytest.fixture(scope="session")
def counts(small: Recipe) -> Sequence[Counts]:
    """Return what fvcore and torch count in it and in its baseline, backward pass included."""
    return count([small, small.baseline], backward=True)
