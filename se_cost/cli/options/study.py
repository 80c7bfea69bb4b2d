"""The option that says whose published figures are recomputed."""

from se_cost.cli.options.option import Option
from se_cost.cli.options.types import OneOf
from se_cost.paper.studies import OF_SE, STUDIES

STUDY = Option(
    "--study",
    "Options",
    "The paper, by its kind of attention.",
    OneOf((OF_SE, *STUDIES)),
    default=OF_SE,
)
