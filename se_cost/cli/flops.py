"""`se-cost flops`: how much computing does attention add?"""

import click

from se_cost.cli.help import Command
from se_cost.cli.options import output_options, recipe_options
from se_cost.cli.output import Output
from se_cost.cli.time_options import MODE_OPTION
from se_cost.measure.counts import count
from se_cost.measure.settings import Mode
from se_cost.nets.recipe import Recipe


@click.command(
    name="flops",
    cls=Command,
    short_help="Count the MACs that attention adds, by every counter.",
    epilog="""
    se-cost flops --arch se_mobilenet --input 160
    se-cost flops --arch se_fcn_resnet50 --input 800x1333 --no-measure
    se-cost flops --mode train --output flops.md
    """,
)
@recipe_options
@MODE_OPTION
@click.option(
    "--measure/--no-measure",
    default=True,
    show_default=True,
    help="Run fvcore and FlopCounterMode too.",
)
@output_options
@click.pass_context
def command(ctx: click.Context, recipe: Recipe, mode: Mode, measure: bool, output: Output) -> None:
    """Count the multiply-accumulates that attention adds: by ledger, fvcore and torch.

    Exits 1 if the counters do not count what the ledger explains.
    """
    from se_cost.report.flops import page

    both = [recipe, recipe.baseline]
    answer = page(recipe, count(both, backward=mode is Mode.TRAIN) if measure else None)
    output.show(answer)
    ctx.exit(int(answer.failed))
