"""DenseNet-BC (Huang et al., arXiv 1608.06993, table 1) as trained for ImageNet.

A dense layer stacks a few new channels on all it is given; a transition halves channels, height
and width. Stage 1 is the stem, stages 2 to 5 are the dense blocks, and a transition belongs to the
stage of the block that it follows, as the stem's pool belongs to stage 1.
"""

from functools import lru_cache, partial

from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import Place
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import (
    IDENTITY,
    RELU,
    Concat,
    Node,
    Norm,
    Pool,
    Reduce,
    Seq,
    conv,
    seq,
)
from se_cost.nets.zoo.family import Family
from se_cost.nets.zoo.resnet import classifier, stem
from se_cost.record import Record


class DenseDepth(Record):
    """One column of table 1: dense layers in stages 2 to 5, and the channels that each adds."""

    layers: tuple[int, int, int, int]
    growth: int = 32


DEPTHS = {
    121: DenseDepth((6, 12, 24, 16)),
    161: DenseDepth((6, 12, 36, 24), growth=48),
    169: DenseDepth((6, 12, 32, 32)),
    201: DenseDepth((6, 12, 48, 32)),
}
STAGES = (2, 3, 4, 5)
STEM = 2  # times the growth rate: channels of stage 1
BOTTLENECK = 4  # times the growth rate: channels between the two convolutions of a dense layer


def densenet(depth: int, model: Zoo) -> Seq:
    """Return DenseNet-`depth`; raise KeyError for a depth that is not in `DEPTHS`."""
    shape = DEPTHS[depth]
    channels = STEM * shape.growth
    stages: dict[str, Node] = {"stage1": stem(channels)}
    for stage, count in zip(STAGES, shape.layers, strict=True):
        attention = model.attention.at(stage)
        parts = {"dense": dense_block(channels, shape.growth, count, attention)}
        channels += count * shape.growth
        if stage == STAGES[-1]:
            parts["end"] = seq(norm=Norm(channels), relu=RELU)
        else:
            parts["transition"] = transition(channels, attention)
            channels //= 2
        stages[f"stage{stage}"] = seq(**parts)
    return seq(**stages, head=classifier(channels, model.classes))


def dense_block(c_in: int, growth: int, count: int, attention: Slot) -> Seq:
    """Return `count` dense layers: (c_in, H, W) to (c_in + count * growth, H, W)."""
    layers = {
        f"layer{i + 1}": dense_layer(c_in + i * growth, growth, attention) for i in range(count)
    }
    return seq(**layers, **attention(Place.BLOCK, c_in + count * growth))


@lru_cache(maxsize=1024)  # growth rates being equal, depths share most of their layers
def dense_layer(c_in: int, growth: int, attention: Slot) -> Concat:
    """Return one dense layer: (c_in, H, W) to (c_in + growth, H, W)."""
    between = BOTTLENECK * growth
    new = seq(
        norm1=Norm(c_in),
        relu1=RELU,
        conv1=conv(c_in, between, 1),
        norm2=Norm(between),
        relu2=RELU,
        conv2=conv(between, growth, 3),
        **attention(Place.STANDARD, growth),
    )
    return Concat((("old", IDENTITY), ("new", new)))


def transition(c_in: int, attention: Slot) -> Seq:
    """Return what is between two dense blocks: (c_in, H, W) to (c_in/2, H/2, W/2)."""
    return seq(
        norm=Norm(c_in),
        relu=RELU,
        conv=conv(c_in, c_in // 2, 1),
        pool=Pool(Reduce.AVG, (2, 2), (2, 2)),
        **attention(Place.BLOCK, c_in // 2),
    )


FAMILIES = tuple(
    Family(
        name=f"densenet{depth}",
        title=f"DenseNet-{depth}",
        source="Huang et al., arXiv 1608.06993, table 1",
        build=partial(densenet, depth),
        stages=STAGES,
        places=(Place.STANDARD, Place.BLOCK),
        note="standard is on the new channels of every dense layer, before they are stacked; "
        "block is after every dense block and every transition",
    )
    for depth in DEPTHS
)
