"""`se-cost schema`: what is in the json?"""

from pathlib import Path

import click

from se_cost.cli.help import Command
from se_cost.cli.options import FILE_OPTION
from se_cost.cli.output import Output
from se_cost.cli.types import OneOf
from se_cost.report.formats import Format
from se_cost.report.page import Page
from se_cost.report.schemas.words import Document

ABOUT = f"""Print the JSON Schema (draft 2020-12) of the json documents that se-cost writes.

With a DOCUMENT that of one of them, without one that looks at the `command` in it.
The documents are {", ".join(Document)}.
"""


@click.command(
    name="schema",
    cls=Command,
    help=ABOUT,
    short_help="Print the JSON Schema of what the other commands write.",
    epilog="""
    se-cost schema
    se-cost schema params
    se-cost schema baseline --output baseline.schema.json
    """,
)
@click.argument("document", type=OneOf(Document), metavar="[DOCUMENT]", required=False)
@FILE_OPTION
def command(document: Document | None, file: Path | None) -> None:
    """Print the schema of one document, or of all of them."""
    from se_cost.report.schemas.schema import schema

    Output.of(Format.JSON, file, quiet=False).show(Page((), (), schema(document)))
