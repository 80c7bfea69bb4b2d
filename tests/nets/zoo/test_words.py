"""A model in words, and as options that name it again."""

import shlex

import pytest

from se_cost.nets.model import Zoo
from se_cost.nets.words import described, distinct, options
from se_cost.nets.zoo.model import model


@pytest.mark.parametrize(
    ("net", "words"),
    [
        (model("se_resnet50"), "SE-ResNet-50, r = 16, input 3x224x224"),
        (model("resnet18"), "ResNet-18, input 3x224x224"),
        (model("senet154"), "SENet-154, r = 16, input 3x224x224"),
        (model("senet154", attention="none"), "SENet-154 without SE, input 3x224x224"),
        (model("resnet18", attention="eca"), "ECA-ResNet-18, input 3x224x224"),
        (
            model("se_resnet50", r=(2, 4, 8, 16), squeeze="max", gate="tanh", bias=False),
            "SE-ResNet-50, r = 2, 4, 8, 16, squeeze max, gate tanh, no bias, input 3x224x224",
        ),
        (
            model("se_resnet50", place="pre", drop_stages=5, stride_in="3x3", head="none"),
            (
                "SE-ResNet-50, r = 16, SE in stages 2, 3, 4, place pre, input 3x224x224, "
                "stride in the 3x3, head none"
            ),
        ),
        (model("se_mobilenet", width=0.5), "SE-MobileNet, r = 16, input 3x224x224, width x0.5"),
    ],
)
def test_described(net: Zoo, words: str) -> None:
    """What decides the cost is said, what is as usual is not."""
    assert described(net) == words


def asked(words: str) -> Zoo:
    """Return the model that the words of the command line name."""
    given: dict[str, object] = {}
    tokens = shlex.split(words)
    while tokens:
        word = tokens.pop(0).removeprefix("--")
        if word.startswith("no-"):
            given[word.removeprefix("no-")] = False
            continue
        value = tokens.pop(0)
        key = word.replace("-", "_")
        given[key] = _value(key, value)
    return model(str(given.pop("arch")), **given)  # type: ignore[arg-type]


def _value(key: str, value: str) -> object:
    if key in ("r", "stages"):
        return tuple(map(int, value.split(",")))
    if key == "input":
        return tuple(map(int, value.split("x")))
    if key == "classes":
        return int(value)
    return float(value) if key == "width" else value


@pytest.mark.parametrize(
    "net",
    [
        model("se_resnet50"),
        model("senet154"),
        model("senet154", attention="none"),
        model("resnet18", attention="eca", stages=(2, 3)),
        model("resnet18", attention="ese", place="post"),
        model("se_resnet50", r=(2, 4, 8, 16), squeeze="max", gate="tanh", bias=False),
        model("se_resnet50", input=(800, 1333), head="none", stride_in="3x3"),
        model("se_resnet18", classes=7, place="inner", stages=(3,), r=(1, 2, 3, 4)),
        model("se_mobilenet", width=0.25),
    ],
    ids=options,
)
def test_options_name_the_model_again(net: Zoo) -> None:
    """The words are typed again and give the same model."""
    assert asked(options(net)) == net


def test_distinct_names_are_titles_where_those_differ() -> None:
    """Nothing is added that nobody needs."""
    assert distinct([model("se_resnet50"), model("se_vgg16")]) == ["SE-ResNet-50", "SE-VGG-16 (BN)"]


def test_distinct_names_tell_apart_what_has_one_title() -> None:
    """By the options in which they differ, and only by those."""
    models = [
        model("se_resnet50"),
        model("se_resnet50", r=8),
        model("se_resnet50", drop_stages=[5]),
        model("se_resnet50", classes=10, input=64),
        model("se_vgg16"),
    ]
    assert distinct(models) == [
        "SE-ResNet-50, r 16",
        "SE-ResNet-50, r 8",
        "SE-ResNet-50, r 16, stages 2,3,4",
        "SE-ResNet-50, r 16, input 64x64, classes 10",
        "SE-VGG-16 (BN)",
    ]
    assert distinct([models[0], models[2]]) == ["SE-ResNet-50", "SE-ResNet-50, stages 2,3,4"]
