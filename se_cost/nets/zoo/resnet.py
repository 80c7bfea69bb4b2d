"""ResNet (He et al., arXiv 1512.03385, table 1), plain and with SE.

A stage is a run of blocks, a block the sum of a residual branch and a shortcut. The paper of SE
takes the stride of a stage in the first 1x1 convolution of its first block; the variant that
takes it in the 3x3 is widespread and costs 231,211,008 more MACs in ResNet-50, 101 and 152.
"""

from functools import lru_cache, partial

from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import RESIDUAL_PLACES, Place
from se_cost.nets.model import Head, StrideIn, Zoo
from se_cost.nets.nodes import (
    RELU,
    GlobalPool,
    Linear,
    Node,
    Norm,
    Pool,
    Reduce,
    Seq,
    add,
    conv,
    seq,
)
from se_cost.nets.zoo.family import Family
from se_cost.record import Record


class Depth(Record):
    """One column of table 1: blocks in stages 2 to 5, and how many times the output is wider."""

    blocks: tuple[int, int, int, int]
    expansion: int


DEPTHS = {
    18: Depth((2, 2, 2, 2), 1),
    34: Depth((3, 4, 6, 3), 1),
    50: Depth((3, 4, 6, 3), 4),
    101: Depth((3, 4, 23, 3), 4),
    152: Depth((3, 8, 36, 3), 4),
}
STEM = 64  # channels of stage 1
WIDTHS = {2: 64, 3: 128, 4: 256, 5: 512}  # stage to width of its 3x3 convolutions


def resnet(depth: int, model: Zoo) -> Seq:
    """Return ResNet-`depth`; raise KeyError for a depth that is not in `DEPTHS`."""
    shape = DEPTHS[depth]
    stages: dict[str, Node] = {"stage1": stem()}
    c_in = STEM
    for (stage, width), count in zip(WIDTHS.items(), shape.blocks, strict=True):
        attention, c_out = model.attention.at(stage), width * shape.expansion
        blocks = {}
        for i in range(count):
            stride = 2 if i == 0 and stage > 2 else 1
            blocks[f"block{i + 1}"] = block(c_in, width, c_out, stride, attention, model.stride_in)
            c_in = c_out
        stages[f"stage{stage}"] = seq(**blocks, **attention(Place.STAGE, c_in))
    if model.head is Head.CLASSIFIER:
        stages["head"] = classifier(c_in, model.classes)
    return seq(**stages)


def stem(c_out: int = STEM, kernel: int = 7) -> Seq:
    """Return stage 1: (3, H, W) to (c_out, H/4, W/4)."""
    return seq(
        conv=conv(3, c_out, kernel, stride=2),
        norm=Norm(c_out),
        relu=RELU,
        pool=Pool(Reduce.MAX, (3, 3), (2, 2), (1, 1)),
    )


def classifier(c_in: int, classes: int) -> Seq:
    """Return the classifier: (C, H, W) to (classes,)."""
    return seq(pool=GlobalPool(), fc=Linear(c_in, classes))


@lru_cache(maxsize=1024)  # blocks repeat, within a network and from one model to the next
def block(
    c_in: int,
    width: int,
    c_out: int,
    stride: int,
    attention: Slot,
    stride_in: StrideIn,
    dilation: int = 1,
) -> Seq:
    """Return one residual block, with its attention at any of the five places.

    `dilation` is that of the 3x3 convolution of a bottleneck.
    """
    if c_out == width:
        residual = basic(c_in, width, stride, attention)
    else:
        residual = bottleneck(c_in, width, c_out, stride, attention, stride_in, dilation=dilation)
    return residual_block(residual, shortcut(c_in, c_out, stride, attention), c_out, attention)


def residual_block(residual: Node, identity: Node, c_out: int, attention: Slot) -> Seq:
    """Return a block of the original kind, with its ReLU after the sum."""
    return seq(
        sum=add(residual=residual, shortcut=identity),
        relu=RELU,
        **attention(Place.POST, c_out),
    )


def basic(c_in: int, width: int, stride: int, attention: Slot) -> Seq:
    """Return the residual branch of two 3x3 convolutions."""
    return seq(
        **attention(Place.PRE, c_in),
        conv1=conv(c_in, width, 3, stride=stride),
        norm1=Norm(width),
        relu1=RELU,
        **attention(Place.INNER, width),
        conv2=conv(width, width, 3),
        norm2=Norm(width),
        **attention(Place.STANDARD, width),
    )


def bottleneck(
    c_in: int,
    width: int,
    c_out: int,
    stride: int,
    attention: Slot,
    stride_in: StrideIn,
    *,
    dilation: int = 1,
    groups: int = 1,
    reduced: int | None = None,
) -> Seq:
    """Return the residual branch of 1x1, 3x3 and 1x1 convolutions.

    Dilation and groups are those of the 3x3 convolution; `reduced` are the channels that it takes,
    as many as its `width` unless given.
    """
    reduced = reduced or width
    first, second = (stride, 1) if stride_in is StrideIn.CONV1X1 else (1, stride)
    layer = conv(reduced, width, 3, stride=second, dilation=dilation, groups=groups)
    return seq(
        **attention(Place.PRE, c_in),
        conv1=conv(c_in, reduced, 1, stride=first),
        norm1=Norm(reduced),
        relu1=RELU,
        **attention.instead("conv2", layer),
        norm2=Norm(width),
        relu2=RELU,
        **attention(Place.INNER, width),
        conv3=conv(width, c_out, 1),
        norm3=Norm(c_out),
        **attention(Place.STANDARD, c_out),
    )


def shortcut(c_in: int, c_out: int, stride: int, attention: Slot) -> Seq:
    """Return the identity branch: a projection where the shape changes, else nothing."""
    if c_in == c_out and stride == 1:
        return seq(**attention(Place.IDENTITY, c_out))
    return seq(
        conv=conv(c_in, c_out, 1, stride=stride),
        norm=Norm(c_out),
        **attention(Place.IDENTITY, c_out),
    )


def _places(depth: int) -> tuple[Place, ...]:
    """Return the places of a depth; bottlenecks have one 3x3 convolution, which can be replaced."""
    replaced = (Place.INSTEAD,) * (DEPTHS[depth].expansion > 1)
    return (*RESIDUAL_PLACES, Place.STAGE, *replaced)


FAMILIES = tuple(
    Family(
        name=f"resnet{depth}",
        title=f"ResNet-{depth}",
        source="He et al., arXiv 1512.03385, table 1",
        build=partial(resnet, depth),
        stages=tuple(WIDTHS),
        places=_places(depth),
        options=frozenset({"stride_in", "head"}),
    )
    for depth in DEPTHS
)
