"""Options of a measurement, which commands that only count need not load."""

from typing import Any

import click

from se_cost.cli.options import POSITIVE, Command, gathered
from se_cost.cli.types import Device, Numbers, OneOf
from se_cost.errors import BadInput
from se_cost.measure.settings import DType, Layout, Mode, Settings


def batches_options(command: Command) -> Command:
    """Give a command the options of a measurement; it receives `settings`, one for each batch."""
    return gathered(command, TIME_OPTIONS | {"batch": BATCHES_OPTION}, "settings", _each_batch)


def _each_batch(*, batch: tuple[int, ...], **rest: Any) -> list[Settings]:
    for images in batch:
        if images < 1:
            raise BadInput(f"--batch {images} is no number of images: take 1 or more")
    return [Settings(batch=images, **rest) for images in dict.fromkeys(batch)]


BATCHES_OPTION = click.option(
    "--batch",
    type=Numbers(),
    metavar="N,...",
    default="1",
    show_default=True,
    help="Images per iteration, or several numbers to compare.",
)


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
        type=click.IntRange(0, 2**32 - 1),
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
    "autocast": click.option(
        "--autocast", is_flag=True, help="Weights stay float32; autocast lowers to --dtype."
    ),
    "compile": click.option("--compile", is_flag=True, help="Compiled by torch.compile."),
    "cuda_graphs": click.option(
        "--cuda-graphs", is_flag=True, help="Each iteration replayed as one CUDA graph."
    ),
    "fold_norms": click.option(
        "--fold-norms", is_flag=True, help="Batch norms folded into convolutions; inference."
    ),
    "optimizer": click.option(
        "--optimizer",
        is_flag=True,
        help="Training takes the optimiser's step too: SGD with momentum.",
    ),
    "nproc": click.option(
        "--nproc",
        type=POSITIVE,
        metavar="N",
        default=1,
        show_default=True,
        help="Data-parallel processes, one per GPU or CPU share.",
    ),
}
MODE_OPTION = TIME_OPTIONS["mode"]
