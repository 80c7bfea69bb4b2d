"""`se-cost nets`: what networks are there?"""

import click

from se_cost.cli.help import Command
from se_cost.cli.options.output import output_options
from se_cost.cli.options.types import Arch
from se_cost.cli.output.output import Output


@click.command(
    name="nets",
    cls=Command,
    short_help="List the networks, or show one stage by stage.",
    epilog="""
    se-cost nets
    se-cost nets se_resnet50
    se-cost nets --output networks.csv
    """,
)
@click.argument("network", type=Arch(), required=False)
@output_options("nets")
def command(network: str | None, output: Output) -> None:
    """List the networks with their size, and what SE with r = 16 adds to each.

    With the name of a NETWORK, for instance se_resnet50, show that one stage by stage.
    """
    from se_cost.documents import nets
    from se_cost.documents import network as one
    from se_cost.ledger.costs import costs
    from se_cost.nets.zoo.model import model

    output.show(one.network(costs(model(network))) if network is not None else nets.nets())
