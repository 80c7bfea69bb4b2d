"""BN-Inception against its paper, SE's paper and Cadene's conversion of Caffe's model."""

import pytest

from se_cost.errors import UsageError
from se_cost.ledger.conventions import paper, total
from se_cost.ledger.costs import costs
from se_cost.ledger.rows import Row
from se_cost.nets.zoo.model import model


def test_parameters() -> None:
    """Cadene's pretrained-models.pytorch has 11,295,240, of them 10,016 biases before norms.

    The release of the SE authors has no biases in convolutions that a norm follows.
    """
    rows = costs(model("bn_inception")).plain.rows
    assert sum(row.output[0] for row in rows if row.op == "conv") == 10_016
    assert sum(row.params for row in rows) == 11_295_240 - 10_016


def test_modules() -> None:
    """Sizes are figure 5's; channels are what the figure's branches add up to, and Cadene's."""
    rows = costs(model("bn_inception")).plain.by_op()["concat"].rows
    assert {row.path.split(".")[1]: row.output[:2] for row in rows} == {
        "inception3a": (256, 28),
        "inception3b": (320, 28),
        "inception3c": (576, 14),
        "inception4a": (576, 14),
        "inception4b": (576, 14),
        "inception4c": (608, 14),
        "inception4d": (608, 14),
        "inception4e": (1056, 7),
        "inception5a": (1024, 7),
        "inception5b": (1024, 7),
    }


def test_base_is_published() -> None:
    """Table 2 of the SE paper gives 2.03 GFLOPs, which needs Caffe's pools that round up."""
    assert round(costs(model("bn_inception")).plain.macs / 1e9, 2) == 2.03


def test_se_is_nearly_published() -> None:
    """Table 2 of the SE paper gives 2.04 GFLOPs, so at least 2.035: ours are 0.0006 short."""
    with_se = total(costs(model("se_bn_inception")).network, paper) / 1e9
    assert 2.035 - with_se == pytest.approx(0.0006, abs=0.00005)


def test_every_module_is_gated() -> None:
    """SE is on the stacked output of each of the 10 modules, those that halve the grid included."""
    sites = costs(model("se_bn_inception")).stages
    assert [(site.stage, site.blocks, site.channels) for site in sites] == [
        (3, 3, [256, 320, 576]),
        (4, 5, [576, 608, 1056]),
        (5, 2, [1024]),
    ]


def test_halving_modules_hand_on_their_input() -> None:
    """3c and 4e have three branches, one of them a bare pool; all others have four."""
    rows = costs(model("bn_inception")).plain.by_op()["concat"].rows
    branches = {row.path.split(".")[1]: len(row.operands) for row in rows}
    halving = {"inception3c", "inception4e"}
    assert branches == {name: 3 if name in halving else 4 for name in branches}


def test_only_the_last_module_pools_by_maximum() -> None:
    """Of the pools that keep the size, those of 3a to 5a average and that of 5b does not."""
    rows = costs(model("bn_inception")).plain.rows
    kept = [row for row in rows if row.op.endswith("_pool") and _keeps_size(row)]
    assert [row.op for row in kept] == 7 * ["avg_pool"] + ["max_pool"]


def test_an_odd_map_cannot_be_halved() -> None:
    """Caffe rounds pools up and convolutions down, so branches of 3c part at 299 pixels."""
    with pytest.raises(UsageError, match=r"inception3c.*cannot stack"):
        costs(model("bn_inception", input=299))


def _keeps_size(row: Row) -> bool:
    return row.operands == (row.output,)
