"""What is offered to bring a cost down."""

import pytest

from gate.budgeted import params_of
from se_cost.documents.baseline import Figure
from se_cost.gate.quantities import QUANTITIES
from se_cost.gate.remedies import FACTORS, remedies
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.kinds import Attention
from se_cost.nets.attention.se import SE
from se_cost.nets.zoo.model import model
from se_cost.record import replace

SE50 = model("se_resnet50")
PARAMS = QUANTITIES[Figure.PARAMS]
BARE = 25_557_032  # parameters of ResNet-50


def test_remedies_that_are_not_enough() -> None:
    """If cutting attention back does not do, what is left without any is said."""
    assert remedies(SE50, PARAMS, 25_600_000) == ["no attention at all: 25,557,032, within"]
    assert remedies(SE50, PARAMS, 1) == ["no attention at all: 25,557,032, still over"]
    assert remedies(model("resnet50"), PARAMS, 1) == []


def test_remedies_of_one_stage_and_of_several_ratios() -> None:
    """The only stage is not dropped; different ratios are raised together."""
    (only,) = remedies(model("se_resnet50", stages=[5]), PARAMS, 26_500_000)
    assert only.startswith("r = 32 instead of 16: ")
    _, both = remedies(model("se_resnet50", r=[16, 16, 16, 8]), PARAMS, 28_000_000)
    assert both.startswith("2 times the r of every stage: ")


def test_r_is_no_larger_than_it_must_be() -> None:
    """Of all doublings of r the first that suffices is named, and none if none does."""
    (enough,) = remedies(SE50, PARAMS, 26_000_000)
    assert enough == "r = 128 instead of 16: 25,886,622, within"
    (bare,) = remedies(SE50, PARAMS, BARE)
    assert bare == "no attention at all: 25,557,032, within"


@pytest.mark.parametrize("factor", [2, 4, 8, 16, 32])
def test_how_far_r_is_raised(factor: int) -> None:
    """Up to 32 times, which leaves little of the attention."""
    most = params_of(model("se_resnet50", r=16 * factor)).network
    *_, last = remedies(SE50, PARAMS, most)
    assert last == f"r = {16 * factor} instead of 16: {most:,}, within"
    assert factor in FACTORS


@pytest.mark.parametrize("kind", ["eca", "ese"])
def test_a_kind_without_r_can_only_lose_a_stage(kind: str) -> None:
    """There is no ratio to raise."""
    net = model("resnet50", attention=kind)
    (dropped,) = remedies(net, PARAMS, params_of(net).network - 1)
    assert dropped.startswith("drop stage ")
    only = model("resnet50", attention=kind, stages=[5])
    (bare,) = remedies(only, PARAMS, params_of(only).network - 1)
    assert bare == "no attention at all: 25,557,032, within"


def test_kinds_of_two_sorts() -> None:
    """Only those that have a ratio get a larger one."""
    mixed = replace(SE50, attention=Attention(stages=(ECA(stage=4), SE(stage=5))))
    doubled = replace(SE50, attention=Attention(stages=(ECA(stage=4), SE(stage=5, r=32))))
    _, larger = remedies(mixed, PARAMS, params_of(doubled).network)
    assert larger == f"r = 32 instead of 16: {params_of(doubled).network:,}, within"
