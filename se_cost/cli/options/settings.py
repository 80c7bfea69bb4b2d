"""The options of a measurement; a command that only counts need not load them."""

from typing import Any

import click

from se_cost.cli.options.measure import MEASURING
from se_cost.cli.options.option import Command, Option, bundled
from se_cost.cli.options.types import ON, POSITIVE, Device, Numbers, OneOf, SwitchOr
from se_cost.errors import UsageError
from se_cost.measure.timing.settings import DType, Graphs, MemoryFormat, Mode, Runtime, Settings
from se_cost.record import replace

USUAL = Settings()

MODE = Option(
    "--mode",
    MEASURING,
    "Forward pass, or forward and backward.",
    OneOf(Mode),
    default=USUAL.mode,
)
DEVICE = Option(
    "--device", MEASURING, "auto, cpu, cuda, cuda:N, xpu or mps.", Device(), default=USUAL.device
)
BATCH = Option(
    "--batch", MEASURING, "Images per iteration.", POSITIVE, default=USUAL.batch, metavar="N"
)
DTYPE = Option("--dtype", MEASURING, "Number type.", OneOf(DType), default=USUAL.dtype)
LAYOUT = Option("--layout", MEASURING, "Memory layout.", OneOf(MemoryFormat), default=USUAL.layout)
THREADS = Option(
    "--threads", MEASURING, "Threads on the CPU.", POSITIVE, usual="torch's choice", metavar="N"
)
AUTOCAST = Option("--autocast", MEASURING, "Weights stay float32; autocast lowers to --dtype.")
COMPILE = Option("--compile", MEASURING, "Compiled by torch.compile, beside --max-time.")
RUNTIME = Option(
    "--runtime",
    MEASURING,
    "What runs it; all but torch on the CPU.",
    OneOf(Runtime),
    default=USUAL.runtime,
)
SETTINGS = (
    MODE,
    DEVICE,
    BATCH,
    DTYPE,
    AUTOCAST,
    LAYOUT,
    Option("--fold-norms", MEASURING, "Batch norms folded into convolutions; inference."),
    Option("--optimizer", MEASURING, "Training takes the optimiser's step too: SGD with momentum."),
    COMPILE,
    Option(
        "--cuda-graphs",
        MEASURING,
        "Each iteration replayed as one CUDA graph; with `both`, timed eagerly too.",
        SwitchOr(Graphs),
        default=USUAL.cuda_graphs,
        metavar="[both]",
        alone=ON,
    ),
    Option("--cudnn-benchmark", MEASURING, "cuDNN tries its plans and takes the quickest."),
    Option(
        "--nproc",
        MEASURING,
        "Data-parallel processes, one per GPU or CPU share.",
        POSITIVE,
        default=USUAL.nproc,
        metavar="N",
    ),
    RUNTIME,
    THREADS,
    Option(
        "--seed",
        MEASURING,
        "Random seed of data and order.",
        click.IntRange(0, 2**32 - 1),
        default=USUAL.seed,
        metavar="N",
    ),
)
BATCHES = replace(
    BATCH,
    help="Images per iteration, or several numbers to compare.",
    type=Numbers(),
    default=str(USUAL.batch),
    metavar="N,...",
)


def batches_options(command: Command) -> Command:
    """Give a command the options of a measurement; it receives `settings`, one for each batch."""
    table = tuple(BATCHES if option is BATCH else option for option in SETTINGS)
    return bundled("settings", table, _each_batch)(command)


def _each_batch(*, batch: tuple[int, ...], **rest: Any) -> list[Settings]:
    for images in batch:
        if images < 1:
            raise UsageError(f"--batch {images} is no number of images: take 1 or more")
    return [Settings(batch=images, **rest) for images in dict.fromkeys(batch)]
