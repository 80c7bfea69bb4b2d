"""What a model costs, with attention and without."""

import pytest

from se_cost.ledger.costs import PARTS, costs, parts
from se_cost.nets.attention.place import RESIDUAL_PLACES, Place
from se_cost.nets.attention.se import SE, Squeeze
from se_cost.nets.zoo.model import model


@pytest.mark.parametrize("place", RESIDUAL_PLACES)
def test_networks_differ_in_attention_only(place: Place) -> None:
    """Every layer of the plain network stands in the other one, at the same price."""
    whole = costs(model("se_resnet50", place=place))
    added = {row.path for row in whole.attention.rows}
    priced = [(row.path, row.params, row.macs, row.elements) for row in whole.plain.rows]
    assert priced == [
        (row.path, row.params, row.macs, row.elements)
        for row in whole.network.rows
        if row.path not in added
    ]
    assert all(".se" in path for path in added)


def test_without_stages_is_the_network_without_them() -> None:
    """Filtering the rows gives what the model without those stages has."""
    net = model("se_resnet50")
    for dropped in ([5], [2, 4], [2, 3, 4, 5]):
        left = costs(net.without(dropped)).attention
        assert costs(net).attention_without(dropped).params == left.params
        assert costs(net).attention_without(dropped).macs == left.macs
    assert costs(net).without_final_stage == costs(net).attention_without([5])


def test_parts_are_a_partition() -> None:
    """Squeeze, excite and scale together are the attention."""
    attention = costs(model("se_resnet50")).attention
    split = parts(attention)
    assert tuple(split) == PARTS
    assert sum(len(part.rows) for part in split.values()) == len(attention.rows)
    assert split["excite"].params == attention.params


def test_no_squeeze_has_no_pool() -> None:
    """The paper's NoSqueeze excites every position: 4.27 G in all, and no pooling."""
    whole = costs(model("se_resnet50", attention=SE(squeeze=Squeeze.NONE)))
    assert parts(whole.attention)["squeeze"].rows == ()
    assert round(whole.network.macs / 1e9, 2) == 4.27
