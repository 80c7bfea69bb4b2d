"""`se-cost time`: how much slower is it, here?"""

import click

from se_cost.cli import INTERRUPTED
from se_cost.cli.help import Command
from se_cost.cli.options import POSITIVE, SECONDS, output_options, recipe_options
from se_cost.cli.output import Output
from se_cost.cli.progress import progress_bar
from se_cost.cli.time_options import time_options
from se_cost.measure.protocol import Plan
from se_cost.measure.settings import Settings
from se_cost.nets.recipe import Recipe


@click.command(
    name="time",
    cls=Command,
    short_help="Measure how much slower attention makes it, here.",
    epilog="""
    se-cost time --device cuda --batch 32
    se-cost time --arch se_resnet101 --mode train --max-time 120
    se-cost time --threads 1 --output time.json
    """,
)
@recipe_options
@time_options
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
    help="When to stop.",
)
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    recipe: Recipe,
    settings: Settings,
    runs: int,
    max_time: float,
    output: Output,
) -> None:
    """Measure the overhead of attention: with it, without its final stage, and plain, in turn.

    Ctrl-C prints what is finished and exits 130.
    """
    from se_cost.measure.timing import time
    from se_cost.report.time import page

    plan = Plan(quads=runs, max_time=max_time, seed=settings.seed)
    with progress_bar(output.quiet) as progress:
        timing = time(recipe, settings, plan, progress)
    output.show(page(timing))
    ctx.exit(INTERRUPTED if timing.samples.interrupted else 0)
