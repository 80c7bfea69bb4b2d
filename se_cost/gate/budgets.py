"""Budgets: what the networks of a project may cost."""

from collections.abc import Mapping, Sequence

from se_cost.documents.baseline import Figure
from se_cost.errors import UsageError
from se_cost.gate.quantities import QUANTITIES, Quantity
from se_cost.nets.model import Model
from se_cost.record import Record
from se_cost.text import joined

MOST = 2.0**63  # of anything that is counted or timed; a limit that is no lower is none


class Budget(Record):
    """One network, and the most that it may cost, by the keys of `QUANTITIES`.

    The baseline knows the network by `name`, so that its model can change. `growth` is what may be
    added to the baseline: per cent of it, or percentage points where the quantity is per cent.
    """

    name: str
    model: Model
    most: Mapping[str, float] = {}
    growth: Mapping[str, float] = {}

    def __post_init__(self) -> None:
        """Raise UsageError for a bad name, or a limit that no network like this can exceed."""
        expect_name(self.name)
        relative = [
            f"--{limit}-{key}"
            for limit, asked in (("max", self.most), ("grow", self.growth))
            for key in asked
            if QUANTITIES[Figure(key)].relative and not self.model.stages
        ]
        if relative:
            raise UsageError(
                f"{joined(relative)}: {self.model.arch} has no attention, so this holds whatever "
                f"it costs; take se_{self.model.arch}, or leave the limit out"
            )

    def cap(self, quantity: Quantity) -> float | None:
        """Return the most that a quantity may be; None if it may be anything."""
        return _limit(self.most.get(quantity.key))

    def allowed_growth(self, quantity: Quantity) -> float | None:
        """Return how much a quantity may grow; None if any growth is fine.

        The totals may not grow at all where the budget does not say; `inf` allows it.
        """
        usual = 0.0 if quantity.total else None
        return _limit(self.growth.get(quantity.key, usual))


def expect_name(name: str) -> None:
    """Raise UsageError for a name that cannot be printed on one line."""
    if not name.isprintable() or not name.strip():
        raise UsageError(f"the name {name!r} cannot be used: it must be one printable line")


def expect_names_differ(budgets: Sequence[Budget]) -> None:
    """Raise UsageError if two budgets have one name: the baseline could not tell them apart."""
    names = [budget.name for budget in budgets]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two budgets are called {name!r}: give one of them another `name`")


def _limit(value: float | None) -> float | None:
    return None if value is None or value >= MOST else value
