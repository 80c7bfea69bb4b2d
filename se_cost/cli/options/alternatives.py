"""The options of a comparison of kinds of attention in one network."""

from typing import Any

from se_cost.cli.options.model import ATTENTION, INPUT, MODEL, OF_YOURS, zoo_named
from se_cost.cli.options.option import Command, Option, bundled
from se_cost.cli.options.output import OUTPUT
from se_cost.cli.options.settings import BATCH, SETTINGS
from se_cost.cli.options.types import Kinds, OneOf
from se_cost.documents.order import Order
from se_cost.errors import UsageError
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.model import Zoo
from se_cost.nets.zoo.registry import parsed
from se_cost.record import replace
from se_cost.text import joined

LEAST = 2  # images: in training SRM and BAM normalise vectors over the batch
OF_ONE_KIND = ("attention", "squeeze", "gate", "bias")
UNASKED = ("mode", "cuda_graphs", "fold_norms", "optimizer", "nproc", "runtime")


COMPARED = Option(
    "--kinds", ATTENTION, "Kinds of attention to compare.", Kinds(), usual="all", metavar="KIND,..."
)
SORT = Option(
    "--sort",
    OUTPUT,
    f"The cheapest first, by {joined(Order)}.",
    OneOf(Order),
    default=Order.KINDS,
    metavar="COST",
)
PIXELS = replace(INPUT, help="Pixels, 224 or 800x1333.")
SITES = tuple(
    PIXELS if option is INPUT else option
    for option in MODEL
    if option.name not in ("spec", *OF_YOURS, *OF_ONE_KIND)
)
BATCH_OF_TWO = replace(BATCH, default=LEAST)
TIMED = tuple(
    BATCH_OF_TWO if option is BATCH else option for option in SETTINGS if option.name not in UNASKED
)


def kinds_options(command: Command) -> Command:
    """Give a command the options of a network and kinds; it receives `models`, one for each."""
    return bundled("models", (*SITES, COMPARED), _models)(command)


def timed_options(command: Command) -> Command:
    """Give a command the options of a measurement; it receives `settings`, one for each mode."""
    return bundled("settings", TIMED, _settings)(command)


def _models(
    *, arch: str, kinds: tuple[str, ...] | None, r: tuple[int, ...] | None, **options: Any
) -> list[Zoo]:
    """Return the network with each kind; `r` is for those kinds that have one."""
    family = parsed(arch)[0].name
    names = kinds or tuple(KINDS)
    able = [name for name in names if r is not None and "r" in KINDS[name].__struct_fields__]
    found = [
        zoo_named(family, attention=name, r=r if name in able else None, **options)
        for name in names
    ]
    if r is not None and not able:
        raise UsageError(f"r {joined(r, ',')}: none of {joined(names)} has one")
    if not found[0].stages:
        raise UsageError("no stage keeps attention: leave out --drop-stages, or name fewer")
    return found


def _settings(**options: Any) -> list[Settings]:
    return [Settings(mode=mode, **options) for mode in Mode]
