"""Attention of every spelling taken out of its network, or refused with the reason."""

from collections import Counter
from collections.abc import Mapping

import pytest
import torch
from torch import nn

from measure.models.other_kinds import KINDS
from measure.models.spellings import FOUND, Spelling
from se_cost.errors import MeasurementError
from se_cost.ledger.gates.find import find
from se_cost.measure.models.found import FoundAttention
from se_cost.measure.models.removal import way_out
from se_cost.measure.models.strip import strip
from se_cost.measure.models.tracing import images, trace
from se_cost.nets.imported import Removal

REWRITTEN = (
    *("flattened map", "channels last", "tokens", "einsum", "addcmul", "two maps"),
    *("of another map", "positions, mean", "rotated", "competing convolutions"),
)
EXPORTED = (*("written in part", "competing parts", "competing parts in a list", "carried state"),)
WAYS: Mapping[str, Removal] = {
    **dict.fromkeys(REWRITTEN, Removal.REWRITE),
    **dict.fromkeys(EXPORTED, Removal.EXPORT),
}
REFUSED = {
    "part in place": (
        "the attention in block cannot be taken out: the attention in block is no module of its "
        "own: clone is left there without it; block is no graph: 'Proxy' object does not support "
        "item assignment; without it the model computes something else besides"
    )
}
TAKEN = [one for one in (*FOUND, *KINDS) if one.name not in REFUSED]


def named(spelling: Spelling) -> str:
    """Return what a spelling is called in the report of a test."""
    return spelling.name


def looked_at(network: nn.Module, spelling: Spelling) -> FoundAttention:
    """Return what is found in a network."""
    inputs = images(network, [spelling.shape])
    seen = trace(network, inputs)
    blocks = tuple(block for block in find(seen) if block.counted)
    return FoundAttention(inputs, seen, blocks)


@pytest.mark.parametrize("spelling", TAKEN, ids=named)
def test_it_is_taken_out_in_the_cleanest_way(spelling: Spelling) -> None:
    """What is left has the other parameters alone, runs, and finds no more attention."""
    network = spelling.make().eval()
    whole = looked_at(network, spelling)
    way = way_out(network, whole)
    assert way is WAYS.get(spelling.name, Removal.MODULE)
    left = strip(network, whole, whole.blocks, way)
    again = looked_at(left, spelling)
    assert again.blocks == ()
    assert again.seen.params == whole.seen.params - spelling.params
    dtype = next(p.dtype for p in left.parameters())
    with torch.no_grad():
        assert left(torch.zeros(2, *spelling.shape, dtype=dtype)) is not None


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_place_and_reason(name: str) -> None:
    """One line, with the reason of each of the three ways."""
    (spelling,) = (one for one in FOUND if one.name == name)
    network = spelling.make().eval()
    with pytest.raises(MeasurementError) as refused:
        way_out(network, looked_at(network, spelling))
    assert str(refused.value) == REFUSED[name]


def test_how_many() -> None:
    """Forty spellings and more of SE, twenty of other kinds; all names differ."""
    names = Counter(one.name for one in (*FOUND, *KINDS))
    assert len(FOUND) >= 40
    assert len(KINDS) >= 20
    assert set(names.values()) == {1}
    assert names.keys() >= {*WAYS, *REFUSED}
