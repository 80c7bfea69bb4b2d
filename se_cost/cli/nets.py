"""`se-cost nets`: what networks are there?"""

import click

from se_cost.cli.help import Command
from se_cost.cli.options import output_options
from se_cost.cli.output import Output
from se_cost.cli.types import Arch


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
@click.argument("name", type=Arch(), required=False)
@output_options
def command(name: str | None, output: Output) -> None:
    """List the networks with their size, and what SE with r = 16 adds to each.

    With the NAME of one, for instance se_resnet50, show it stage by stage.
    """
    from se_cost.nets.registry import recipe
    from se_cost.report import nets, network

    output.show(network.page(recipe(name)) if name else nets.page())
