"""Recipes by name, and what is refused."""

import subprocess
import sys
from pathlib import Path

import pytest

from se_cost.errors import UsageError
from se_cost.nets.attention.kinds import ratio
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import SE
from se_cost.nets.model import Head, StrideIn
from se_cost.nets.zoo import registry
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import FAMILIES, build, names, title


def test_every_name_has_a_recipe_of_that_name() -> None:
    """Names are what recipes are called, plain and with attention."""
    for name in names():
        assert model(name).arch in (name, f"se_{name}")
    assert len(names()) == 2 * len(FAMILIES)


def test_both_spellings_are_one_recipe() -> None:
    """`se_NAME`, and `NAME` with an SE given, are the same."""
    assert model("se_resnet50") == model("resnet50", attention=SE())
    assert title(model("se_resnet50")) == "SE-ResNet-50"
    assert title(model("resnet50")) == "ResNet-50"


def test_ratio_for_every_stage() -> None:
    """Ratios go to the stages in order; one goes to all."""
    assert [ratio(se) for se in model("se_resnet50", r=(16, 16, 8, 4)).attention.stages] == [
        *(16, 16, 8, 4)
    ]
    assert {ratio(se) for se in model("se_resnet50", r=8).attention.stages} == {8}


def test_stages_kept_and_dropped() -> None:
    """Stages can be chosen and taken away, the ratio of a stage stays its own."""
    kept = model("se_resnet50", r=(1, 2, 3, 4), stages=(3, 4, 5), drop_stages=(4,))
    assert [(se.stage, ratio(se)) for se in kept.attention.stages] == [(3, 2), (5, 4)]
    assert kept.final_stage == 5
    assert kept.without({5}).final_stage == 3
    assert kept.without({3, 5}) == kept.plain


def test_no_stage_is_the_plain_network() -> None:
    """Dropping every stage leaves the baseline, whatever the place was."""
    nothing = model("se_resnet18", place=Place.PRE, drop_stages=(2, 3, 4, 5))
    assert nothing == model("resnet18")
    assert nothing.final_stage is None


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"name": "resnet51"}, "did you mean resnet50?"),
        ({"name": "se_resnet5O"}, "did you mean se_resnet50?"),
        ({"r": 0}, "r 0 is out of range: a whole number, at least 1"),
        ({"r": (16, 0, 16, 16)}, "r 0 is out of range"),
        ({"r": (16, 16)}, "r has 2 values (16, 16): give one for all stages, or 4"),
        ({"stages": (9,)}, "choose from 2, 3, 4, 5; did you mean 5?"),
        ({"drop_stages": (1,)}, "choose from 2, 3, 4, 5; did you mean 2?"),
        ({"input": 7}, "input 7x7 is too small for resnet50: at least 32x32"),
        ({"input": (224, 0)}, "input 224x0 is too small"),
        ({"classes": 0}, "classes 0 is out of range"),
        ({"place": Place.BLOCK}, "choose from standard, pre, post, identity, inner"),
        ({"width": 0.5}, "resnet50 has no width"),
    ],
)
def test_refusals(asked: dict[str, object], message: str) -> None:
    """What cannot be built is refused with the value and what is allowed."""
    with pytest.raises(UsageError) as error:
        model(**{"name": "se_resnet50", **asked})  # type: ignore[arg-type]
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_head_and_stride() -> None:
    """A trunk has no classifier; the stride can move into the 3x3."""
    assert [name for name, _ in build(model("resnet18", head=Head.NONE)).children] == [
        f"stage{i}" for i in range(1, 6)
    ]
    assert model("resnet50", stride_in=StrideIn.CONV3X3).stride_in is StrideIn.CONV3X3


def test_every_file_of_networks_is_registered() -> None:
    """A file that has families is in the list that is looked into."""
    folder = Path(registry.__file__).parent
    found = {path.stem for path in folder.glob("*.py") if "\nFAMILIES = " in path.read_text()}
    assert found - {"registry"} == set(registry.FILES)


def test_only_the_files_that_are_needed_are_imported() -> None:
    """Asking for a ResNet does not import the Inceptions."""
    code = (
        "import sys; from se_cost.nets.zoo.model import model; "
        "from se_cost.nets.zoo.registry import build\n"
        "build(model('se_resnet50')); print('se_cost.nets.zoo.inception' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "False\n"
