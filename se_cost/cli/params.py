"""`se-cost params`: how many parameters does attention add?"""

import click

from se_cost.cli.help import Command
from se_cost.cli.options import output_options, recipe_options
from se_cost.cli.output import Output
from se_cost.nets.recipe import Recipe


@click.command(
    name="params",
    cls=Command,
    short_help="Count the parameters that attention adds.",
    epilog="""
    se-cost params --arch se_resnet50 --r 8
    se-cost params --arch resnet101 --attention se --drop-stages 5
    se-cost params --arch se_vgg16 --measure --format json
    """,
)
@recipe_options
@click.option("--measure", is_flag=True, help="Build the torch modules and count theirs too.")
@output_options
@click.pass_context
def command(ctx: click.Context, recipe: Recipe, measure: bool, output: Output) -> None:
    """Count the parameters that attention adds, by closed form and by ledger.

    Exits 1 if they disagree with each other or with the built modules.
    """
    from se_cost.report.params import page

    built = None
    if measure:
        from se_cost.measure.built import params

        built = (params(recipe), params(recipe.baseline))
    answer = page(recipe, built)
    output.show(answer)
    ctx.exit(int(answer.failed))
