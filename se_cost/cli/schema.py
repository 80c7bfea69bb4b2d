"""`se-cost schema`: what is in the json?"""

from pathlib import Path

import click

from se_cost.cli.help import Command
from se_cost.cli.options.option import offered
from se_cost.cli.options.output import FILE
from se_cost.cli.options.types import OneOf
from se_cost.cli.output.output import STDOUT
from se_cost.cli.output.streams import put
from se_cost.documents.kinds import KINDS
from se_cost.files import write
from se_cost.text import joined

ABOUT = f"""Print the JSON Schema (draft 2020-12) of the json documents that se-cost writes.

With a DOCUMENT that of one of them, without one that of all, told apart by their `command`.
The documents are {joined(KINDS)}.
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
@click.argument("document", type=OneOf(KINDS), metavar="[DOCUMENT]", required=False)
@offered(FILE)
def command(document: str | None, output: Path | None) -> None:
    """Print the schema of one document, or of all of them."""
    import json

    from se_cost.documents.schema import schema

    text = json.dumps(schema([document] if document else ()), indent=2, ensure_ascii=False) + "\n"
    if output in (None, STDOUT):
        put(text)
    else:
        write(output, text)
