"""The formulas of the ledger against the operators that PyTorch runs, to the byte."""

from itertools import product

import pytest
import torch
from helpers import GATING_KINDS, label
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple
from traced import moved, trace

from se_cost.ledger.costs import Costs, costs
from se_cost.ledger.find import find
from se_cost.ledger.traffic import Traffic, by_part, by_stage, total
from se_cost.ledger.walk import ledger
from se_cost.measure.models.build import FORMATS, module_of
from se_cost.measure.models.module import module
from se_cost.measure.timing.settings import MemoryFormat
from se_cost.nets.attention.ge import GE
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.attention.mhsa import MHSA
from se_cost.nets.attention.place import RESIDUAL_PLACES, Kind, Place
from se_cost.nets.attention.se import GATES, SE, Squeeze
from se_cost.nets.model import Model
from se_cost.nets.nodes import Norm, Size, conv, seq
from se_cost.nets.zoo.model import model
from se_cost.record import replace


def traced(
    net: Model,
    batch: int,
    dtype: torch.dtype = torch.float32,
    layout: MemoryFormat = MemoryFormat.NCHW,
) -> Traffic:
    """Return what a network moves beyond the plain one."""
    form = FORMATS[layout]
    with_it, without = (
        trace(
            module_of(one).to(dtype).to(memory_format=form),  # type: ignore[call-overload]
            torch.randn(batch, *net.input).to(dtype, memory_format=form),
        )
        for one in (net, net.plain)
    )
    pairs = zip(astuple(with_it), astuple(without), strict=True)
    return Traffic(*(a - b for a, b in pairs))


def noted(net: Model, batch: int, size: int = 4) -> Traffic:
    """Return the same by the ledger."""
    return total(by_stage(costs(net), batch, size).values())


BLOCKS = [
    model("se_resnet18", input=64, stages=[3], attention=SE(squeeze=squeeze, gate=gate, bias=bias))
    for squeeze, gate, bias in product(Squeeze, GATES, (True, False))
]
PLACES = [
    model(arch, input=64, place=place)
    for arch, place in product(("se_resnet18", "se_resnet50"), RESIDUAL_PLACES)
]
NETWORKS = [
    model("se_dcgan"),
    model("se_mobilenet", input=64),
    model("se_shufflenet", input=64),
    model("se_densenet121", input=64, place=Place.BLOCK),
    model("se_wrn16_8"),
    # at 32 the last maps have one value, which needs no sum
    *(model(f"{kind}_resnet18", input=32) for kind in GATING_KINDS),
    *(model(f"{kind}_mobilenet", input=64) for kind in GATING_KINDS if kind != "se"),
    *(
        model(f"{kind}_densenet121", input=64, place=Place.BLOCK)
        for kind in GATING_KINDS
        if kind != "se"
    ),
    *(model(f"{kind}_resnet50", input=64) for kind in GATING_KINDS if kind != "se"),
    *(model("mhsa_resnet50", input=size) for size in (32, 96)),
    *(model("ge_resnet50", extent=4, theta=theta, input=64) for theta in (False, True)),
    model("bam_resnet18", input=64, place=Place.STAGE),
]


@pytest.mark.parametrize("net", [*BLOCKS, *PLACES, *NETWORKS], ids=label)
def test_traffic_is_that_of_the_operators(net: Model) -> None:
    """Bytes forward and backward, bytes saved and operators, of every kind of block and place."""
    assert traced(net, 2) == noted(net, 2)


VARIANTS = [GE(extent=e, theta=theta) for e, theta in product((2, 4, 8), (False, True))]


@settings(max_examples=25)
@given(
    kind=st.sampled_from([*(kind() for kind in KINDS.values()), *VARIANTS]),
    channels=st.integers(2, 40),
    sides=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    batch=st.integers(2, 3),
)
def test_random_blocks(kind: Kind, channels: int, sides: Size, batch: int) -> None:
    """Of every kind, on maps of every size, between layers that need gradients of both ends."""
    channels *= kind.name != "mhsa" or MHSA().heads
    end = {"norm": Norm(channels)}
    plain = seq(conv=conv(3, channels, 1), **end)
    node = seq(conv=conv(3, channels, 1), attention=kind.on(sides).block(channels), **end)
    shape = (3, *sides)
    x = torch.randn(batch, *shape)
    found, base = (trace(module(part), x) for part in (node, plain))
    whole = Costs(model("resnet18"), ledger(node, shape), ledger(plain, shape), ())
    whole = replace(whole, blocks=find(whole.network))
    expected = total(by_part(whole, batch, 4).values())
    assert Traffic(*(a - b for a, b in zip(astuple(found), astuple(base), strict=True))) == expected


@pytest.mark.parametrize("net", [model("se_resnet18", input=64), model("se_dcgan")], ids=label)
def test_one_image_has_the_same_formulas(net: Model) -> None:
    """Gradients of biases are summed over a batch of one too."""
    assert traced(net, 1) == noted(net, 1)


@pytest.mark.parametrize("squeeze", Squeeze)
def test_half_precision_moves_half(squeeze: Squeeze) -> None:
    """Numbers of two bytes, and positions of eight."""
    net = model("se_resnet18", input=64, stages=[3], attention=SE(squeeze=squeeze))
    assert traced(net, 2, torch.bfloat16) == noted(net, 2, 2)


def test_channels_last_takes_a_few_vectors_more() -> None:
    """The layout of the squeezed gradient is put right: two operators a block, and no map."""
    net = model("se_resnet18", input=64, stages=[3])
    found, expected = traced(net, 2, layout=MemoryFormat.NHWC), noted(net, 2)
    vectors = found.backward - expected.backward
    assert 0 < vectors < 0.01 * expected.backward
    assert found.saved == expected.saved


def test_what_is_expanded_lies_in_memory_once() -> None:
    """A vector that stands for a map is read as a vector."""
    assert moved(torch.ones(2, 3, 1, 1).expand(2, 3, 5, 5)) == 4 * 6
    assert moved(torch.ones(2, 3, 5, 5)) == 4 * 150


def test_what_only_looks_moves_nothing() -> None:
    """Views count neither as operators nor as bytes, and what is kept counts once."""
    weight = torch.nn.Linear(3, 4)
    found = trace(torch.nn.Sequential(torch.nn.Flatten(), weight), torch.ones(2, 3, 1, 1))
    assert found == Traffic(
        forward=4 * (6 + 16 + 8),
        backward=4 * (8 + 6 + 12 + 8 + 4),  # no gradient for the input is asked for
        operators_forward=1,
        operators_backward=2,
        saved=4 * 6,
    )
