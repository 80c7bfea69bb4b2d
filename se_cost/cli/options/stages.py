"""The options that say which stages have attention."""

from typing import Any

import click

from se_cost.cli.options.kinds import ATTENTION
from se_cost.cli.options.option import Option
from se_cost.cli.options.types import Numbers
from se_cost.nets.imported import LAST


class Stages(Numbers):
    """The numbers of stages, or the word for the last one that holds attention."""

    name = "stages"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...] | Any:
        """Return the numbers, or the word."""
        return LAST if value == LAST else super().convert(value, param, ctx)

    def spelled(self, part: str) -> str:
        """Return how stages are written: as numbers, or as the word."""
        return f"{super().spelled(part)}, or {LAST}"


STAGES = (
    Option(
        "--stages",
        ATTENTION,
        "Stages with attention.",
        Numbers(),
        usual="all",
        metavar="N,...",
    ),
    Option(
        "--drop-stages",
        ATTENTION,
        "Stages without attention, or last.",
        Stages(),
        metavar="N,...",
    ),
)
