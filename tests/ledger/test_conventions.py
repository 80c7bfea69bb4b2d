"""The conventions against the counters themselves; fvcore and torch are in tests/measure."""

import contextlib
import io

import pytest
import torch
from ptflops import get_model_complexity_info
from thop import profile
from torch import nn

from se_cost.ledger.compare import compare
from se_cost.ledger.conventions import CONVENTIONS, total
from se_cost.measure.module import module
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import build, recipe

NETWORKS = [
    recipe("resnet18", input=64),
    recipe("se_resnet18", input=64),
    recipe("se_resnet50", input=64),
]


def built(net: Recipe) -> nn.Module:
    """Return the module in eval mode."""
    return module(build(net)).eval()


@pytest.mark.parametrize("net", NETWORKS, ids=lambda net: net.name)
def test_thop_is_exact(net: Recipe) -> None:
    """Our reading of thop's convention is its own total, to the unit."""
    counted, _ = profile(built(net), inputs=(torch.zeros(1, *net.input),), verbose=False)
    assert total(compare(net).network, CONVENTIONS["thop"]) == counted


@pytest.mark.parametrize("net", NETWORKS, ids=lambda net: net.name)
def test_ptflops_is_exact(net: Recipe) -> None:
    """Our reading of ptflops' convention is its own total, to the unit."""
    with contextlib.redirect_stdout(io.StringIO()):
        counted, _ = get_model_complexity_info(
            built(net), net.input, as_strings=False, print_per_layer_stat=False, backend="pytorch"
        )
    assert total(compare(net).network, CONVENTIONS["ptflops"]) == counted


def test_flops_are_two_per_mac() -> None:
    """One MAC is two FLOPs, and that is what torch counts."""
    ledger = compare(NETWORKS[1]).network
    assert total(ledger, CONVENTIONS["flops"]) == 2 * ledger.macs
    assert total(ledger, CONVENTIONS["torch"]) == 2 * ledger.macs
