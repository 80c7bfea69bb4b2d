"""`se-cost nets`: what networks are there?"""

import click

from se_cost.cli.help import Command
from se_cost.cli.options.model import one_of_yours
from se_cost.cli.options.output import output_options
from se_cost.cli.options.types import Arch
from se_cost.cli.output.output import Output
from se_cost.errors import UsageError
from se_cost.nets.model import Model


@click.command(
    name="nets",
    cls=Command,
    short_help="List the networks, or show one stage by stage.",
    epilog="""
    se-cost nets
    se-cost nets se_resnet50
    se-cost nets --model timm:seresnet50
    """,
)
@click.argument("network", type=Arch(), required=False)
@one_of_yours
@output_options("nets")
def command(network: str | None, model: Model | None, output: Output) -> None:
    """List the networks with their size, and what SE with r = 16 adds to each.

    With the name of a NETWORK, for instance se_resnet50, show that one stage by stage. With
    --model, show the attention that is found in a network of yours, and where some could be put.
    """
    from se_cost.documents import nets
    from se_cost.documents import network as one
    from se_cost.measure.models.costs import costs, insertion_sites
    from se_cost.nets.zoo.model import model as named

    if network is not None and model is not None:
        raise UsageError("NETWORK and --model are two networks: give one of them")
    chosen = named(network) if network is not None else model
    if chosen is None:
        output.show(nets.nets())
    else:
        output.show(one.network(costs(chosen), insertion_sites(chosen)))
