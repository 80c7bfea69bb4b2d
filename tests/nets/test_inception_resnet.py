"""Inception-ResNet-v2 against the released model, and its distance from SE's paper."""

import re

import pytest

from se_cost.errors import BadInput
from se_cost.ledger.compare import compare
from se_cost.ledger.conventions import paper, total
from se_cost.ledger.stages import stage_costs
from se_cost.nets.attention import Place
from se_cost.nets.registry import FAMILIES, recipe

NAME = "inception_resnet_v2"
SITES = [(3, 10, [320]), (4, 20, [1088]), (5, 10, [2080])]


def test_parameters() -> None:
    """timm's inception_resnet_v2, the released weights without the second head: 55,843,464."""
    assert compare(recipe(NAME)).baseline.params == 55_843_464


def test_the_published_cost_is_another_networks() -> None:
    """SE's table 2 has 11.75 and 11.76 G: ours are 1.41 more, 0.02 apart instead of 0.01."""
    both = compare(recipe(f"se_{NAME}"))
    plain, with_se = (total(each, paper) / 1e9 for each in (both.baseline, both.network))
    assert plain - 11.75 == pytest.approx(1.41, abs=0.005)
    assert with_se - plain == pytest.approx(0.02, abs=0.0005)


def test_sizes() -> None:
    """TF-slim's endpoints at 299 pixels: 35x35x320, 17x17x1088 and 8x8x2080, then 8x8x1536."""
    plain = compare(recipe(NAME)).baseline
    sums = plain.by_op()["add"].rows
    assert list(dict.fromkeys(row.output for row in sums)) == [
        (320, 35, 35),
        (1088, 17, 17),
        (2080, 8, 8),
    ]
    pooled = next(row for row in plain.rows if row.op == "global_avg_pool")
    assert pooled.operands == ((1536, 8, 8),)


@pytest.mark.parametrize("place", FAMILIES[NAME].places)
def test_every_residual_block_is_gated(place: Place) -> None:
    """There are 40 sites wherever in the block SE is, and none on the modules between stages."""
    sites = stage_costs(compare(recipe(f"se_{NAME}", place=place)))
    assert [(site.stage, site.blocks, site.channels) for site in sites] == SITES


def test_attention_comes_before_the_constant() -> None:
    """On a residual branch the order is: convolution, attention, constant."""
    rows = compare(recipe(f"se_{NAME}")).network.rows
    residual = [row for row in rows if row.path.startswith("stage3.block1.sum.residual.")]
    assert [row.op for row in residual[-8:]] == [
        "conv",
        "global_avg_pool",
        "linear",
        "relu",
        "linear",
        "sigmoid",
        "scale",
        "constant",
    ]


def test_the_last_block_is_linear() -> None:
    """The last of the 40 blocks has no ReLU after its sum, and its constant is 1."""
    plain = compare(recipe(NAME)).baseline
    assert len(plain.by_op()["constant"].rows) == 39
    after_sum = re.compile(r"stage\d\.block\d+\.relu")
    assert sum(after_sum.fullmatch(row.path) is not None for row in plain.rows) == 39


def test_smallest_input() -> None:
    """75 pixels leave one for the last stage (Keras's inception_resnet_v2 draws the same line)."""
    assert compare(recipe(NAME, input=75)).baseline.params == 55_843_464
    with pytest.raises(BadInput, match="at least 75x75"):
        recipe(NAME, input=74)
