"""`se-cost nets`: what networks are there?"""

import click

from se_cost.cli.options import output_options
from se_cost.cli.output import Output


@click.command(name="nets", short_help="List the networks, and what SE adds to each.")
@output_options
def command(output: Output) -> None:
    """List the networks with their size, and what SE with r = 16 adds to each."""
    from se_cost.report.nets import page

    output.show(page())
