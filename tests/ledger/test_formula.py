"""The closed form, alone and against the ledger."""

import pytest
from helpers import gating_places
from hypothesis import given
from hypothesis import strategies as st

from se_cost.ledger.costs import costs
from se_cost.ledger.formula import spelled, weights
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import SE, Squeeze
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.places import stages_at
from se_cost.nets.zoo.registry import FAMILIES


def test_is_the_papers_form() -> None:
    """With r = 16 the sum is 2/16 * (3*256^2 + 4*512^2 + 6*1024^2 + 3*2048^2)."""
    found = costs(model("se_resnet50")).terms
    assert weights(found) == 2 * (3 * 256**2 + 4 * 512**2 + 6 * 1024**2 + 3 * 2048**2) // 16
    assert spelled(found) == (
        "2/r · Σ N·C² = 2/16 · (3·256² + 4·512² + 6·1024² + 3·2048²) = 2,514,944"
    )


def test_says_when_r_does_not_divide() -> None:
    """Where r does not divide the channels the widths are spelled out."""
    found = costs(model("se_resnet50", r=3000, stages=[2, 3])).terms
    assert spelled(found) == "2 · Σ N·C·max(1, ⌊C/r⌋) = 2 · (3·256·1 + 4·512·1) = 5,632"


def test_of_a_plain_network() -> None:
    """Without attention there is nothing to sum."""
    assert spelled(costs(model("resnet50")).terms) == "no attention = 0"


@pytest.mark.parametrize(("r", "divides"), [(16, True), (3, False), (3000, False)])
def test_term(r: int, divides: bool) -> None:
    """A term knows whether the paper's form holds for it."""
    paper_form = spelled(costs(model("se_resnet50", r=r, stages=2)).terms).startswith("2/r")
    assert paper_form is divides


@given(
    name=st.sampled_from([f"se_{family}" for family in FAMILIES]),
    r=st.one_of(st.integers(1, 64), st.just(3000)),
    data=st.data(),
)
def test_is_what_the_ledger_counts(name: str, r: int, data: st.DataObject) -> None:
    """Formula and ledger agree for any network, place, ratio, squeeze and choice of stages."""
    family = FAMILIES[name.removeprefix("se_")]
    place = data.draw(st.sampled_from(gating_places(family.name)))
    stages = data.draw(st.sets(st.sampled_from(stages_at(family, place))))
    se = SE(r, data.draw(st.sampled_from(Squeeze)), bias=data.draw(st.booleans()))
    whole = costs(model(name, attention=se, place=place, stages=sorted(stages)))
    assert weights(whole.terms) == whole.attention.weights
    assert whole.network.params - whole.plain.params == whole.attention.params


def test_places_gate_other_channels() -> None:
    """Before the residual branch the input's channels are gated, after the 3x3 the inner ones."""
    channels = {
        place: [term.channels for term in costs(model("se_resnet50", place=place)).terms]
        for place in (Place.PRE, Place.INNER, Place.POST)
    }
    assert channels[Place.PRE] == [64, 256, 256, 512, 512, 1024, 1024, 2048]
    assert channels[Place.INNER] == [64, 128, 256, 512]
    assert channels[Place.POST] == [256, 512, 1024, 2048]
