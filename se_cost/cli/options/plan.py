"""The options of a plan: what may be chosen, what it may cost, and the machine that it is for."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from se_cost.cli.options.budget import CAPS as CHECKED
from se_cost.cli.options.budget import Amount
from se_cost.cli.options.kinds import OF_KIND
from se_cost.cli.options.measure import MEASURING
from se_cost.cli.options.model import MODEL, model_named, sizes, without_yours
from se_cost.cli.options.option import Command, Option, bundled, typed
from se_cost.cli.options.plan_types import Axes, Bandwidth, Duration
from se_cost.cli.options.types import POSITIVE, FilePath, Inputs, Kinds, Numbers, OneOf, Percent
from se_cost.errors import UsageError
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.model import Model, Zoo
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import parsed
from se_cost.planning.words import CAPS, Asked, By, Cap, Dimension
from se_cost.record import Record
from se_cost.text import joined

OWN, AT_MOST = "Options", "At most"
USUAL = (2, 4, 8, 16, 32, 64)
MOST_CANDIDATES = 60  # of a site; the frontier is of all their combinations


def _limit(cap: Cap) -> Option:
    if cap.word in CHECKED:
        return CHECKED[cap.word]
    if cap.share:
        return Option(f"--max-{cap.word}", AT_MOST, cap.about, Percent(min=0), metavar="X")
    timed = cap.dimension is Dimension.TIME
    counted = cap.dimension in (Dimension.PARAMS, Dimension.MACS)
    metavar = "TIME" if timed else "N" if counted else "BYTES"
    return Option(
        f"--max-{cap.word}", AT_MOST, cap.about, Duration() if timed else Amount(), metavar=metavar
    )


LIMITS: Mapping[str, Option] = {word: _limit(cap) for word, cap in CAPS.items()}
RATIOS = Option(
    "--ratios",
    OWN,
    "Reduction ratios to choose from.",
    Numbers(),
    default=",".join(map(str, USUAL)),
    metavar="N,...",
)
BY = Option("--by", OWN, "Choose for every stage, or block.", OneOf(By), default=By.STAGE)
VALUE = Option(
    "--value",
    OWN,
    "What the stages are worth.",
    Numbers(),
    usual="their gated blocks",
    metavar="N,...",
)
FRONTIER = Option(
    "--frontier",
    OWN,
    "Two costs to compare all choices in.",
    Axes(),
    usual="params,time, or params,bytes",
    metavar="A,B",
)
VERIFY = Option(
    "--verify", OWN, "Time the N best, each of other stages.", POSITIVE, metavar="N", key=False
)
KEPT = tuple(option for word, option in LIMITS.items() if word not in CHECKED)
OWN_OPTIONS = (RATIOS, BY, VALUE, FRONTIER, VERIFY)
MACHINE = (
    Option(
        "--machine",
        MEASURING,
        "What `se-cost explain` wrote, as json.",
        FilePath(),
        metavar="FILE",
    ),
    Option("--bandwidth", MEASURING, "Of copies: 26GB/s.", Bandwidth(), metavar="RATE"),
    Option("--launch", MEASURING, "Of one operator: 2us.", Duration(), metavar="TIME"),
    Option("--plain-time", MEASURING, "Of the plain network: 50ms.", Duration(), metavar="TIME"),
)
CHANGED = {
    "input": Option(
        "--input",
        "Network",
        "Pixels, 224 or 800x1333; several make a map.",
        Inputs(),
        usual="the network's",
        metavar="SIZE,...",
    ),
    "attention": Option(
        "--attention",
        "Attention",
        "Kinds to choose from.",
        Kinds(),
        usual="as in the name, or se",
        metavar="KIND,...",
    ),
}
NETWORK = tuple(CHANGED.get(option.name, option) for option in MODEL if option.name != "r")


class Candidates(Record):
    """The networks to choose among, and the inputs and batches of a map."""

    asked: Model
    models: tuple[Model, ...]
    inputs: tuple[tuple[int, int], ...]  # none where there is no map


class KnownMachine(Record):
    """What is known of a machine."""

    machine: Path | None
    bandwidth: int | None
    launch: Fraction | None
    plain_time: Fraction | None


def candidates_options(command: Command) -> Command:
    """Give a command the options that say what may be chosen; it receives that as `candidates`."""
    return bundled("candidates", (RATIOS, *NETWORK), _candidates)(command)


def machine_options(command: Command) -> Command:
    """Give a command the options that tell of a machine; it receives them as `known`."""
    return bundled("known", MACHINE, KnownMachine)(command)


def limits_options(command: Command) -> Command:
    """Give a command the options of a budget; it receives them as `limits`, by their words."""
    return bundled("limits", tuple(LIMITS.values()), _limits)(command)


def _limits(**values: Asked | None) -> dict[str, Asked]:
    given = {word: values[option.name] for word, option in LIMITS.items()}
    return {word: v for word, v in given.items() if v is not None and v != float("inf")}


def _candidates(*, spec: str | None, arch: str, **options: Any) -> Candidates:
    """Return the networks to choose among, of the zoo or of the user."""
    if spec is not None:
        return _of_yours(spec=spec, arch=arch, **options)
    return _of_zoo(arch=arch, **without_yours(options))


def _of_yours(
    *, ratios: Sequence[int], attention: Sequence[str] | None, **options: Any
) -> Candidates:
    """Return what a model of the user's has, and the kinds that are to be tried in its place."""
    of_kind = {name: options.pop(name) for name in OF_KIND if name in options}
    own = model_named(**options)
    kinds = attention or (_kinds(own) if typed("ratios") else ())
    found: dict[Model, None] = {own: None} if own.stages else {}
    for kind in kinds:
        given = {name: value for name, value in of_kind.items() if _has(name)(kind)}
        each = dict.fromkeys((r,) for r in ratios) if _has("r")(kind) else (None,)
        found |= dict.fromkeys(model_named(attention=kind, r=r, **given, **options) for r in each)
    if not found:
        raise UsageError(f"{own.arch} has no attention: say which to try, with --attention se")
    _expect_few(len(found))
    return Candidates(next(iter(found)), tuple(found), ())


