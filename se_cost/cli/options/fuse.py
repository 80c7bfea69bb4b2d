"""How to fuse attention, and where to put the network."""

from se_cost.cli.options.measure import MEASURING
from se_cost.cli.options.option import Option
from se_cost.cli.options.types import FilePath, OneOf
from se_cost.measure.fuse.record import How

HOW = Option("--how", MEASURING, "How to fold the scale.", OneOf(How), default=How.AUTO)
SAVE = Option(
    "--save",
    "Output",
    "Export the fused network, as FILE.pt2.",
    FilePath(),
    metavar="FILE",
    key=False,
)
