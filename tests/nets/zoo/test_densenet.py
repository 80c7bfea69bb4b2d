"""DenseNets against their paper and torchvision."""

import pytest

from se_cost.ledger.costs import costs
from se_cost.nets.attention.place import Place
from se_cost.nets.zoo.model import model

DEPTHS = (121, 161, 169, 201)


@pytest.mark.parametrize(
    ("depth", "params", "giga"),
    [
        (121, 7_978_856, 2.834),
        (161, 28_681_000, 7.728),
        (169, 14_149_480, 3.360),
        (201, 20_013_928, 4.291),
    ],
)
def test_costs(depth: int, params: int, giga: float) -> None:
    """Parameters and G MACs are those in the metadata of torchvision's weights."""
    plain = costs(model(f"densenet{depth}")).plain
    assert plain.params == params
    assert round(plain.macs / 1e9, 3) == giga


@pytest.mark.parametrize("depth", DEPTHS)
def test_depth(depth: int) -> None:
    """The name counts the convolutions and the fully connected layer."""
    layers = costs(model(f"densenet{depth}")).plain.by_op()
    assert len(layers["conv"].rows) + len(layers["linear"].rows) == depth


def test_sizes() -> None:
    """Table 1: dense blocks work at 56, 28, 14 and 7; what each hands on is half as wide."""
    dense = costs(model("densenet121")).plain.by_op()["concat"].rows
    last = {row.stage: row.output for row in dense}
    assert last == {2: (256, 56, 56), 3: (512, 28, 28), 4: (1024, 14, 14), 5: (1024, 7, 7)}


@pytest.mark.parametrize("depth", DEPTHS)
def test_standard_gates_every_dense_layer(depth: int) -> None:
    """The gated maps are as wide as the growth rate, 32, or 48 in DenseNet-161."""
    sites = costs(model(f"se_densenet{depth}")).stages
    assert [site.stage for site in sites] == [2, 3, 4, 5]
    assert [site.channels for site in sites] == 4 * [[48 if depth == 161 else 32]]
    # a dense layer has two convolutions; the stem, three transitions and the classifier one each
    assert 2 * sum(site.blocks for site in sites) + 5 == depth


def test_block_gates_dense_blocks_and_transitions() -> None:
    """Two sites in a stage that ends in a transition, one in the last."""
    sites = costs(model("se_densenet121", place=Place.BLOCK)).stages
    assert [(site.stage, site.channels) for site in sites] == [
        (2, [256, 128]),
        (3, [512, 256]),
        (4, [1024, 512]),
        (5, [1024]),
    ]


def test_attention_precedes_the_stacking() -> None:
    """A gated dense layer stacks its input, as it was, and the scaled new channels."""
    rows = costs(model("se_densenet121")).network.rows
    layer = [row for row in rows if row.path.startswith("stage2.dense.layer1")]
    scale, concat = layer[-2:]
    assert (scale.op, scale.output) == ("scale", (32, 56, 56))
    assert (concat.op, concat.operands) == ("concat", ((64, 56, 56), (32, 56, 56)))
