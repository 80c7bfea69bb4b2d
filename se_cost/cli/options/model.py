"""The options that name a model, or several."""

from collections.abc import Sequence
from typing import Any

import click

from se_cost.cli.options.arguments import argument
from se_cost.cli.options.kinds import ATTENTION, OF_ATTENTION, OF_FEW, OF_KIND
from se_cost.cli.options.option import Command, Option, bundled, typed
from se_cost.cli.options.stages import STAGES
from se_cost.cli.options.types import POSITIVE, Arch, Inputs, Numbers, OneOf
from se_cost.errors import UsageError
from se_cost.nets.attention.kinds import KINDS, AnyKind
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import SE
from se_cost.nets.imported import NONE, Imported
from se_cost.nets.model import Head, Model, StrideIn, Zoo
from se_cost.nets.zoo.model import model, template
from se_cost.record import replace
from se_cost.text import joined

NETWORK = "Network"
OF_YOURS = {  # arguments, and their flags
    "model_arg": "--model-arg",
    "app_dir": "--app-dir",
    "after": "--insert-after",
    "drop": "--drop",
}

ARCH = Option("--arch", NETWORK, "The network.", Arch(), default="se_resnet50")
OWN = (
    Option(
        "--model",
        NETWORK,
        "Your own: timm:NAME, package.module:factory, file.py:Net.",
        click.STRING,
        metavar="SPEC",
        called="spec",
    ),
    Option("--model-arg", NETWORK, "For its factory.", click.STRING, metavar="K=V", multiple=True),
    Option("--app-dir", NETWORK, "Folder of its module.", click.STRING, metavar="DIR"),
)
INPUT = Option(
    "--input",
    NETWORK,
    "Pixels, 224 or 800x1333; with --model 3x224x224, or file.py:make, which returns a batch.",
    Inputs(),
    usual="the network's",
)
MODEL = (
    ARCH,
    *OWN,
    INPUT,
    Option("--classes", NETWORK, "Outputs.", POSITIVE, usual="the network's", metavar="N"),
    Option(
        "--stride-in",
        NETWORK,
        "Convolution of a bottleneck that takes the stride.",
        OneOf(StrideIn),
        usual="1x1",
    ),
    Option("--head", NETWORK, "Classifier or trunk only.", OneOf(Head), usual="classifier"),
    Option("--width", NETWORK, "Multiplier of the channels.", click.FLOAT, usual="1", metavar="X"),
    Option(
        "--attention",
        ATTENTION,
        f"{joined((NONE, *KINDS))}; se_NAME means NAME with se.",
        OneOf((NONE, *KINDS)),
        usual="as in the name",
        metavar="KIND",
    ),
    Option(
        "--r",
        ATTENTION,
        "Reduction ratio, one or one per stage.",
        Numbers(),
        usual="16",
        metavar="N,...",
    ),
    Option(
        "--place",
        ATTENTION,
        f"Position of the attention block: {joined(Place)}.",
        OneOf(Place),
        usual="the kind's",
        metavar="PLACE",
    ),
    *OF_FEW,
    *STAGES,
    Option(
        "--insert-after",
        ATTENTION,
        "Modules of --model that --attention goes after, by path.",
        click.STRING,
        metavar="PATTERN",
        multiple=True,
        called="after",
    ),
    Option(
        "--drop",
        ATTENTION,
        "Blocks of --model without attention: layer4.*, or a kind.",
        click.STRING,
        metavar="PATTERN",
        multiple=True,
    ),
)
SEVERAL = replace(ARCH, help="The network, or several: a,b,c.", type=Arch(several=True))
MODELS = (SEVERAL, *MODEL[1:])


def model_options(command: Command) -> Command:
    """Give a command the options that name a model; it receives that as `model`."""
    return bundled("model", MODEL, model_named)(command)


def models_options(command: Command) -> Command:
    """Give a command the options that name models; it receives all of them as `models`."""
    return bundled("models", MODELS, _models)(command)


def one_of_yours(command: Command) -> Command:
    """Give a command the options of a model of the user's; it receives that, or None."""
    return bundled("model", (*OWN, INPUT), _yours)(command)


