"""Norms folded into convolutions, in the ledger as in the module."""

import pytest
from helpers import GATING_KINDS
from torch import nn

from se_cost.ledger.costs import costs
from se_cost.ledger.folding import folded, folded_costs
from se_cost.ledger.rows import Ledger, Row
from se_cost.measure.models.folding import fold
from se_cost.measure.models.module import blank
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import FAMILIES, build


def test_by_hand() -> None:
    """The first norm follows a convolution, the second a ReLU, the third one of another part."""
    rows = (
        Row("a.conv", "conv", ((3, 4, 4),), (8, 4, 4), 24),
        Row("a.norm", "norm", ((8, 4, 4),), (8, 4, 4), 8, 8, reads=("a.conv",)),
        Row("a.relu", "relu", ((8, 4, 4),), (8, 4, 4), reads=("a.norm",)),
        Row("a.norm2", "norm", ((8, 4, 4),), (8, 4, 4), 8, 8, reads=("a.relu",)),
        Row("b.conv", "conv", ((8, 4, 4),), (8, 4, 4), 64, reads=("a.norm2",)),
        Row("norm", "norm", ((8, 4, 4),), (8, 4, 4), 8, 8, reads=("b.conv",)),
    )
    first, relu, norm, *_ = found = folded(Ledger(rows)).rows
    assert [row.path for row in found] == ["a.conv", "a.relu", "a.norm2", "b.conv", "norm"]
    assert (first.biases, relu.reads, norm.reads) == (8, ("a.conv",), ("a.relu",))
    assert found[3:] == rows[4:]


@pytest.mark.parametrize("name", [*FAMILIES, *(f"{kind}_resnet18" for kind in GATING_KINDS)])
def test_as_the_module(name: str) -> None:
    """The norms that are left are the same, and every convolution has as many parameters."""
    net = model(name) if "_resnet18" in name else model(name, attention="se")
    module = blank(build(net)).eval()
    fold(module)
    rows = {row.path: row for row in folded_costs(costs(net)).network.rows}
    norms = {path for path, part in module.named_modules() if isinstance(part, nn.BatchNorm2d)}
    assert {path for path, row in rows.items() if row.op == "norm"} == norms
    for path, part in module.named_modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d):
            assert rows[path].params == sum(weight.numel() for weight in part.parameters())


@pytest.mark.parametrize("kind", GATING_KINDS)
def test_blocks_are_folded_as_the_network_is(kind: str) -> None:
    """Their rows are those of the network, and their paths stay."""
    known = costs(model(f"{kind}_resnet18"))
    found = folded_costs(known)
    rows = {row.path: row for row in found.network.rows}
    assert [block.path for block in found.blocks] == [block.path for block in known.blocks]
    assert all(rows[row.path] == row for block in found.blocks for row in block.rows)
    assert found.plain == folded(known.plain)
