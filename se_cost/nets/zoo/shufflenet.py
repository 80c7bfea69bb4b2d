"""ShuffleNet 1x with 3 groups (Zhang et al., arXiv 1707.01083, table 1), plain and with SE.

A unit is a bottleneck whose 1x1 convolutions have groups, with a shuffle of the channels between
the groups. Where a stage begins, the shortcut is a pooled copy of the input, and the two are
stacked instead of summed.
"""

from functools import lru_cache

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
    Shuffle,
    add,
    conv,
    seq,
)
from se_cost.nets.zoo.family import Family
from se_cost.nets.zoo.resnet import classifier, stem

GROUPS = 3
STEM = 24  # channels of stage 1
CHANNELS = {2: 240, 3: 480, 4: 960}  # stage to output channels
SUMS = {2: 3, 3: 7, 4: 3}  # stage to units of stride 1, which follow the one of stride 2
NARROWING = 4  # the bottleneck of a unit has a quarter of its output channels


def shufflenet(model: Zoo) -> Seq:
    """Return ShuffleNet 1x, g = 3."""
    stages: dict[str, Node] = {"stage1": stem(STEM, kernel=3)}
    c_in = STEM
    for stage, c_out in CHANNELS.items():
        # the stem's channels are too few for groups
        blocks = {"block1": halving(c_in, c_out, groups=1 if c_in == STEM else GROUPS)}
        for i in range(SUMS[stage]):
            blocks[f"block{i + 2}"] = keeping(c_out, model.attention.at(stage))
        stages[f"stage{stage}"] = seq(**blocks)
        c_in = c_out
    return seq(**stages, head=classifier(c_in, model.classes))


@lru_cache(maxsize=1024)  # units repeat, within a network and from one model to the next
def keeping(channels: int, attention: Slot) -> Seq:
    """Return the unit of stride 1 (figure 2b), attention on its residual branch."""
    residual = seq(
        branch=branch(channels, channels, channels // NARROWING, stride=1, groups=GROUPS),
        **attention(Place.STANDARD, channels),
    )
    return seq(sum=add(residual=residual, shortcut=IDENTITY), relu=RELU)


def halving(c_in: int, c_out: int, groups: int) -> Seq:
    """Return the unit of stride 2 (figure 2c): (C_in, H, W) to (C_out, H/2, W/2)."""
    # stacked on the shortcut's c_in channels, the branch makes up the rest
    parts: dict[str, Node] = {
        "shortcut": Pool(Reduce.AVG, (3, 3), (2, 2), (1, 1)),
        "residual": branch(c_in, c_out - c_in, c_out // NARROWING, stride=2, groups=groups),
    }
    return seq(stack=Concat(tuple(parts.items())), relu=RELU)


def branch(c_in: int, c_out: int, width: int, stride: int, groups: int) -> Seq:
    """Return 1x1, shuffle, depthwise 3x3 and 1x1, of which only the first has a ReLU."""
    return seq(
        conv1=conv(c_in, width, 1, groups=groups),
        norm1=Norm(width),
        relu1=RELU,
        shuffle=Shuffle(GROUPS),
        conv2=conv(width, width, 3, stride=stride, groups=width),
        norm2=Norm(width),
        conv3=conv(width, c_out, 1, groups=GROUPS),
        norm3=Norm(c_out),
    )


FAMILIES = (
    Family(
        name="shufflenet",
        title="ShuffleNet",
        source="Zhang et al., arXiv 1707.01083, table 1 (1x, g = 3)",
        build=shufflenet,
        stages=tuple(CHANNELS),
        note="on the residual branch of the 13 units of stride 1, before the sum",
    ),
)
