"""Configurations that people know, and error rates that the paper printed of exactly them."""

import pytest

from se_cost.nets.attention.se import SE
from se_cost.nets.model import Model, Zoo
from se_cost.nets.zoo.model import model
from se_cost.planning.marks import TRIMMED, USUAL, errors, marks, nearly

UNBIASED = model("se_resnet50", bias=False)


def named(net: Zoo) -> dict[str, Model]:
    """Return the marks by name."""
    return {mark.name: mark.model for mark in marks(net)}


def test_the_papers_configurations() -> None:
    """Of tables 10 and 13, with the biases of the network that is asked about."""
    found = named(model("se_resnet50"))
    assert found["paper: r=8"] == model("se_resnet50", r=8)
    assert found["paper: SE stage 3"] == model("se_resnet50", stages=3)
    assert found[TRIMMED] == model("se_resnet50", drop_stages=5)
    assert list(found) == [
        *(f"paper: r={r}" for r in (2, 4, 8, 16, 32)),
        *(f"paper: SE stage {stage}" for stage in (2, 3, 4)),
        TRIMMED,
    ]


@pytest.mark.parametrize(
    "net",
    [
        model("se_resnet101"),
        model("se_resnet50", input=128),
        model("se_resnet50", stride_in="3x3"),
        model("se_resnet50", place="pre", squeeze="max"),
    ],
)
def test_others_have_their_own(net: Zoo) -> None:
    """The paper varied one network; others are shown as usual and trimmed."""
    assert named(net) == {USUAL: net, TRIMMED: net.without([5])}


def test_places_and_pools_of_tables_14_to_16() -> None:
    """What is asked about decides which of them are like it."""
    assert list(named(model("se_resnet50", place="pre"))) == ["paper: place=pre", TRIMMED]
    assert list(named(model("se_resnet50", squeeze="none"))) == ["paper: squeeze=none", TRIMMED]
    assert list(named(model("resnet50", attention="eca"))) == [USUAL, TRIMMED]


def test_errors_are_of_exactly_the_network() -> None:
    """Without biases, as the paper built it; with them there is a hint and no number."""
    (r8,) = errors(model("se_resnet50", r=8, bias=False))
    assert (r8.table, r8.errors) == ("10", {"top-1 error": "22.26", "top-5 error": "5.99"})
    assert {row.table for row in errors(UNBIASED)} == {"10", "13", "14", "15", "16"}
    assert errors(model("se_resnet50", r=8)) == []
    assert nearly(model("se_resnet50", r=8))
    assert not nearly(UNBIASED)
    assert not nearly(model("se_resnet50", attention=SE(r=7)))
    assert errors(model("se_resnet50", r=(8, 8, 8, 16), bias=False)) == []
