"""The options of a comparison of kinds of attention in one network."""

from collections.abc import Mapping
from typing import Any

from se_cost.cli.options.kinds import ATTENTION, OF_FEW
from se_cost.cli.options.model import MODEL, model_named
from se_cost.cli.options.option import Command, Option, bundled
from se_cost.cli.options.output import OUTPUT
from se_cost.cli.options.settings import BATCH, MODE, SETTINGS
from se_cost.cli.options.types import Kinds, OneOf
from se_cost.documents.order import Order
from se_cost.errors import UsageError
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.attention.place import Place
from se_cost.nets.model import Model
from se_cost.nets.zoo.registry import parsed
from se_cost.record import replace
from se_cost.text import joined

LEAST = 2  # images: in training SRM and BAM normalise vectors over the batch
OF_ONE_KIND = ("attention", *(option.name for option in OF_FEW))
UNASKED = ("cuda_graphs", "fold_norms", "optimizer", "nproc", "runtime")

COMPARED = Option(
    "--kinds", ATTENTION, "Kinds of attention to compare.", Kinds(), usual="all", metavar="KIND,..."
)
SORT = Option(
    "--sort",
    OUTPUT,
    f"As the kinds are named, or the cheapest first by {joined(list(Order)[1:])}.",
    OneOf(Order),
    default=Order.KINDS,
    metavar="COST",
)
WORDS: Mapping[str, Mapping[str, str]] = {  # in which an option is told otherwise
    "arch": {"help": "The network, whatever attention its name has.", "usual": "resnet50"},
    "r": {
        "help": "Reduction ratio of kinds that have one, or one per stage.",
        "usual": "the kind's",
    },
    "after": {"help": "Modules of --model that the kinds go after, by path."},
}
SITES = tuple(
    replace(option, **WORDS.get(option.name, {}))
    for option in MODEL
    if option.name not in OF_ONE_KIND
)
EITHER = replace(MODE, help="Time inference or training alone.", default=None, usual="both")
OTHERWISE = {MODE: EITHER, BATCH: replace(BATCH, default=LEAST)}
TIMED = tuple(OTHERWISE.get(option, option) for option in SETTINGS if option.name not in UNASKED)


def kinds_options(command: Command) -> Command:
    """Give a command the options of a network and kinds; it receives `models`, one for each."""
    return bundled("models", (*SITES, COMPARED), _models)(command)


def timed_options(command: Command) -> Command:
    """Give a command the options of a measurement; it receives `settings`, one for each mode."""
    return bundled("settings", TIMED, _settings)(command)


def _models(
    *,
    spec: str | None,
    arch: str,
    kinds: tuple[str, ...] | None,
    r: tuple[int, ...] | None,
    **options: Any,
) -> list[Model]:
    """Return the network with each kind; `r` is for those kinds that have one."""
    names = kinds or tuple(KINDS)
    able = [name for name in names if "r" in KINDS[name].__struct_fields__]
    if r is not None and not able:
        raise UsageError(f"r {joined(r, ',')}: none of {joined(names)} has one")
    network = parsed(arch)[0].name if spec is None else arch
    own = [] if spec is None or kinds else _own(spec, arch, **options)
    found = [*own]
    for name in names:
        ratio = r if name in able else None
        try:
            model = model_named(spec=spec, arch=network, attention=name, r=ratio, **options)
        except UsageError:
            if kinds or Place.STANDARD in KINDS[name].places:
                raise
            continue  # a kind that nobody asked for, and that has no place here
        if model.stages:
            found.append(model)
        elif spec and kinds:
            raise UsageError(f"{name} has no weights, by which it would be found in {spec}")
    if not found:
        raise UsageError("no stage keeps attention: leave out --drop-stages, or name fewer")
    return found


def _own(spec: str, arch: str, **options: Any) -> list[Model]:
    """Return a model of the user's as it is, if it has attention."""
    own = model_named(spec=spec, arch=arch, **options | {"after": (), "drop_stages": ()})
    return [own] if own.stages else []


def _settings(*, mode: Mode | None, **options: Any) -> list[Settings]:
    return [Settings(mode=one, **options) for one in Mode if mode in (None, one)]
