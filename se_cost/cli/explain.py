"""`se-cost explain`: why does the time grow more than the multiply-accumulates?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from se_cost.cli import INTERRUPTED
from se_cost.cli.help import Command
from se_cost.cli.options import (
    POSITIVE,
    SECONDS,
    figure_option,
    gathered,
    output_options,
    recipe_options,
)
from se_cost.cli.output import Output, expect_drawable
from se_cost.cli.progress import progress_bar
from se_cost.cli.time_options import TIME_OPTIONS
from se_cost.measure.explanation import UNPREDICTED
from se_cost.measure.protocol import Plan
from se_cost.measure.settings import Settings
from se_cost.nets.recipe import Recipe
from se_cost.report.files import write

EAGER_OPTIONS = {name: option for name, option in TIME_OPTIONS.items() if name not in UNPREDICTED}


def eager_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of what can be predicted; it receives them as `settings`."""
    return gathered(command, EAGER_OPTIONS, "settings", Settings)


@click.command(
    name="explain",
    cls=Command,
    short_help="Say why the time grows more than the MACs.",
    epilog="""
    se-cost explain
    se-cost explain --mode train --batch 4 --max-time 300
    se-cost explain --device cuda --batch 32 --figure explain.svg
    """,
)
@recipe_options
@eager_options
@click.option(
    "--runs",
    type=POSITIVE,
    metavar="N",
    default=20,
    show_default=True,
    help="Quads of timings per network.",
)
@click.option(
    "--max-time",
    type=SECONDS,
    metavar="SECONDS",
    default=60,
    show_default=True,
    help="When to stop timing.",
)
@figure_option("predicted and measured time")
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    recipe: Recipe,
    settings: Settings,
    runs: int,
    max_time: float,
    figure: Path | None,
    output: Output,
) -> None:
    """Predict the time of the attention from the bytes it moves, and measure it, by stage.

    Ctrl-C prints what is finished and exits 130.
    """
    from se_cost.measure.explain import explain
    from se_cost.report.explain import page, picture

    if figure is not None:
        expect_drawable(figure, output.file)
    plan = Plan(quads=runs, max_time=max_time, seed=settings.seed)
    with progress_bar(output.quiet) as progress:
        found = explain(recipe, settings, plan, progress)
    output.show(page(found), picture(found), figure)
    if figure is not None:
        from se_cost.report.explain_figure import times

        write(figure, times(found))
    ctx.exit(INTERRUPTED if found.timing.interrupted else 0)
