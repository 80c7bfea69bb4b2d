"""SE-ResNet-50 with r = 16 at 224x224, matched to the unit.

The figures were computed independently of this project: by hand from table 1 of the paper.
"""

import pytest

from se_cost.ledger.conventions import CONVENTIONS, total
from se_cost.ledger.costs import costs, parts
from se_cost.ledger.walk import ledger
from se_cost.nets.attention.se import SE
from se_cost.nets.model import StrideIn
from se_cost.nets.zoo.model import model

WHOLE = costs(model("se_resnet50"))


@pytest.mark.parametrize(
    ("stage", "blocks", "channels", "weights", "biases", "gated"),
    [
        (2, 3, 256, 24_576, 816, 2_408_448),
        (3, 4, 512, 131_072, 2_176, 1_605_632),
        (4, 6, 1024, 786_432, 6_528, 1_204_224),
        (5, 3, 2048, 1_572_864, 6_528, 301_056),
    ],
)
def test_stage(
    stage: int, blocks: int, channels: int, weights: int, biases: int, gated: int
) -> None:
    """Every stage has the blocks, parameters and gated values of the paper's network."""
    (cost,) = [cost for cost in WHOLE.stages if cost.stage == stage]
    assert (cost.blocks, cost.channels) == (blocks, [channels])
    assert (cost.added.weights, cost.added.biases) == (weights, biases)
    assert sum(term.weights for term in cost.terms) == weights
    assert parts(cost.added)["squeeze"].elements == gated
    assert parts(cost.added)["scale"].elements == gated
    assert parts(cost.added)["excite"].macs == weights


def test_networks() -> None:
    """Both networks have their known parameters and MACs."""
    assert (WHOLE.plain.params, WHOLE.plain.macs) == (25_557_032, 3_857_973_248)
    assert (WHOLE.network.params, WHOLE.network.macs) == (28_088_024, 3_860_488_192)
    assert (WHOLE.attention.weights, WHOLE.attention.biases) == (2_514_944, 16_048)


def test_share_of_the_final_stage() -> None:
    """FC weights are 9.84 % of the plain network, 3.69 % without the final stage."""
    trimmed = WHOLE.without_final_stage
    plain = WHOLE.plain.params
    assert trimmed.weights == 942_080
    assert round(100 * WHOLE.attention.weights / plain, 2) == 9.84
    assert round(100 * trimmed.weights / plain, 2) == 3.69


def test_growth_by_convention() -> None:
    """The growth is 0.065 % in MACs and 0.208 % as the paper counts."""
    growth = {
        name: 100 * (total(WHOLE.network, count) / total(WHOLE.plain, count) - 1)
        for name, count in CONVENTIONS.items()
    }
    assert round(growth["macs"], 3) == 0.065
    assert round(growth["paper"], 3) == 0.208


@pytest.mark.parametrize("depth", [50, 101, 152])
def test_stride_in_the_3x3_costs_more(depth: int) -> None:
    """The widespread variant has 231,211,008 more MACs, and as many parameters."""
    plain = costs(model(f"resnet{depth}")).network
    variant = costs(model(f"resnet{depth}", stride_in=StrideIn.CONV3X3)).network
    assert variant.macs - plain.macs == 231_211_008
    assert variant.params == plain.params


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("resnet18", 11_689_512),
        ("resnet34", 21_797_672),
        ("resnet50", 25_557_032),
        ("resnet101", 44_549_160),
        ("resnet152", 60_192_808),
    ],
)
def test_parameters_published_with_torchvision(name: str, params: int) -> None:
    """Plain ResNets have the parameters that torchvision's model pages give for them."""
    assert costs(model(name)).network.params == params


def test_one_se_block_as_other_counters_see_it() -> None:
    """C = 256 at 56x56: 8,192 excite MACs and 802,816 pooled and gated values."""
    block = ledger(SE(r=16, bias=False).block(256), (256, 56, 56))
    assert (block.macs, parts(block)["squeeze"].elements) == (8_192, 802_816)
    assert total(block, CONVENTIONS["fvcore"]) == 811_008
    assert total(block, CONVENTIONS["thop"]) == 811_264
    assert total(block, CONVENTIONS["ptflops"]) == 1_613_856
