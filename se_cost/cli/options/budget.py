"""The options of a budget: a network, and the most that it may cost."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import click

from se_cost.cli.config.lists import listed
from se_cost.cli.config.pyproject import BUDGETS
from se_cost.cli.options.model import MODEL, NETWORK, model_named
from se_cost.cli.options.option import Command, Option, bundled, typed
from se_cost.cli.options.types import Percent, Type
from se_cost.documents.baseline import Figure, Unit
from se_cost.gate.budgets import Budget, expect_names_differ
from se_cost.gate.quantities import QUANTITIES, Quantity

NUMBER = r"(\d{1,18}|\d{1,3}(?:[,_]\d{3}){1,5})(\.\d{1,18})? ?([A-Za-z]*)"
UNITS = {
    **dict.fromkeys(("", "B"), 1),
    **{f"{sign}{end}": 1000**n for n, sign in enumerate("kMGT", 1) for end in ("", "B")},
    **{f"{sign}iB": 1024**n for n, sign in enumerate("KMGT", 1)},
}
METAVARS = {Unit.COUNT: "N", Unit.BYTES: "BYTES", Unit.PERCENT: "X"}


class Amount(Type):
    """A whole number, for instance 28100000, 28,100,000, 28.1M or 512MiB."""

    name = "amount"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number, or say how to write it; `inf` sets no limit."""
        if isinstance(value, float) or value == "inf":
            return float(value)
        parts = re.fullmatch(NUMBER, str(value), re.ASCII)
        if parts is None or parts[3] not in UNITS:
            self.fail(f"{value!r} is no amount; write 28100000, 28.1M or 512MiB", param, ctx)
        digits = parts[1].replace(",", "").replace("_", "") + (parts[2] or "")
        amount = Fraction(digits) * UNITS[parts[3]]
        if amount.denominator > 1:
            self.fail(f"{value!r} is no whole number", param, ctx)
        return int(amount)


def _cap(quantity: Quantity) -> Option:
    type_ = Percent(min=0) if quantity.relative else Amount()
    return Option(
        f"--max-{quantity.key}",
        "At most",
        f"{quantity.about}.",
        type_,
        metavar=METAVARS[quantity.unit],
    )


def _growth(quantity: Quantity) -> Option:
    points = ", in points" if quantity.relative else ""
    return Option(
        f"--grow-{quantity.key}",
        "Growth, in % of the baseline",
        f"{quantity.about}{points}.",
        Percent(min=0),
        usual="0" if quantity.total else "",
        metavar="X",
    )


CAPS: Mapping[str, Option] = {key: _cap(quantity) for key, quantity in QUANTITIES.items()}
GROWTHS: Mapping[str, Option] = {key: _growth(quantity) for key, quantity in QUANTITIES.items()}
NAME = Option(
    "--name",
    NETWORK,
    "What the baseline calls it.",
    click.STRING,
    usual="the network's name",
    metavar="NAME",
)
LIMITS = (*CAPS.values(), *GROWTHS.values())
BUDGET = (*LIMITS, *MODEL, NAME)


def budget_options(command: Command) -> Command:
    """Give a command the options of one budget; it receives that as `budget`."""
    return bundled("budget", BUDGET, _budget)(command)


def _budget(*, name: str | None, **values: Any) -> Budget:
    typed_in = {option.name for option in LIMITS if typed(option.name)}
    most, growth = _limits(CAPS, values), _limits(GROWTHS, values)
    model = model_named(**values)
    if not model.stages:  # what pyproject.toml sets for all holds where there is attention
        most = _for_plain(CAPS, most, typed_in)
        growth = _for_plain(GROWTHS, growth, typed_in)
    return Budget(name or model.arch, model, most, growth)


def _limits(options: Mapping[str, Option], values: dict[str, Any]) -> dict[str, float]:
    """Take the limits that are given out of the values; return them by quantity."""
    limits = {key: values.pop(option.name) for key, option in options.items()}
    return {key: limit for key, limit in limits.items() if limit is not None}


def _for_plain(
    options: Mapping[str, Option], limits: dict[str, float], typed_in: set[str]
) -> dict[str, float]:
    """Return the limits without those of attention that nobody typed for this very network."""
    return {
        key: limit
        for key, limit in limits.items()
        if options[key].name in typed_in or not QUANTITIES[Figure(key)].relative
    }


def budgets_listed() -> list[Budget]:
    """Return the budgets of pyproject.toml; none if the command line has words of one itself.

    Raises UsageError for what is no list, for an unknown word, and for two budgets of one name.
    """
    budgets: list[Budget] = listed(BUDGETS, one_budget)
    expect_names_differ(budgets)
    return budgets


@click.command(add_help_option=False)
@budget_options
def one_budget(budget: Budget) -> Budget:
    """Return the budget that the options spell; a parser, and no command of the program."""
    return budget
