"""Budgets in the words of the command line, there and in pyproject.toml."""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from typing import Any

import click

from se_cost.cli.config import BUDGETS
from se_cost.cli.listed import listed
from se_cost.cli.options import recipe_options
from se_cost.cli.types import Type
from se_cost.nets.recipe import Recipe
from se_cost.report.gate.budgets import Budget, expect_names_differ
from se_cost.report.gate.quantities import QUANTITIES, Quantity, Unit

Command = Callable[..., Any]
NUMBER = re.compile(r"(\d{1,18}|\d{1,3}(?:[,_]\d{3}){1,5})(\.\d{1,18})? ?([A-Za-z]*)")
UNITS = {
    **dict.fromkeys(("", "B"), 1),
    **{f"{sign}{end}": 1000**n for n, sign in enumerate("kMGT", 1) for end in ("", "B")},
    **{f"{sign}iB": 1024**n for n, sign in enumerate("KMGT", 1)},
}


class Amount(Type):
    """A whole number, for instance 28100000, 28,100,000, 28.1M or 512MiB."""

    name = "amount"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number, or say how to write it; `inf` sets no limit."""
        if isinstance(value, float) or value == "inf":
            return float(value)
        parts = NUMBER.fullmatch(str(value))
        if parts is None or parts[3] not in UNITS:
            self.fail(f"{value!r} is no amount; write 28100000, 28.1M or 512MiB", param, ctx)
        digits = parts[1].replace(",", "").replace("_", "") + (parts[2] or "")
        amount = Fraction(digits) * UNITS[parts[3]]
        if amount.denominator > 1:
            self.fail(f"{value!r} is no whole number", param, ctx)
        return int(amount)


class Percent(click.FloatRange):
    """A number of per cent, not below 0; `inf` sets no limit."""

    name = "percent"

    def __init__(self) -> None:
        super().__init__(min=0)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number; nan is in no range, but is not out of it either."""
        percent = float(super().convert(value, param, ctx))
        if percent != percent:
            self.fail(f"{value!r} is no number of per cent; write 10, or 0.5", param, ctx)
        return percent


def budget_options(command: Command) -> Command:
    """Give a command the options of one budget; it receives them as `budget`."""

    @wraps(command)
    def with_budget(recipe: Recipe, name: str | None, **given: Any) -> Any:
        most, growth = (
            {
                quantity.key: value
                for word, quantity in words.items()
                if (value := given.pop(word)) is not None
            }
            for words in (CAPS, GROWTHS)
        )
        return command(budget=Budget(name or recipe.name, recipe, most, growth), **given)

    limited: Command = with_budget
    for option in reversed(BUDGET_OPTIONS):
        limited = option(limited)
    return recipe_options(limited)


def _cap(quantity: Quantity) -> Callable[[Command], Command]:
    return click.option(
        f"--max-{quantity.key}",
        type=Percent() if quantity.relative else Amount(),
        metavar=METAVARS[quantity.unit],
        help=f"{quantity.about}.",
    )


def _growth(quantity: Quantity) -> Callable[[Command], Command]:
    points = ", in points" if quantity.relative else ""
    usual = "  [default: 0]" if quantity.total else ""
    return click.option(
        f"--grow-{quantity.key}",
        type=Percent(),
        metavar="X",
        help=f"{quantity.about}{points}.{usual}",
    )


METAVARS = {Unit.COUNT: "N", Unit.BYTES: "BYTES", Unit.PERCENT: "X"}
CAPS = {f"max_{key.replace('-', '_')}": quantity for key, quantity in QUANTITIES.items()}
GROWTHS = {f"grow_{key.replace('-', '_')}": quantity for key, quantity in QUANTITIES.items()}
BUDGET_OPTIONS: tuple[Callable[[Command], Command], ...] = (
    click.option(
        "--name",
        metavar="NAME",
        help="What the baseline calls it.  [default: the network's name]",
    ),
    *map(_cap, QUANTITIES.values()),
    *map(_growth, QUANTITIES.values()),
)


def budgets_listed(ctx: click.Context) -> list[Budget]:
    """Return the budgets of pyproject.toml; none if the command line has words of one itself.

    Raises BadInput for what is no list, for an unknown word, and for two budgets of one name.
    """
    usual = (ctx.find_root().default_map or {}).get("check", {})
    budgets: list[Budget] = listed(ctx, BUDGETS, one_budget, usual)
    expect_names_differ(budgets)
    return budgets


@click.command(add_help_option=False)
@budget_options
def one_budget(budget: Budget) -> Budget:
    """Return the budget that the options spell; a parser, and no command of the program."""
    return budget
