"""How to fuse attention, what for, and where to put the network."""

from typing import Any

from se_cost.cli.options.measure import MEASURING
from se_cost.cli.options.option import Command, Option, bundled
from se_cost.cli.options.settings import (
    AUTOCAST,
    BATCH,
    COMPILE,
    DEVICE,
    DTYPE,
    LAYOUT,
    MODE,
    RUNTIME,
    THREADS,
)
from se_cost.cli.options.types import FilePath, OneOf
from se_cost.measure.fuse.record import How
from se_cost.measure.timing.arms import fusing
from se_cost.measure.timing.settings import Settings

HOW = Option("--how", MEASURING, "How to fold the scale.", OneOf(How), default=How.AUTO)
COMPARE = Option("--compare", MEASURING, "Time every other --how beside the rule's choice.")
SAVE = Option(
    "--save",
    "Output",
    "Export the fused network, as FILE.pt2.",
    FilePath(),
    metavar="FILE",
    key=False,
)
FUSED = (MODE, BATCH, DEVICE, DTYPE, AUTOCAST, LAYOUT, COMPILE, RUNTIME, THREADS)


def fused_options(command: Command) -> Command:
    """Give a command the options of fusing; it receives `settings`, with norms folded."""
    return bundled("settings", FUSED, _settings)(command)


def _settings(**given: Any) -> Settings:
    return fusing(Settings(**given))
