"""The options that say which published figures are recomputed."""

import click

from se_cost.cli.options.option import Option
from se_cost.cli.options.types import OneOf
from se_cost.paper.studies import OF_SE, STUDIES

TABLE = Option(
    "--table",
    "Options",
    "Of the SE paper: these of its tables only, 2 or 10,13.",
    click.STRING,
    metavar="N,...",
    key=False,
)
STUDY = Option(
    "--study",
    "Options",
    "The paper, by its kind of attention.",
    OneOf((OF_SE, *STUDIES)),
    default=OF_SE,
)
