"""A model of the user's as a value, and in words."""

from se_cost.nets.imported import Imported
from se_cost.nets.words import described, distinct, options, slug, title
from se_cost.nets.zoo.model import model
from se_cost.record import replace

NET = Imported(spec="timm:seresnet50", input=(3, 224, 224), stages=(2, 3, 4, 5))


def test_dropping_stages_is_remembered() -> None:
    """What is dropped once stays so, and what was never there cannot be."""
    arm = NET.without([5]).without([5, 3, 9])
    assert (arm.stages, arm.dropped) == ((2, 4), (3, 5))
    assert (NET.plain.stages, NET.plain.dropped) == ((), (2, 3, 4, 5))
    assert arm.without([]) == arm
    assert (NET.final_stage, NET.plain.final_stage) == (5, None)


def test_which_blocks_it_leaves_out() -> None:
    """Those of a dropped stage, and those whose path or kind a pattern matches."""
    arm = NET.without([5])
    assert arm.drops("layer4.0.se", 5, "se")
    assert not arm.drops("layer3.0.se", 4, "se")
    named = Imported(spec="x:y", patterns=("layer4.*",))
    assert named.drops("layer4.0.se", 5, "se")
    assert not named.drops("layer3.0.se", 4, "se")
    of_kind = Imported(spec="x:y", patterns=("eca",))
    assert of_kind.drops("layer4.0.gate", 5, "eca")
    assert not of_kind.drops("layer4.0.gate", 5, "se")


def test_in_words() -> None:
    """The title says which attention is left out."""
    assert title(NET) == "seresnet50"
    assert title(NET.plain) == "seresnet50 without attention"
    assert title(NET.without([4, 5])) == "seresnet50 without stages 4, 5"
    assert described(NET) == "timm:seresnet50, input 3x224x224"
    varied = Imported(spec="a.py:N", arguments=(("w", 8), ("k", "x y")), input=(3, 8, 8))
    assert described(varied) == "a.py:N, w=8, k='x y', input 3x8x8"
    assert slug(Imported(spec="my/net.py:make net")) == "make-net"
    assert slug(model("se_resnet50")) == "se_resnet50"


def test_options_name_it_again() -> None:
    """Quoted where a shell would read them otherwise."""
    arm = Imported(
        spec="a b.py:N",
        arguments=(("w", 8), ("k", "x y")),
        app_dir="lib",
        input=(3, 8, 8),
        others=((1, 10),),
        dropped=(5,),
        patterns=("layer4.*",),
    )
    assert options(arm) == (
        "--model 'a b.py:N' --model-arg w=8 --model-arg 'k=x y' --app-dir lib "
        "--input 3x8x8,1x10 --drop-stages 5 --drop 'layer4.*'"
    )
    fed = Imported(spec="a.py:N", input=(3, 8, 8), others=((2,),), inputs="my inputs.py:make")
    assert options(fed) == "--model a.py:N --input 'my inputs.py:make'"
    assert options(replace(fed, inputs="tensors")) == "--model a.py:N --input 3x8x8,2"
    assert described(fed) == "a.py:N, input 3x8x8, 2"
    assert distinct([NET, model("se_resnet50")]) == ["seresnet50", "SE-ResNet-50"]
