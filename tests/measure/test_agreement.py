"""The ledger and the built module are readings of one value: they must agree row by row."""

from itertools import cycle, product

import pytest
import torch
from helpers import assert_agreement, small_networks
from hypothesis import given, settings

from se_cost.ledger.compare import compare
from se_cost.ledger.conventions import CONVENTIONS, total
from se_cost.ledger.walk import ledger
from se_cost.measure.by_fvcore import by_fvcore
from se_cost.measure.module import module
from se_cost.nets.attention import GATES, RESIDUAL_PLACES, SE, Squeeze
from se_cost.nets.nodes import Node, Shape
from se_cost.nets.recipe import Recipe, StrideIn
from se_cost.nets.registry import FAMILIES, build, names, recipe
from se_cost.report.flops import complete

RATIOS = (1, 2, 16, 64, 3000)
SIZES = (224, 225, 64, (800, 1333))


def resnets() -> list[Recipe]:
    """Return every depth, place and ratio, with the other settings taking turns.

    The turns have lengths 3, 4, 4, 2 and 2, so that every value meets every other.
    """
    turns = zip(
        cycle(Squeeze),
        cycle(GATES),
        cycle(SIZES[i % 4] for i in range(12) for _ in range(3)),
        cycle((True, False, False, True)),
        cycle([*[StrideIn.CONV1X1] * 5, *[StrideIn.CONV3X3] * 5]),
        strict=False,
    )
    combined = zip(product((18, 34, 50, 101, 152), RESIDUAL_PLACES, RATIOS), turns, strict=False)
    return [
        recipe(
            f"se_resnet{depth}",
            se=SE(r, squeeze, gate, bias),
            place=place,
            input=size,
            stride_in=stride_in,
        )
        for (depth, place, r), (squeeze, gate, size, bias, stride_in) in combined
    ]


def name(net: Recipe) -> str:
    """Return a short name for a test of a ResNet."""
    se = net.attention.stages[0][1]
    words = (net.name, net.attention.place, se.r, se.squeeze, se.gate, net.input[1])
    return "-".join(map(str, words))


@pytest.mark.parametrize("net", resnets(), ids=name)
def test_every_resnet(net: Recipe) -> None:
    """Every row of every ResNet, in every place, is its submodule; torch counts twice its MACs."""
    assert_agreement(build(net), net.input)


def variants() -> list[Recipe]:
    """Return every registered network, plain and with attention in each of its places."""
    plain = [recipe(family) for family in FAMILIES]
    places = [(family, place) for family in FAMILIES.values() for place in family.places]
    return plain + [recipe(f"se_{family.name}", place=place) for family, place in places]


@pytest.mark.parametrize("net", variants(), ids=lambda net: f"{net.name}-{net.attention.place}")
def test_every_network(net: Recipe) -> None:
    """Every registered network agrees with its module at its own input."""
    assert_agreement(build(net), net.input)


@pytest.mark.parametrize("arch", names())
def test_fvcore_is_explained(arch: str) -> None:
    """Fvcore's own total, and the complete one, are sums over the ledger, to the unit."""
    smallest = FAMILIES[arch.removeprefix("se_")].smallest
    net = recipe(arch, input=smallest and max(smallest, 64))
    counted, noted = by_fvcore(build(net), net.input), compare(net).network
    assert counted.total == total(noted, CONVENTIONS["fvcore"])
    assert counted.complete == complete(noted)


@settings(max_examples=150)
@given(drawn=small_networks())
def test_random_networks(drawn: tuple[Node, Shape]) -> None:
    """Small networks of all words agree too: shapes, parameters, torch's and fvcore's counts."""
    node, shape = drawn
    assert_agreement(node, shape)
    counted, noted = by_fvcore(node, shape), ledger(node, shape)
    assert counted.total == total(noted, CONVENTIONS["fvcore"])
    assert counted.complete == complete(noted)


@pytest.mark.parametrize("arch", names())
def test_trains(arch: str) -> None:
    """Every network runs forward and backward, and every parameter gets a gradient."""
    smallest = FAMILIES[arch.removeprefix("se_")].smallest
    net = recipe(arch, input=smallest and max(smallest, 32))
    torch.manual_seed(0)
    built = module(build(net))
    output = built(torch.randn(2, *net.input))
    output.sum().backward()
    assert output.isfinite().all()
    assert all(p.grad is not None for p in built.parameters())
