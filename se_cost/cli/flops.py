"""`se-cost flops`: how much computing does attention add?"""

import click

from se_cost.cli.help import Command
from se_cost.cli.options.measure import MEASURE
from se_cost.cli.options.model import models_options
from se_cost.cli.options.option import offered
from se_cost.cli.options.output import output_options
from se_cost.cli.options.settings import MODE
from se_cost.cli.output.output import Output
from se_cost.measure.counting.counts import Counted, YourCounts
from se_cost.measure.timing.settings import Mode
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model, Zoo
from se_cost.record import replace


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
@models_options
@offered(replace(MEASURE, help="Run fvcore and FlopCounterMode too.", default=True), MODE)
@output_options("flops")
@click.pass_context
def command(
    ctx: click.Context, models: list[Model], mode: Mode, measure: bool, output: Output
) -> None:
    """Count the multiply-accumulates that attention adds: by ledger, fvcore and torch.

    Several networks make one table. Exits 1 if the counters do not count what the ledger explains.
    """
    from se_cost.documents.flops import flops, several
    from se_cost.measure.models.costs import costs

    counted: dict[Model, Counted] = {}
    yours: dict[Model, YourCounts] = {}
    if measure and (ours := [model for model in models if isinstance(model, Zoo)]):
        from se_cost.measure.counting.side_by_side import count

        counted = dict(zip(ours, count(ours, backward=mode is Mode.TRAIN), strict=True))
    if measure and (own := [model for model in models if isinstance(model, Imported)]):
        from se_cost.measure.counting.yours import count_yours

        yours = {model: count_yours(model, backward=mode is Mode.TRAIN) for model in own}
    each = [flops(costs(model), counted.get(model), yours.get(model)) for model in models]
    document = several(each)
    output.show(document)
    ctx.exit(int(document.failed))
