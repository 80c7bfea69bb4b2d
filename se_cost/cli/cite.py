"""`se-cost --cite`: how to cite the program, for a paper that prints its figures."""

import click

from se_cost.version import __version__

BIBTEX = f"""\
@software{{se_cost,
  title   = {{se-cost: what channel attention costs a convolutional network}},
  author  = {{{{The se-cost maintainers}}}},
  year    = {{2026}},
  version = {{{__version__}}},
}}
"""


def show(ctx: click.Context, option: click.Parameter, asked: bool) -> None:
    """Print the entry for BibTeX and end."""
    if asked:
        click.echo(BIBTEX, nl=False)
        ctx.exit()


cite = click.option(
    "--cite",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=show,
    help="Show how to cite se-cost, as BibTeX.",
)
