"""The conventions against the counters themselves; fvcore and torch are in tests/measure."""

import contextlib
import io

import pytest
import torch
from ptflops import get_model_complexity_info
from thop import profile
from torch import nn

from se_cost.ledger.conventions import CONVENTIONS, total
from se_cost.ledger.costs import costs
from se_cost.measure.models.module import module
from se_cost.nets.model import Zoo
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import build

NETWORKS = [
    model("resnet18", input=64),
    model("se_resnet18", input=64),
    model("se_resnet50", input=64),
]


def built(net: Zoo) -> nn.Module:
    """Return the module in eval mode."""
    return module(build(net)).eval()


@pytest.mark.parametrize("net", NETWORKS, ids=lambda net: net.arch)
def test_thop_is_exact(net: Zoo) -> None:
    """Our reading of thop's convention is its own total, to the unit."""
    counted, _ = profile(built(net), inputs=(torch.zeros(1, *net.input),), verbose=False)
    assert total(costs(net).network, CONVENTIONS["thop"]) == counted


@pytest.mark.parametrize("net", NETWORKS, ids=lambda net: net.arch)
def test_ptflops_is_exact(net: Zoo) -> None:
    """Our reading of ptflops' convention is its own total, to the unit."""
    with contextlib.redirect_stdout(io.StringIO()):
        counted, _ = get_model_complexity_info(
            built(net), net.input, as_strings=False, print_per_layer_stat=False, backend="pytorch"
        )
    assert total(costs(net).network, CONVENTIONS["ptflops"]) == counted


def test_flops_are_two_per_mac() -> None:
    """One MAC is two FLOPs, and that is what torch counts."""
    ledger = costs(NETWORKS[1]).network
    assert total(ledger, CONVENTIONS["flops"]) == 2 * ledger.macs
    assert total(ledger, CONVENTIONS["torch"]) == 2 * ledger.macs
