"""The options that not every kind of attention has."""

import click

from se_cost.cli.options.option import Option
from se_cost.cli.options.types import POSITIVE, OneOf
from se_cost.nets.attention.se import GATES, Squeeze

ATTENTION = "Attention"
OF_FEW = (
    Option("--squeeze", ATTENTION, "Squeeze pooling.", OneOf(Squeeze), usual="avg"),
    Option("--gate", ATTENTION, "Gate activation.", OneOf(GATES), usual="sigmoid"),
    Option("--bias/--no-bias", ATTENTION, "Biases in the two FCs.", usual="bias"),
    Option("--kernel", ATTENTION, "Kernel of cbam.", POSITIVE, usual="7", metavar="N"),
    Option(
        "--extent",
        ATTENTION,
        "Extent of ge, 0 for the whole map.",
        click.INT,
        usual="0",
        metavar="N",
    ),
    Option("--theta/--no-theta", ATTENTION, "Whether ge has convolutions.", usual="no-theta"),
    Option("--heads", ATTENTION, "Heads of mhsa.", POSITIVE, usual="4", metavar="N"),
)
OF_KIND = ("r", *(option.name for option in OF_FEW))
OF_ATTENTION = (*OF_KIND, "place", "stages", "drop_stages")  # no plain network has them
