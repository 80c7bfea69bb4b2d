"""The ledger and the built module are readings of one value: they must agree row by row."""

from itertools import product

import pytest
import torch
from helpers import GATING_KINDS, assert_agreement, gating_places, label, small_networks
from hypothesis import given, settings

from se_cost.ledger.conventions import CONVENTIONS, complete, total
from se_cost.ledger.costs import costs
from se_cost.ledger.rows import Ledger
from se_cost.ledger.walk import walk
from se_cost.measure.counting.counts import FvcoreCount
from se_cost.measure.counting.fvcore import by_fvcore, fvcore_count
from se_cost.measure.models.build import module_of
from se_cost.measure.models.module import blank
from se_cost.nets.attention.place import RESIDUAL_PLACES, Place
from se_cost.nets.attention.se import GATES, SE, Squeeze
from se_cost.nets.model import StrideIn, Zoo
from se_cost.nets.nodes import Node, Shape
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import FAMILIES, build

RATIOS = (1, 2, 16, 64, 3000)
SIZES = (224, 225, 64, (800, 1333))


def resnets() -> list[Zoo]:
    """Return ResNet-50 with SE blocks in which every value of every option meets every other.

    Place, squeeze and bias are all combined; the steps of the others were found by trying.
    """
    found = []
    combined = product(enumerate(RESIDUAL_PLACES), enumerate(Squeeze), enumerate((True, False)))
    for (p, place), (s, squeeze), (b, bias) in combined:
        r, gate = RATIOS[(3 * p + 3 * s + 4 * b) % 5], GATES[(2 * p + 3 * s + b) % 4]
        se = SE(r=r, squeeze=squeeze, gate=gate, bias=bias)
        size, stride_in = SIZES[(3 * p + 2 * s + b) % 4], list(StrideIn)[(p + s + b) % 2]
        found.append(
            model("se_resnet50", attention=se, place=place, input=size, stride_in=stride_in)
        )
    return found


def kinds() -> list[Zoo]:
    """Return every other kind of attention, in blocks of all sorts and in every place."""
    others = [kind for kind in GATING_KINDS if kind != SE.name]
    gating = [
        model(f"{kind}_resnet{18 if place is Place.STANDARD else 50}", place=place)
        for kind, place in product(others, RESIDUAL_PLACES)
    ]
    nets = ("resnet50", "mobilenet", "densenet121")
    gating += [model(f"{kind}_{net}") for kind, net in product(others, nets)]
    gating += [model(f"{kind}_resnet34", place=Place.STAGE) for kind in others]
    attending = [model("mhsa_resnet50", input=size) for size in (224, 225, (64, 800))]
    gathering = [
        model("ge_resnet50", extent=extent, theta=theta)
        for extent, theta in product((2, 4, 8), (False, True))
    ]
    return [*gating, *attending, *gathering]


def networks() -> list[Zoo]:
    """Return every registered network, plain and with SE, one of each builder in all its places."""
    plain = [model(name, attention="none") for name in FAMILIES]
    every = [model(name, attention="se") for name in FAMILIES]
    moved = [
        model(name, attention="se", place=place)
        for name in members()
        for place in gating_places(name)
        if place is not Place.STANDARD
    ]
    return plain + every + moved


def members() -> list[str]:
    """Return the first family of every builder; its others are deeper or wider."""
    first: dict[object, str] = {}
    for name, family in FAMILIES.items():
        first.setdefault(getattr(family.build, "func", family.build), name)
    return list(first.values())


@pytest.mark.parametrize("net", [*resnets(), *kinds(), *networks()], ids=label)
def test_every_row_is_its_submodule(net: Zoo) -> None:
    """In shape and parameters, and torch counts twice the MACs of the ledger."""
    assert_agreement(build(net), net.input)


def small(size: int) -> list[Zoo]:
    """Return ResNets plain and with every kind, and an SE network of every other builder."""
    found = [model("resnet18", attention=kind, input=size) for kind in ("none", *GATING_KINDS)]
    found.append(model("mhsa_resnet50", input=size))
    found.append(model("ge_resnet18", extent=4, theta=True, input=size))
    for arch in members()[1:]:
        least = FAMILIES[arch].smallest  # None if its input cannot be varied
        found.append(model(arch, attention="se", input=least and max(least, size)))
    return found


@pytest.mark.parametrize("net", small(64), ids=label)
def test_fvcore_is_explained(net: Zoo) -> None:
    """Fvcore's own total, and the complete one, are sums over the ledger, to the unit."""
    assert_explained(fvcore_count(net), costs(net).network)


def assert_explained(counted: FvcoreCount, noted: Ledger) -> None:
    """Assert that fvcore's totals are those of the ledger."""
    assert counted.total == total(noted, CONVENTIONS["fvcore"])
    assert counted.complete == complete(noted)


@settings(max_examples=150)
@given(drawn=small_networks())
def test_random_networks(drawn: tuple[Node, Shape]) -> None:
    """Small networks of all words agree too: shapes, parameters, torch's and fvcore's counts."""
    node, shape = drawn
    assert_agreement(node, shape)
    assert_explained(by_fvcore(blank(node), shape), Ledger(walk(node, shape).rows))


@pytest.mark.parametrize("net", small(32), ids=label)
def test_trains(net: Zoo) -> None:
    """Every network runs forward and backward, and every parameter gets a gradient."""
    torch.manual_seed(0)
    built = module_of(net)
    output = built(torch.randn(2, *net.input))
    output.sum().backward()
    assert output.isfinite().all()
    assert all(p.grad is not None for p in built.parameters())
