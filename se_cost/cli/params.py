"""`se-cost params`: how many parameters does attention add?"""

import click

from se_cost.cli.help import Command
from se_cost.cli.options.measure import MEASURE
from se_cost.cli.options.model import models_options
from se_cost.cli.options.option import offered
from se_cost.cli.options.output import output_options
from se_cost.cli.output.output import Output
from se_cost.measure.counting.counts import Built
from se_cost.nets.model import Model


@click.command(
    name="params",
    cls=Command,
    short_help="Count the parameters that attention adds.",
    epilog="""
    se-cost params --arch se_resnet50 --r 8
    se-cost params --arch resnet101 --attention eca --drop-stages 5
    se-cost params --arch se_vgg16 --measure --format json
    se-cost params --arch se_resnet18,se_resnet50 --format latex
    """,
)
@models_options
@offered(MEASURE)
@output_options("params")
@click.pass_context
def command(ctx: click.Context, models: list[Model], measure: bool, output: Output) -> None:
    """Count the parameters that attention adds, by closed form and by ledger.

    Several networks make one table. Exits 1 if they disagree with each other or with the built
    modules.
    """
    from se_cost.documents.params import params, several
    from se_cost.measure.models.costs import costs

    counted: dict[Model, Built] = {}
    if measure:
        from se_cost.measure.counting.parameters import built

        counted = {model: built(model) for model in models}
    document = several([params(costs(model), counted.get(model)) for model in models])
    output.show(document)
    ctx.exit(int(document.failed))
