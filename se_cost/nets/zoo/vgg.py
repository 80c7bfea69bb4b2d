"""VGG-16 (Simonyan & Zisserman, arXiv 1409.1556, table 1, column D), with batch norm.

The paper predates batch norm; SE's table 2 has the variant with a norm after each convolution,
which keeps the convolutions' biases. The classifier is made for a 7x7 map: 224 pixels, no others.
"""

from functools import lru_cache

from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import Place
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import (
    RELU,
    Dropout,
    Flatten,
    Linear,
    Node,
    Norm,
    Pool,
    Reduce,
    Seq,
    conv,
    seq,
)
from se_cost.nets.zoo.family import Family

STAGES = {  # stage to the channels of its 3x3 convolutions
    1: (64, 64),
    2: (128, 128),
    3: (256, 256, 256),
    4: (512, 512, 512),
    5: (512, 512, 512),
}
LAST_MAP = 7 * 7  # pixels of what the classifier sees
HIDDEN = 4096  # width of the classifier's two hidden layers


def vgg16(model: Zoo) -> Seq:
    """Return VGG-16: (3, 224, 224) to (classes,)."""
    stages: dict[str, Node] = {}
    c_in = 3
    for stage, channels in STAGES.items():
        attention, blocks = model.attention.at(stage), {}
        for i, c_out in enumerate(channels, 1):
            blocks[f"block{i}"] = block(c_in, c_out, attention)
            c_in = c_out
        stages[f"stage{stage}"] = seq(**blocks, pool=Pool(Reduce.MAX, (2, 2), (2, 2)))
    return seq(**stages, head=classifier(c_in, model.classes))


@lru_cache(maxsize=256)
def block(c_in: int, c_out: int, attention: Slot) -> Seq:
    """Return one 3x3 convolution with what follows it: (c_in, H, W) to (c_out, H, W)."""
    return seq(
        conv=conv(c_in, c_out, 3, bias=True),
        norm=Norm(c_out),
        relu=RELU,
        **attention(Place.STANDARD, c_out),
    )


def classifier(c_in: int, classes: int) -> Seq:
    """Return the three fully connected layers: (c_in, 7, 7) to (classes,)."""
    return seq(
        flatten=Flatten(),
        fc1=Linear(c_in * LAST_MAP, HIDDEN),
        relu1=RELU,
        dropout1=Dropout(),
        fc2=Linear(HIDDEN, HIDDEN),
        relu2=RELU,
        dropout2=Dropout(),
        fc3=Linear(HIDDEN, classes),
    )


FAMILIES = (
    Family(
        name="vgg16",
        title="VGG-16 (BN)",
        source="Simonyan & Zisserman, arXiv 1409.1556, table 1, column D",
        build=vgg16,
        stages=tuple(STAGES),
        smallest=None,
        note="after the ReLU of each of the 13 convolutions",
    ),
)
