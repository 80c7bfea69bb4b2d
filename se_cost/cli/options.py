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
Decorator = Callable[[Command], Command]
POSITIVE = click.IntRange(min=1)
SECONDS = Seconds()


def recipe_options(command: Command) -> Command:
    """Give a command the options that name a network; it receives them as `recipe`."""
    return gathered(command, RECIPE_OPTIONS, "recipe", _recipe)


def recipes_options(command: Command) -> Command:
    """Give a command the options that name networks; it receives all of them as `recipes`."""
    return gathered(command, RECIPE_OPTIONS | {"arch": ARCHS_OPTION}, "recipes", _recipes)


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


def _recipes(*, arch: str, **rest: Any) -> list[Recipe]:
    return [_recipe(arch=name.strip(), **rest) for name in arch.split(",")]


FILE_OPTION = click.option(
    "--output",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to write it.  [default: stdout]",
)


def figure_option(drawn: str) -> Decorator:
    """Return the option for a file that a picture goes to; `drawn` says what it shows."""
    return click.option(
        "--figure", type=click.Path(path_type=Path), metavar="FILE", help=f"Draw {drawn}, as SVG."
    )


QUIET_OPTION = click.option("--quiet", is_flag=True, help="No progress and no warnings.")
NO_COLOR_OPTION = click.option("--no-color", is_flag=True, help="No colours, nor bold type.")


def output_options(command: Command) -> Command:
    """Give a command the options of its output; it receives them as `output`."""
    return gathered(command, OUTPUT_OPTIONS, "output", Output.of)


def findings_options(command: Command) -> Command:
    """Give a command the options of an output of findings, which can be JUnit's XML too."""
    formats = _format_option(tuple(Format))
    return gathered(command, OUTPUT_OPTIONS | {"format": formats}, "output", Output.of)


def _format_option(formats: tuple[Format, ...]) -> Decorator:
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


def gathered(
    command: Command, options: Mapping[str, Decorator], name: str, make: Callable[..., Any]
) -> Command:
    """Give a command some options; it receives what `make` makes of their values as `name`.

    Help lists them in the given order.
    """

    @wraps(command)
    def with_value(**given: Any) -> Any:
        values = {option: given.pop(option) for option in options}
        return command(**{name: make(**values)}, **given)

    decorated: Command = with_value
    for option in reversed(tuple(options.values())):
        decorated = option(decorated)
    return decorated