def _kinds(own: Model) -> list[str]:
    """Return the kinds of which a model of the user's has blocks, if r of all can be changed."""
    from se_cost.measure.models.costs import costs

    kinds = list(dict.fromkeys(block.kind for block in costs(own).blocks))
    fixed = [kind for kind in kinds if kind not in KINDS or not _has("r")(kind)]
    if fixed:
        raise UsageError(
            f"--ratios: {own.arch} has blocks of the kind {fixed[0]}, whose r cannot be changed; "
            "take --attention se to try that in their place"
        )
    return kinds


def _of_zoo(
    *,
    ratios: Sequence[int],
    arch: str,
    input: Sequence[tuple[int, ...]] | str | None,  # noqa: A002 - the option's word
    attention: Sequence[str] | None,
    **options: Any,
) -> Candidates:
    """Return the networks; an option of one kind is given to those that have it."""
    given = {name: value for name, value in options.items() if value is not None}
    inputs = sizes(input or (), several=True)
    given |= {"input": inputs[0]} if inputs else {}
    kinds = attention or (parsed(arch)[1] or "se",)
    lacking = [name for name in OF_KIND if name in given and not any(map(_has(name), kinds))]
    if lacking:
        model(arch, attention=kinds[0], **given)  # refuses it, and says which kind has it
    found: dict[Zoo, None] = {}
    for kind in kinds:
        own = {n: v for n, v in given.items() if n not in OF_KIND or _has(n)(kind)}
        each = dict.fromkeys(ratios) if _has("r")(kind) else (None,)
        found |= dict.fromkeys(model(arch, attention=kind, r=r, **own) for r in each)
    usual = {n: v for n, v in given.items() if n not in OF_KIND or _has(n)(kinds[0])}
    asked = model(arch, attention=kinds[0], **usual)
    for size in inputs:
        model(arch, input=size)  # refuses one that the network cannot take
    if len({one.attention.place for one in found}) > 1:
        raise UsageError(f"{joined(kinds)} have different places in {arch}: plan them apart")
    if not asked.stages:
        raise UsageError("no stage is left that could hold attention: leave out --drop-stages")
    _expect_few(len(found))
    return Candidates(asked, tuple(found), tuple(inputs))


def _expect_few(number: int) -> None:
    if number > MOST_CANDIDATES:
        raise UsageError(
            f"{number} candidates for each stage are too many: at most {MOST_CANDIDATES}"
        )


def _has(option: str) -> Any:
    return lambda kind: option in KINDS[kind].__struct_fields__
