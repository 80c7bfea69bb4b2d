"""Inception-ResNet-v2 against the released model, and its distance from SE's paper."""

import re

import pytest

from se_cost.errors import UsageError
from se_cost.ledger.conventions import paper, total
from se_cost.ledger.costs import costs
from se_cost.nets.attention.place import Place
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import FAMILIES

NAME = "inception_resnet_v2"
SITES = [(3, 10, [320]), (4, 20, [1088]), (5, 10, [2080])]


def test_parameters() -> None:
    """timm's inception_resnet_v2, the released weights without the second head: 55,843,464."""
    assert costs(model(NAME)).plain.params == 55_843_464


def test_the_published_cost_is_another_networks() -> None:
    """SE's table 2 has 11.75 and 11.76 G: ours are 1.41 more, 0.02 apart instead of 0.01."""
    both = costs(model(f"se_{NAME}"))
    plain, with_se = (total(each, paper) / 1e9 for each in (both.plain, both.network))
    assert plain - 11.75 == pytest.approx(1.41, abs=0.005)
    assert with_se - plain == pytest.approx(0.02, abs=0.0005)


def test_sizes() -> None:
    """TF-slim's endpoints at 299 pixels: 35x35x320, 17x17x1088 and 8x8x2080, then 8x8x1536."""
    plain = costs(model(NAME)).plain
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
    sites = costs(model(f"se_{NAME}", place=place)).stages
    assert [(site.stage, site.blocks, site.channels) for site in sites] == SITES


def test_attention_comes_before_the_constant() -> None:
    """On a residual branch the order is: convolution, attention, constant."""
    rows = costs(model(f"se_{NAME}")).network.rows
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
    plain = costs(model(NAME)).plain
    assert len(plain.by_op()["constant"].rows) == 39
    after_sum = re.compile(r"stage\d\.block\d+\.relu")
    assert sum(after_sum.fullmatch(row.path) is not None for row in plain.rows) == 39


def test_smallest_input() -> None:
    """75 pixels leave one for the last stage (Keras's inception_resnet_v2 draws the same line)."""
    assert costs(model(NAME, input=75)).plain.params == 55_843_464
    with pytest.raises(UsageError, match="at least 75x75"):
        model(NAME, input=74)
