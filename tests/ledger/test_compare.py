"""The two ledgers of a comparison."""

import pytest

from se_cost.ledger.compare import PARTS, compare, parts
from se_cost.nets.attention import RESIDUAL_PLACES, SE, Place, Squeeze
from se_cost.nets.registry import recipe


@pytest.mark.parametrize("place", RESIDUAL_PLACES)
def test_networks_differ_in_attention_only(place: Place) -> None:
    """Every row of the plain network stands unchanged in the other one."""
    whole = compare(recipe("se_resnet50", place=place))
    added = set(whole.attention.rows)
    assert tuple(row for row in whole.network.rows if row not in added) == whole.baseline.rows
    assert all(".se" in row.path for row in added)


def test_parts_are_a_partition() -> None:
    """Squeeze, excite and scale together are the attention."""
    attention = compare(recipe("se_resnet50")).attention
    split = parts(attention)
    assert tuple(split) == PARTS
    assert sum(len(part.rows) for part in split.values()) == len(attention.rows)
    assert split["excite"].params == attention.params


def test_no_squeeze_has_no_pool() -> None:
    """The paper's NoSqueeze excites every position: 4.27 G in all, and no pooling."""
    whole = compare(recipe("se_resnet50", se=SE(squeeze=Squeeze.NONE)))
    assert parts(whole.attention)["squeeze"].rows == ()
    assert round(whole.network.macs / 1e9, 2) == 4.27


def test_plain_network_has_no_attention() -> None:
    """A plain recipe is its own baseline."""
    whole = compare(recipe("resnet18"))
    assert whole.network == whole.baseline
    assert whole.percent == 0
