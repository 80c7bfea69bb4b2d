"""Options that commands share: same word, same meaning."""

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click

from se_cost.cli.output import Output
from se_cost.cli.types import Arch, ImageSize, Numbers, OneOf, Seconds
from se_cost.errors import BadInput
from se_cost.nets.attention import GATES, SE, Place, Squeeze
from se_cost.nets.nodes import Fn
from se_cost.nets.recipe import Head, Recipe, StrideIn
from se_cost.nets.registry import SE_PREFIX, recipe
from se_cost.report.formats import Format

Command = Callable[..., Any]
POSITIVE = click.IntRange(min=1)
SECONDS = Seconds()


def recipe_options(command: Command) -> Command:
    """Give a command the options that name a network; it receives them as `recipe`."""

    @wraps(command)
    def with_recipe(**given: Any) -> Any:
        words = {name: given.pop(name) for name in RECIPE_OPTIONS}
        return command(recipe=_recipe(**words), **given)

    return with_options(with_recipe, RECIPE_OPTIONS)


def recipes_options(command: Command) -> Command:
    """Give a command the options that name networks; it receives all of them as `recipes`."""

    @wraps(command)
    def with_recipes(**given: Any) -> Any:
        words = {name: given.pop(name) for name in RECIPE_OPTIONS}
        names = words.pop("arch").split(",")
        return command(recipes=[_recipe(arch=name.strip(), **words) for name in names], **given)

    return with_options(with_recipes, RECIPE_OPTIONS | {"arch": ARCHS_OPTION})


ARCHS_OPTION = click.option(
    "--arch",
    type=Arch(several=True),
    default="se_resnet50",
    show_default=True,
    help="The network, or several: a,b,c.",
)
RECIPE_OPTIONS = {
    "arch": click.option(
        "--arch", type=Arch(), default="se_resnet50", show_default=True, help="The network."
    ),
    "attention": click.option(
        "--attention",
        metavar="[none|se]",
        shell_complete=lambda *given: [
            word for word in ("none", "se") if word.startswith(given[-1])
        ],
        help="Attention; se_NAME means NAME with se.",
    ),
    "r": click.option(
        "--r",
        type=Numbers(),
        metavar="N,...",
        help="Reduction ratio, one or one per stage.  [default: 16]",
    ),
    "place": click.option(
        "--place",
        type=OneOf(Place),
        default="standard",
        show_default=True,
        help="Where in a block.",
    ),
    "squeeze": click.option(
        "--squeeze",
        type=OneOf(Squeeze),
        default="avg",
        show_default=True,
        help="Pooling of the map.",
    ),
    "gate": click.option(
        "--gate",
        type=OneOf(Fn, only=GATES),
        default="sigmoid",
        show_default=True,
        help="Function of the factors.",
    ),
    "bias": click.option(
        "--bias/--no-bias", default=True, show_default=True, help="Biases in the two FCs."
    ),
    "stages": click.option(
        "--stages",
        type=Numbers(),
        metavar="N,...",
        help="Stages that keep attention.  [default: all]",
    ),
    "drop_stages": click.option(
        "--drop-stages", type=Numbers(), metavar="N,...", help="Stages that lose it."
    ),
    "input": click.option(
        "--input",
        type=ImageSize(),
        help="Pixels, 224 or 800x1333.  [default: the network's]",
    ),
    "classes": click.option(
        "--classes", type=POSITIVE, metavar="N", help="Outputs.  [default: the network's]"
    ),
    "stride_in": click.option(
        "--stride-in",
        type=OneOf(StrideIn),
        default="1x1",
        show_default=True,
        help="Convolution of a bottleneck that takes the stride.",
    ),
    "head": click.option(
        "--head",
        type=OneOf(Head),
        default="classifier",
        show_default=True,
        help="End of the network.",
    ),
    "width": click.option(
        "--width",
        type=float,
        metavar="X",
        default=1.0,
        show_default=True,
        help="Multiplier of the channels.",
    ),
}


def _recipe(
    *,
    arch: str,
    attention: str | None,
    squeeze: Squeeze,
    gate: Fn,
    bias: bool,
    drop_stages: tuple[int, ...] | None,
    **rest: Any,
) -> Recipe:
    if attention not in (None, "none", "se"):
        raise BadInput(f"--attention {attention!r} is unknown: choose from none, se")
    if attention == "none":
        arch = arch.removeprefix(SE_PREFIX)
    wanted = attention == "se" or arch.startswith(SE_PREFIX)
    se = SE(squeeze=squeeze, gate=gate, bias=bias) if wanted else None
    return recipe(arch, se=se, drop_stages=drop_stages or (), **rest)


FILE_OPTION = click.option(
    "--output",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to write it.  [default: stdout]",
)
QUIET_OPTION = click.option("--quiet", is_flag=True, help="No progress and no warnings.")
NO_COLOR_OPTION = click.option("--no-color", is_flag=True, help="No colours, nor bold type.")


def output_options(command: Command) -> Command:
    """Give a command the options of its output; it receives them as `output`."""
    return _with_output(command, OUTPUT_OPTIONS)


def findings_options(command: Command) -> Command:
    """Give a command the options of an output of findings, which can be JUnit's XML too."""
    return _with_output(command, OUTPUT_OPTIONS | {"format": _format_option(tuple(Format))})


def _with_output(command: Command, options: Mapping[str, Callable[[Command], Command]]) -> Command:
    @wraps(command)
    def with_output(**given: Any) -> Any:
        words = {name: given.pop(name) for name in options}
        return command(output=Output.of(**words), **given)

    return with_options(with_output, options)


def _format_option(formats: tuple[Format, ...]) -> Callable[[Command], Command]:
    return click.option(
        "--format",
        type=OneOf(Format, only=formats),
        help="How to write it.  [default: as the file is called, else text]",
    )


OUTPUT_OPTIONS = {
    "format": _format_option(tuple(form for form in Format if form is not Format.JUNIT)),
    "file": FILE_OPTION,
    "quiet": QUIET_OPTION,
    "no_color": NO_COLOR_OPTION,
}


def with_options(command: Command, options: Mapping[str, Callable[[Command], Command]]) -> Command:
    """Decorate a command with options, so that help lists them in the given order."""
    for option in reversed(tuple(options.values())):
        command = option(command)
    return command
