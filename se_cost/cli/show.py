"""`se-cost show`: what does this saved document say?"""

from pathlib import Path

import click

from se_cost.cli.help import Command
from se_cost.cli.options.output import output_options
from se_cost.cli.options.types import FilePath
from se_cost.cli.output.output import Output


@click.command(
    name="show",
    cls=Command,
    short_help="Show a saved json document again, in any format.",
    epilog="""
    se-cost show time.json
    se-cost show report.json --format latex
    se-cost show check.json --output check.html
    """,
)
@click.argument("file", type=FilePath(), metavar="FILE.json")
@output_options()
def command(file: Path, output: Output) -> None:
    """Show a json document that se-cost wrote, without counting or timing anything again."""
    from se_cost.documents.files import read

    output.show(read(file))
