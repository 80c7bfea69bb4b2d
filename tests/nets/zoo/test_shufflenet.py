"""ShuffleNet against its paper, other people's implementations and SE's paper."""

from se_cost.ledger.conventions import paper, total
from se_cost.ledger.costs import costs
from se_cost.nets.zoo.model import model

BOTH = costs(model("se_shufflenet"))


def test_other_implementations() -> None:
    """brianhou0208/ShuffleNet_Pytorch says 137.46 M MACs, osmr/imgclsmob 1,865,728 parameters."""
    assert round(BOTH.plain.macs / 1e6, 2) == 137.46
    assert BOTH.plain.params == 1_865_728


def test_se_is_published() -> None:
    """Table 3 of the SE paper: 2.4 M with SE, which adds 2 M MACs; its 140 M is not reached."""
    assert round(BOTH.network.params / 1e6, 1) == 2.4
    macs, with_se = total(BOTH.plain, paper), total(BOTH.network, paper)
    assert round((with_se - macs) / 1e6) == 2
    assert round(macs / 1e6, 1) == 137.5


def test_units_of_stride_1_are_gated() -> None:
    """Table 1 repeats the unit of stride 1 three, seven and three times."""
    sites = [(site.stage, site.blocks, site.channels) for site in BOTH.stages]
    assert sites == [(2, 3, [240]), (3, 7, [480]), (4, 3, [960])]


def test_a_stage_begins_with_a_stack() -> None:
    """A unit of stride 2 stacks a pooled copy of its input and what is missing to its width."""
    stacks = [row for row in BOTH.plain.rows if row.op == "concat"]
    assert [(row.operands, row.output) for row in stacks] == [
        (((24, 28, 28), (216, 28, 28)), (240, 28, 28)),
        (((240, 14, 14), (240, 14, 14)), (480, 14, 14)),
        (((480, 7, 7), (480, 7, 7)), (960, 7, 7)),
    ]


def test_only_the_first_pointwise_convolution_has_no_groups() -> None:
    """Section 3.2: 24 channels are too few to group; all later ones are in three groups."""
    weights = {row.path: row.weights for row in BOTH.plain.rows if row.op == "conv"}
    assert weights["stage2.block1.stack.residual.conv1"] == 24 * 60
    assert weights["stage3.block1.stack.residual.conv1"] == 240 * 120 // 3
