"""The options that name a model, or several."""

from typing import Any

import click

from se_cost.cli.options.option import Command, Option, bundled, typed
from se_cost.cli.options.types import POSITIVE, Arch, ImageSize, Numbers, OneOf
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import GATES, Squeeze
from se_cost.nets.model import Head, Model, StrideIn
from se_cost.nets.zoo.model import NONE, model
from se_cost.record import replace

NETWORK, ATTENTION = "Network", "Attention"
OF_KIND = ("r", "squeeze", "gate", "bias")  # not every kind of attention has them

ARCH = Option("--arch", NETWORK, "The network.", Arch(), default="se_resnet50")
MODEL = (
    ARCH,
    Option(
        "--input",
        NETWORK,
        "Pixels, 224 or 800x1333.",
        ImageSize(),
        usual="the network's",
    ),
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
        "Kind of attention; se_NAME means NAME with se.",
        OneOf((NONE, *KINDS)),
        usual="as in the name",
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
        "--place", ATTENTION, "Position of the attention block.", OneOf(Place), usual="standard"
    ),
    Option("--squeeze", ATTENTION, "Squeeze pooling.", OneOf(Squeeze), usual="avg"),
    Option("--gate", ATTENTION, "Gate activation.", OneOf(GATES), usual="sigmoid"),
    Option("--bias/--no-bias", ATTENTION, "Biases in the two FCs.", usual="bias"),
    Option(
        "--stages",
        ATTENTION,
        "Stages with attention.",
        Numbers(),
        usual="all",
        metavar="N,...",
    ),
    Option(
        "--drop-stages",
        ATTENTION,
        "Stages without attention.",
        Numbers(),
        metavar="N,...",
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


def model_named(*, arch: str, **options: Any) -> Model:
    """Return the model that the options name."""
    given = {name: value for name, value in options.items() if value is not None}
    for_all = {name for name in OF_KIND if name in given and not typed(name)}
    if for_all:  # set in pyproject.toml: it holds for those networks that can have it
        kind = next(iter(model(arch, attention=given.get("attention")).attention.stages), None)
        lacking = {name for name in for_all if not hasattr(kind, name)}
        given = {name: value for name, value in given.items() if name not in lacking}
    return model(arch, **given)


def _models(*, arch: str, **options: Any) -> list[Model]:
    return [model_named(arch=name.strip(), **options) for name in arch.split(",")]
