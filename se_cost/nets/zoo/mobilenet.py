"""MobileNet (Howard et al., arXiv 1704.04861, table 1), plain and with SE.

Every convolution but the first is a pair: a depthwise one, which filters each channel by itself,
and a pointwise one, which mixes them. The paper's width multiplier is `model.width`, its
resolution multiplier the size of the input. The last depthwise convolution has stride 1: the
table says 2, but its sizes say 1.
"""

from functools import lru_cache

from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import Place
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import RELU, Node, Norm, Seq, conv, seq
from se_cost.nets.zoo.family import Family
from se_cost.nets.zoo.resnet import classifier

STEM = 32  # channels of the first convolution
POINTWISE = {  # stage to output channels of its pointwise convolutions; each stage halves the map
    1: (64,),
    2: (128, 128),
    3: (256, 256),
    4: (512,) * 6,
    5: (1024, 1024),
}


def mobilenet(model: Zoo) -> Seq:
    """Return MobileNet, every width multiplied by `model.width`."""
    c_in = model.wide(STEM)
    stages: dict[str, Node] = {}
    for stage, widths in POINTWISE.items():
        attention, stride = model.attention.at(stage), 1 if stage == 1 else 2
        blocks = {"stem": stem(c_in)} if stage == 1 else {}
        for i, width in enumerate(widths, start=1):
            c_out = model.wide(width)
            blocks[f"block{i}"] = separable(c_in, c_out, stride, attention)
            c_in, stride = c_out, 1
        stages[f"stage{stage}"] = seq(**blocks)
    return seq(**stages, head=classifier(c_in, model.classes))


def stem(c_out: int) -> Seq:
    """Return the one ordinary convolution: (3, H, W) to (C, H/2, W/2)."""
    return seq(conv=conv(3, c_out, 3, stride=2), norm=Norm(c_out), relu=RELU)


@lru_cache(maxsize=1024)  # blocks repeat, within a network and from one model to the next
def separable(c_in: int, c_out: int, stride: int, attention: Slot) -> Seq:
    """Return one depthwise separable convolution (figure 3), attention after its last ReLU."""
    return seq(
        depthwise=conv(c_in, c_in, 3, stride=stride, groups=c_in),
        norm1=Norm(c_in),
        relu1=RELU,
        pointwise=conv(c_in, c_out, 1),
        norm2=Norm(c_out),
        relu2=RELU,
        **attention(Place.STANDARD, c_out),
    )


FAMILIES = (
    Family(
        name="mobilenet",
        title="MobileNet",
        source="Howard et al., arXiv 1704.04861, table 1",
        build=mobilenet,
        stages=tuple(POINTWISE),
        options=frozenset({"width"}),
        note="after the ReLU of each of the 13 pointwise convolutions",
    ),
)
