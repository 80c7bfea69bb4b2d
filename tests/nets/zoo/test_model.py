"""What Python hands in: enumerations or their names; everything else is refused."""

import pytest

from se_cost.errors import UsageError
from se_cost.ledger.costs import costs
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import SE, Squeeze
from se_cost.nets.model import Head, StrideIn
from se_cost.nets.zoo.model import model


def test_a_word_is_as_good_as_its_enumeration() -> None:
    """A name that was taken for another kept every later count at zero once."""
    for place in Place:
        if place not in (Place.BLOCK, Place.INSTEAD):
            named = model("se_resnet50", place=place.value)
            assert named == model("se_resnet50", place=place)
            assert isinstance(named.attention.place, Place)
    assert costs(model("se_resnet50", place="standard")).attention.params == 2_530_992
    assert costs(model("se_resnet50")).attention.params == 2_530_992
    assert model("resnet50", stride_in="3x3").stride_in is StrideIn.CONV3X3
    assert model("resnet50", head="none").head is Head.NONE
    template = SE(squeeze="max")  # type: ignore[arg-type]
    assert model("resnet50", attention=template) == model("se_resnet50", squeeze=Squeeze.MAX)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"place": "bogus"}, "place in resnet50 'bogus' is unknown"),
        ({"stride_in": "bogus"}, "stride_in 'bogus' is unknown: choose from 1x1, 3x3"),
        ({"head": "bogus"}, "head 'bogus' is unknown: choose from classifier, none"),
        ({"classes": 10.5}, "classes 10.5 is not a whole number"),
        ({"classes": True}, "classes True is not a whole number"),
        ({"r": True}, "r True is not a whole number"),
        ({"r": "16"}, "r '16' is not a whole number"),
        ({"r": 16.0}, "r 16.0 is not a whole number"),
        ({"r": 2**63}, "is out of range"),
        ({"input": (224.5, 224.5)}, "input 224.5 is not a whole number"),
        ({"input": "224"}, "input '224' is not a whole number"),
        ({"input": (1, 2, 3)}, "input (1, 2, 3) is no size"),
        ({"stages": "2"}, "stages '2' is not a whole number"),
        ({"name": "mobilenet", "width": "1"}, "width '1' is not a number"),
        ({"name": "mobilenet", "width": float("nan")}, "width nan is no multiplier"),
        ({"squeeze": "bogus"}, "se cannot be built so: Invalid enum value 'bogus'"),
        ({"bias": "no"}, "se cannot be built so: Expected `bool`"),
        ({"attention": SE(squeeze="bogus")}, "Invalid enum value 'bogus'"),  # type: ignore[arg-type]
        ({"attention": SE(r=0)}, "r 0 is out of range"),
        ({"attention": "sae"}, "attention 'sae' is unknown: choose from none, se, ese, eca"),
        ({"attention": "eca", "r": 4}, "eca has no r: that is for se"),
        ({"attention": ECA(), "squeeze": "max"}, "eca has no squeeze: that is for se"),
        ({"attention": "none", "squeeze": "max"}, "squeeze: there is no attention"),
        ({"head": "none", "classes": 7}, "classes 7 cannot be had with head none"),
        ({"name": 7}, "network 7 is not a name"),
        ({"colour": "red"}, "se has no colour: no kind of attention has it"),
    ],
)
def test_values_of_the_wrong_type_are_refused(asked: dict[str, object], message: str) -> None:
    """Rather than counted as something else."""
    with pytest.raises(UsageError) as error:
        model(**{"name": "se_resnet50", **asked})  # type: ignore[arg-type]
    assert message in str(error.value)


def test_senet154_has_se_as_its_name_says() -> None:
    """Its plain form must be asked for."""
    assert model("senet154") == model("se_senet154")
    assert costs(model("senet154")).network.params == 115_088_984
    plain = model("senet154", attention="none")
    assert plain == model("senet154").plain
    assert plain.stages == ()


def test_another_kind_takes_the_place_of_the_name_s() -> None:
    """`--arch se_resnet50 --attention eca` is the ResNet with ECA."""
    assert model("se_resnet50", attention="eca") == model("eca_resnet50")
    assert model("resnet50", attention="se") == model("se_resnet50")
    assert model("se_resnet50", attention="none") == model("resnet50")


def test_one_stage_may_be_given_bare() -> None:
    """A number is a list of one."""
    assert model("se_resnet50", stages=2) == model("se_resnet50", stages=(2,))
    assert model("se_resnet50", drop_stages=5) == model("se_resnet50").without([5])


def test_the_last_stage_by_its_word() -> None:
    """It is that of those that are asked for, not of the network."""
    assert model("se_resnet50", drop_stages="last") == model("se_resnet50", drop_stages=5)
    few = model("se_resnet50", stages=(4, 2), drop_stages="last")
    assert few.stages == (2,)
