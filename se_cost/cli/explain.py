"""`se-cost explain`: why does the time grow more than the multiply-accumulates?"""

import click

from se_cost.cli.failure import INTERRUPTED
from se_cost.cli.help import Command
from se_cost.cli.options.model import model_options
from se_cost.cli.options.option import bundled
from se_cost.cli.options.output import output_options
from se_cost.cli.options.protocol import plan_options
from se_cost.cli.options.settings import SETTINGS
from se_cost.cli.output.output import Output
from se_cost.cli.output.progress import progress_bar
from se_cost.measure.explain.prediction import UNPREDICTED
from se_cost.measure.timing.settings import QuickPlan, Settings
from se_cost.nets.model import Model
from se_cost.record import replace

PREDICTED = tuple(option for option in SETTINGS if option.name not in UNPREDICTED)


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
@model_options
@bundled("settings", PREDICTED, Settings)
@plan_options
@output_options("explain", draws="predicted and measured time")
@click.pass_context
def command(
    ctx: click.Context, model: Model, settings: Settings, plan: QuickPlan, output: Output
) -> None:
    """Predict the time of the attention from the bytes it moves, and measure it, by stage.

    Ctrl-C prints what is finished and exits 130.
    """
    from se_cost.documents.explain import explained
    from se_cost.measure.explain.explain import explain

    with progress_bar(output.quiet) as progress:
        found = explain(model, settings, replace(plan, seed=settings.seed), progress)
    output.show(explained(found))
    ctx.exit(INTERRUPTED if found.timing.interrupted else 0)
