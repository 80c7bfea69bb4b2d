"""Budgets: what the networks of a project may cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from se_cost.errors import BadInput
from se_cost.nets.recipe import Recipe
from se_cost.report.gate.quantities import Quantity


@dataclass(frozen=True, slots=True)
class Budget:
    """One network, and the most that it may cost, by the keys of `QUANTITIES`.

    The baseline knows the network by `name`, so that its recipe can change. `growth` is what may
    be added to the baseline: per cent of it, or percentage points where the quantity is per cent.
    """

    name: str
    recipe: Recipe
    most: Mapping[str, float] = field(default_factory=dict)
    growth: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise BadInput for a name that cannot be printed on one line."""
        if not self.name.isprintable() or not self.name.strip():
            raise BadInput(f"the name {self.name!r} cannot be used: it must be one printable line")

    def allowed_growth(self, quantity: Quantity) -> float | None:
        """Return how much a quantity may grow; None if any growth is fine.

        The totals may not grow at all where the budget does not say; `inf` allows it.
        """
        usual = 0.0 if quantity.total else None
        growth = self.growth.get(quantity.key, usual)
        return None if growth == float("inf") else growth


def expect_names_differ(budgets: Sequence[Budget]) -> None:
    """Raise BadInput if two budgets have one name: the baseline could not tell them apart."""
    names = [budget.name for budget in budgets]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"two budgets are called {name!r}: give one of them another `name`")
