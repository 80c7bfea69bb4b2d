"""A recipe in words and as data."""

import json

import pytest
from hypothesis import given

from report.drawn import recipes
from se_cost.errors import BadInput
from se_cost.nets.attention import SE, Attention, Place, Squeeze
from se_cost.nets.nodes import Fn
from se_cost.nets.recipe import Head, Recipe, StrideIn
from se_cost.nets.registry import recipe
from se_cost.report.page import Data
from se_cost.report.recipes import described, document, options, recipe_data


def rebuilt(data: Data) -> Recipe:
    """Return the recipe that json data stand for, by nothing but the data."""
    attention = data["attention"]
    stages = tuple(
        (s["stage"], SE(s["r"], Squeeze(s["squeeze"]), Fn(s["gate"]), s["bias"]))
        for s in attention["stages"]
    )
    return Recipe(
        family=data["family"],
        attention=Attention(stages, Place(attention["place"])),
        input=tuple(data["input"]),
        classes=data["classes"],
        stride_in=StrideIn(data["stride_in"]),
        head=Head(data["head"]),
        width=data["width"],
    )


@given(recipes())
def test_data_are_the_full_recipe(drawn: Recipe) -> None:
    """The recipe can be built again from what went through json, and its name is right."""
    data = json.loads(json.dumps(recipe_data(drawn)))
    assert rebuilt(data) == drawn
    assert data["arch"] == ("se_" if data["attention"]["stages"] else "") + data["family"]


def test_documents_begin_alike() -> None:
    """Every document says its schema, its command and its network."""
    data = document("params", recipe("se_resnet18"))
    assert data["schema_version"] == 1
    assert data["command"] == "params"
    assert data["recipe"]["arch"] == "se_resnet18"
    assert {stage["kind"] for stage in data["recipe"]["attention"]["stages"]} == {"se"}


@pytest.mark.parametrize(
    ("asked", "words", "spelled"),
    [
        (
            recipe("se_resnet50"),
            "SE-ResNet-50, r = 16, input 3x224x224",
            "--arch se_resnet50 --r 16",
        ),
        (recipe("resnet50"), "ResNet-50, input 3x224x224", "--arch resnet50"),
        (
            recipe("se_resnet50", r=(2, 4, 8, 16), input=(64, 96), classes=10),
            "SE-ResNet-50, r = 2, 4, 8, 16, input 3x64x96",
            "--arch se_resnet50 --r 2,4,8,16 --input 64x96 --classes 10",
        ),
        (
            recipe("resnet50", se=SE(8, Squeeze.MAX, Fn.TANH, False), place=Place.PRE),
            (
                "SE-ResNet-50, r = 8, squeeze max, gate tanh, FCs without biases, place pre, "
                "input 3x224x224"
            ),
            "--arch se_resnet50 --r 8 --squeeze max --gate tanh --no-bias --place pre",
        ),
        (
            recipe("se_resnet50", stages=(3, 4), stride_in=StrideIn.CONV3X3, head=Head.NONE),
            (
                "SE-ResNet-50, r = 16, SE in stages 3, 4, input 3x224x224, stride in the 3x3, "
                "head none"
            ),
            "--arch se_resnet50 --r 16 --stages 3,4 --stride-in 3x3 --head none",
        ),
        (
            recipe("se_mobilenet", width=0.123456789),
            "SE-MobileNet, r = 16, input 3x224x224, width x0.123457",
            "--arch se_mobilenet --r 16 --width 0.123456789",
        ),
    ],
)
def test_words_and_options(asked: Recipe, words: str, spelled: str) -> None:
    """What differs from the usual is said, what does not is left out."""
    assert described(asked) == words
    assert options(asked) == spelled


def test_ratios_of_stages_without_attention_do_not_matter() -> None:
    """Stages that lost their attention still have their place in the list of ratios."""
    asked = recipe("se_resnet50", r=(2, 4, 8, 16), drop_stages=(3,))
    assert options(asked) == "--arch se_resnet50 --r 2,16,8,16 --stages 2,4,5"
    assert recipe("se_resnet50", r=(2, 16, 8, 16), stages=(2, 4, 5)) == asked
    with pytest.raises(BadInput):
        recipe("se_resnet50", r=(2, 8, 16))