def _yours(*, spec: str | None, **options: Any) -> Model | None:
    return None if spec is None else _own(spec, drop_stages=None, drop=(), **options)


def model_named(*, spec: str | None, arch: str, **options: Any) -> Model:
    """Return the model that the options name: one of the user's, or one of the zoo."""
    if spec is not None:
        return _own(spec, **options)
    return zoo_named(arch, **without_yours(options))


def without_yours(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a network of the zoo; raise UsageError for one of a user's model."""
    for name, flag in OF_YOURS.items():
        if options.get(name):
            raise UsageError(f"{flag} belongs to --model, which is not given")
    return {name: value for name, value in options.items() if name not in OF_YOURS}


def zoo_named(arch: str, **options: Any) -> Zoo:
    """Return the network of the zoo that the options name."""
    given = {name: value for name, value in options.items() if value is not None}
    if "input" in given:
        given["input"] = sizes(given["input"])[0]
    of_attention = [name for name in OF_ATTENTION if name in given]
    if of_attention:
        kind = next(iter(model(arch, attention=given.get("attention")).attention.stages), None)
        for name in of_attention:
            if kind is None and typed(name):
                instead = f"{arch} has none: take se_{arch}, or --attention se"
                raise UsageError(f"--{name.replace('_', '-')} is of attention, and {instead}")
            able = kind is not None and (name not in OF_KIND or name in kind.__struct_fields__)
            if not able and not typed(name):  # set in pyproject.toml for networks that can have it
                del given[name]
    return model(arch, **given)


def sizes(said: Sequence[Sequence[int]] | str, *, several: bool = False) -> list[tuple[int, int]]:
    """Return the heights and widths of images of a network of the zoo."""
    shapes = () if isinstance(said, str) else said
    many = len(shapes) > 1 and not several
    if isinstance(said, str) or many or any(len(shape) > 2 for shape in shapes):
        words = said if isinstance(said, str) else joined((joined(s, "x") for s in said), ",")
        raise UsageError(f"--input {words!r} is no size: write 224, or 800x1333 (height x width)")
    return [(shape[0], shape[-1]) for shape in shapes]


def _own(
    spec: str,
    *,
    model_arg: tuple[str, ...],
    app_dir: str | None,
    input: tuple[tuple[int, ...], ...] | str | None,  # noqa: A002 - the option's word
    drop_stages: tuple[int, ...] | str | None,
    drop: tuple[str, ...],
    attention: str | None = None,
    after: tuple[str, ...] = (),
    **ours: Any,
) -> Model:
    """Return a model of the user's, with the stages in which it has attention."""
    of_kind = {name: ours.pop(name, None) for name in OF_KIND}
    for name, value in ours.items():
        if value is not None and typed(name):
            raise UsageError(f"--{name.replace('_', '-')} is for the networks of `se-cost nets`")
    if typed("arch"):
        raise UsageError("--arch and --model are two networks: give one of them")
    from se_cost.measure.models.asked import asked

    named, shapes = (input, ()) if isinstance(input, str) else ("", input or ())
    first, *others = shapes or ((),)
    return asked(
        Imported(
            spec=spec,
            arguments=tuple(map(argument, model_arg)),
            app_dir=app_dir or "",
            input=first,
            others=tuple(others),
            inputs=named,
            attention=_kind(attention, of_kind),
            after=after,
            patterns=drop,
        ),
        drop_stages or (),
    )


def _kind(name: str | None, of_kind: dict[str, Any]) -> AnyKind | None:
    """Return the kind of attention that is tried in a model of the user's, None to take its own."""
    given = {option: value for option, value in of_kind.items() if value is not None}
    if name is None and not any(map(typed, given)):
        return None
    if name == NONE:
        raise UsageError("--attention none: every command counts --model without it beside it")
    if isinstance(r := given.pop("r", None), tuple):
        if len(r) != 1:
            raise UsageError(f"--r {joined(r, ',')} has one value for each stage: give --model one")
        given["r"] = r[0]
    kind: AnyKind = template(name or SE.name, given)
    return kind


def _models(*, arch: str, **options: Any) -> list[Model]:
    return [model_named(arch=name.strip(), **options) for name in arch.split(",")]
