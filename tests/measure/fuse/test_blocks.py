"""Residual blocks with attention of every kind at every place: the same function."""

from collections.abc import Callable
from itertools import product

import pytest
from helpers import GATING_KINDS

from measure.fuse.nets import built, fused, images
from se_cost.measure.fuse.record import How
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.ese import ESE
from se_cost.nets.attention.kinds import KINDS, AnyKind, Slot
from se_cost.nets.attention.place import RESIDUAL_PLACES, Kind, Place
from se_cost.nets.attention.se import GATES, SE, Squeeze
from se_cost.nets.model import StrideIn
from se_cost.nets.nodes import Seq, seq
from se_cost.nets.zoo import cifar_blocks, resnet, resnext

VARIANTS: list[AnyKind] = [
    ESE(stage=2),
    ECA(stage=2),
    *(
        SE(stage=2, r=4, squeeze=squeeze, gate=gate, bias=bias)
        for squeeze, gate, bias in product(Squeeze, GATES, (True, False))
    ),
]
SQUEEZES = [SE(stage=2, r=4, squeeze=squeeze) for squeeze in Squeeze]
SETTINGS = [(1, "nchw"), (4, "nchw"), (1, "nhwc"), (4, "nhwc")]
Block = Callable[[int, int, Slot], Seq]  # of c_in, stride and attention; 64 channels come out

BLOCKS: dict[str, Block] = {
    "bottleneck": lambda c, s, slot: resnet.block(c, 16, 64, s, slot, StrideIn.CONV1X1),
    "stride in 3x3": lambda c, s, slot: resnet.block(c, 16, 64, s, slot, StrideIn.CONV3X3),
    "dilated": lambda c, s, slot: resnet.block(c, 16, 64, s, slot, StrideIn.CONV1X1, 2),
    "basic": lambda c, s, slot: resnet.block(c, 64, 64, s, slot, StrideIn.CONV1X1),
    "resnext": lambda c, s, slot: resnext.resnext_block(c, 64, s, slot),
    "original": lambda c, s, slot: cifar_blocks.original(c, 64, s, slot),
    "preactivated": lambda c, s, slot: cifar_blocks.preactivated_bottleneck(c, 64, s, slot),
    "wide": lambda c, s, slot: cifar_blocks.wide(c, 64, s, slot),
}


def pair(form: str, kind: AnyKind, place: Place) -> Seq:
    """Return two blocks, of which the first changes the shape, so that its shortcut projects."""
    block, slot = BLOCKS[form], Slot(kind, place)
    return seq(first=block(16, 2, slot), second=block(64, 1, slot))


@pytest.mark.parametrize("place", RESIDUAL_PLACES)
@pytest.mark.parametrize("kind", VARIANTS, ids=str)
def test_every_kind(kind: AnyKind, place: Place) -> None:
    """Every squeeze, gate and bias, at every place."""
    result = fused(built(pair("bottleneck", kind, place)), images(1, 16, 12, 12))
    assert [block.kind for block in result.blocks] == 2 * [kind.name]


@pytest.mark.parametrize("place", RESIDUAL_PLACES)
@pytest.mark.parametrize("kind", [KINDS[name] for name in GATING_KINDS], ids=GATING_KINDS)
def test_every_build(kind: type[Kind], place: Place) -> None:
    """Every kind of attention there is; maps have as many channels as pixels."""
    for batch in (1, 4):
        built_pair = built(pair("bottleneck", kind(stage=2), place))  # type: ignore[arg-type]
        found = fused(built_pair, images(batch, 16, 16, 16)).blocks
        assert {block.kind for block in found} <= {kind.name}


@pytest.mark.parametrize("place", RESIDUAL_PLACES)
@pytest.mark.parametrize("form", BLOCKS)
def test_every_form(form: str, place: Place) -> None:
    """Every residual block, with one image and several, in both layouts."""
    kinds: list[AnyKind] = [*SQUEEZES, ECA(stage=2)]
    for (batch, layout), kind in product(SETTINGS, kinds):
        x = images(batch, 16, 12, 12, layout=layout)
        assert len(fused(built(pair(form, kind, place), layout), x).blocks) == 2


@pytest.mark.parametrize("place", RESIDUAL_PLACES)
@pytest.mark.parametrize("how", How)
def test_every_how(how: How, place: Place) -> None:
    """Every form that can be asked for, whether it is possible there or not."""
    for (batch, layout), form in product(SETTINGS, ("bottleneck", "basic", "preactivated")):
        x = images(batch, 16, 12, 12, layout=layout)
        fused(built(pair(form, SQUEEZES[0], place), layout), x, how)
