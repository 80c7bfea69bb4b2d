"""The options of an iteration that a plan is for: those of a measurement that formulas cover."""

from typing import Any

from se_cost.cli.options.option import Command, bundled
from se_cost.cli.options.settings import BATCHES, DEVICE, SETTINGS
from se_cost.errors import UsageError
from se_cost.measure.timing.settings import UNPREDICTED, Settings
from se_cost.record import Record, replace

MEASURED = tuple(
    replace(BATCHES, help="Images per iteration; several make a map.")
    if option.name == "batch"
    else replace(DEVICE, default=None, help="Where to measure machine and choices.", usual="")
    if option is DEVICE
    else option
    for option in SETTINGS
    if option.name not in UNPREDICTED
)


class Iterations(Record):
    """How an iteration is run, for each batch, and whether the machine is to be measured now."""

    each: tuple[Settings, ...]
    here: bool


def iterations_options(command: Command) -> Command:
    """Give a command the options of an iteration; it receives them as `iterations`."""
    return bundled("iterations", MEASURED, _iterations)(command)


def _iterations(*, batch: tuple[int, ...], device: str | None, **rest: Any) -> Iterations:
    for images in batch:
        if images < 1:
            raise UsageError(f"--batch {images} is no number of images: take 1 or more")
    each = [Settings(batch=n, device=device or "auto", **rest) for n in dict.fromkeys(batch)]
    return Iterations(tuple(each), device is not None)
