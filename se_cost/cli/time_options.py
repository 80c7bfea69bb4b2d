"""Options of a measurement, which commands that only count need not load."""

import click

from se_cost.cli.options import POSITIVE, Command, gathered
from se_cost.cli.types import Device, OneOf
from se_cost.measure.settings import DType, Layout, Mode, Settings


def time_options(command: Command) -> Command:
    """Give a command the options of a measurement; it receives them as `settings`."""
    return gathered(command, TIME_OPTIONS, "settings", Settings)


# of a page with two timings: what two cores finish in two minutes
PAGE_QUADS = 12  # comparisons of each network
PAGE_TIME = 50  # seconds, at most, for each timing

DEVICE_OPTION = click.option(
    "--device", type=Device(), default="auto", show_default=True, help="auto, cpu, cuda or cuda:N."
)
TIME_OPTIONS = {
    "device": DEVICE_OPTION,
    "batch": click.option(
        "--batch",
        type=POSITIVE,
        metavar="N",
        default=1,
        show_default=True,
        help="Images per iteration.",
    ),
    "dtype": click.option(
        "--dtype", type=OneOf(DType), default="float32", show_default=True, help="Number type."
    ),
    "layout": click.option(
        "--layout", type=OneOf(Layout), default="nchw", show_default=True, help="Memory layout."
    ),
    "threads": click.option(
        "--threads",
        type=POSITIVE,
        metavar="N",
        help="Threads on the CPU.  [default: torch's choice]",
    ),
    "seed": click.option(
        "--seed",
        type=int,
        metavar="N",
        default=0,
        show_default=True,
        help="Of data and of the order of arms.",
    ),
    "mode": click.option(
        "--mode",
        type=OneOf(Mode),
        default="infer",
        show_default=True,
        help="Forward pass, or forward and backward.",
    ),
}
MODE_OPTION = TIME_OPTIONS["mode"]
