"""The E-passes of a block, before and after, are those of the operators that run."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from measure.fuse.nets import built, images
from se_cost.measure.fuse.fuse import fuse
from se_cost.measure.fuse.record import How, ScaleForm
from se_cost.measure.models.folding import fold
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.kinds import AnyKind, Slot
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import SE, Squeeze
from se_cost.nets.model import StrideIn
from se_cost.nets.nodes import RELU, Conv, GlobalPool, Node, Pool, Reduce, Seq, conv, seq
from se_cost.nets.zoo import cifar_blocks, resnet
from se_cost.record import Record

NEGLECTED = 0.05  # E-passes of vectors
CHANNELS, SIZE = 128, 32
TWO = (2, 2)
SE16, ECA2 = SE(stage=2, r=16), ECA(stage=2)
MAX, NONE = (SE(stage=2, r=16, squeeze=squeeze) for squeeze in (Squeeze.MAX, Squeeze.NONE))


class Moved(TorchDispatchMode):
    """Counts the elements that operators read and write; views move nothing."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.elements: int = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run an operator and count; what it only writes to, it does not read."""
        result = func(*args, **(kwargs or {}))
        if not func.is_view:
            read = {id(t): t for t in tree_leaves(args) if isinstance(t, Tensor)}
            written = [t for t in tree_leaves(result) if isinstance(t, Tensor)]
            self.elements += sum(map(torch.numel, (*read.values(), *written)))
        return result


def moved(network: nn.Module, x: Tensor) -> int:
    """Return the elements that a network moves."""
    counter = Moved()
    with torch.no_grad(), counter:
        network(x)
    return counter.elements


Make = Callable[[Slot], Node]


class Case(Record):
    """A network with one block, and the form that its scale should take."""

    make: Make
    scale: ScaleForm
    kind: AnyKind = SE16
    place: Place = Place.STANDARD
    how: How = How.AUTO
    batch: int = 1


def bottleneck(slot: Slot) -> Seq:
    """Return a bottleneck without a projection."""
    return resnet.block(CHANNELS, 32, CHANNELS, 1, slot, StrideIn.CONV1X1)


def basic(slot: Slot) -> Seq:
    """Return a block of two 3x3 convolutions."""
    return resnet.block(CHANNELS, CHANNELS, CHANNELS, 1, slot, StrideIn.CONV1X1)


def preactivated(slot: Slot) -> Seq:
    """Return a bottleneck with norms and ReLUs before its convolutions."""
    return cifar_blocks.preactivated_bottleneck(CHANNELS, CHANNELS, 1, slot)


def before(follower: Node) -> Make:
    """Return what makes an activation, a gate and the layer that follows it."""
    return lambda slot: seq(
        conv=conv(CHANNELS, CHANNELS, 3),
        relu=RELU,
        **slot(Place.STANDARD, CHANNELS),
        follower=follower,
    )


POINTWISE = Conv(CHANNELS, 32, bias=True)
DEPTHWISE = conv(CHANNELS, CHANNELS, 3, groups=CHANNELS)
ADDCMUL, WEIGHTS, PRODUCT = ScaleForm.ADDCMUL, ScaleForm.WEIGHTS, ScaleForm.PRODUCT
POOLED, IN_PLACE, KEPT = ScaleForm.POOLED, ScaleForm.IN_PLACE, ScaleForm.KEPT
PRE, POST, IDENTITY, INNER = Place.PRE, Place.POST, Place.IDENTITY, Place.INNER

CASES = {
    "sum": Case(bottleneck, ADDCMUL),
    "sum, batch": Case(bottleneck, ADDCMUL, batch=4),
    "sum, ECA": Case(bottleneck, ADDCMUL, ECA2),
    "sum, maximum": Case(bottleneck, ADDCMUL, MAX),
    "sum, no squeeze": Case(bottleneck, ADDCMUL, NONE),
    "sum, identity": Case(bottleneck, ADDCMUL, place=IDENTITY),
    "weights before": Case(bottleneck, WEIGHTS, how=How.WEIGHTS),
    "product, norm folded": Case(bottleneck, PRODUCT, how=How.PRODUCT, batch=2),
    "product, no bias": Case(preactivated, PRODUCT, batch=2),
    "weights after": Case(bottleneck, WEIGHTS, place=PRE),
    "product after": Case(bottleneck, PRODUCT, place=PRE, batch=2),
    "product after, inner": Case(bottleneck, PRODUCT, place=INNER, batch=2),
    "norm after": Case(preactivated, ADDCMUL, place=PRE, batch=2),
    "in place": Case(bottleneck, IN_PLACE, place=POST),
    "in place, no squeeze": Case(bottleneck, IN_PLACE, NONE, place=POST),
    "kept": Case(basic, KEPT, place=PRE, batch=2),
    "projection": Case(before(POINTWISE), WEIGHTS),
    "projections": Case(before(POINTWISE), PRODUCT, batch=4),
    "depthwise": Case(before(DEPTHWISE), WEIGHTS, batch=4),
    "mean": Case(before(GlobalPool()), POOLED),
    "mean, maximum": Case(before(GlobalPool()), POOLED, MAX),
    "max pool": Case(before(Pool(Reduce.MAX, TWO, TWO)), POOLED),
    "average pool": Case(before(Pool(Reduce.AVG, TWO, TWO)), POOLED),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_passes(case: Case) -> None:
    """What a block adds to the plain network, counted operator by operator."""
    x = images(case.batch, CHANNELS, SIZE, SIZE)
    plain, network = (built(case.make(Slot(kind, case.place))) for kind in (None, case.kind))
    result = fuse(network, x, case.how)
    (block,) = result.blocks
    assert block.scale == case.scale
    fold(plain)
    fold(network)
    e_pass = case.batch * block.channels * block.height * block.width
    before, after = ((moved(arm, x) - moved(plain, x)) / e_pass for arm in (network, result.module))
    assert before == pytest.approx(block.e_passes_before, abs=NEGLECTED)
    assert after == pytest.approx(block.e_passes_after, abs=NEGLECTED)
