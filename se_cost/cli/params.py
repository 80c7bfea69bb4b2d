"""`se-cost params`: how many parameters does attention add?"""

import click

from se_cost.cli.help import Command
from se_cost.cli.options.measure import MEASURE
from se_cost.cli.options.model import model_options
from se_cost.cli.options.option import offered
from se_cost.cli.options.output import output_options
from se_cost.cli.output.output import Output
from se_cost.nets.model import Model, Zoo


@click.command(
    name="params",
    cls=Command,
    short_help="Count the parameters that attention adds.",
    epilog="""
    se-cost params --arch se_resnet50 --r 8
    se-cost params --arch resnet101 --attention eca --drop-stages 5
    se-cost params --arch se_vgg16 --measure --format json
    """,
)
@model_options
@offered(MEASURE)
@output_options("params")
@click.pass_context
def command(ctx: click.Context, model: Model, measure: bool, output: Output) -> None:
    """Count the parameters that attention adds, by closed form and by ledger.

    Exits 1 if they disagree with each other or with the built modules.
    """
    from se_cost.documents.params import params
    from se_cost.measure.models.costs import costs

    built = None
    if measure and isinstance(model, Zoo):  # the trace of another is of the built module
        from se_cost.measure.counting import parameters

        built = parameters.built(model)
    document = params(costs(model), built)
    output.show(document)
    ctx.exit(int(document.failed))
