"""Inception-ResNet-v2 (Szegedy et al., arXiv 1602.07261, figures 15 to 19), as released.

The authors' TF-slim model differs from the paper's figures: a plainer stem, twice as many blocks,
and other channels here and there. It is the one whose weights are in use, and the one built here.
A residual branch is an Inception module, a linear 1x1 convolution, and a constant below 1 that
steadies the training (section 3.3).
"""

from functools import lru_cache

from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import Place
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import (
    RELU,
    Conv,
    Dropout,
    GlobalPool,
    Linear,
    Node,
    Pool,
    Reduce,
    Scale,
    Seq,
    add,
    seq,
)
from se_cost.nets.zoo.family import Family
from se_cost.nets.zoo.inception import K3, Chain, Layer, chain, stack, stacked, width
from se_cost.record import Record

HALVE = Pool(Reduce.MAX, K3, (2, 2))
MEAN = Pool(Reduce.AVG, K3, (1, 1), (1, 1))


class Stage(Record):
    """An Inception module that makes the stage's map, residual blocks of one kind, and the end."""

    entry: tuple[Chain, ...]
    block: tuple[Chain, ...]
    scales: tuple[float | None, ...]  # one per block; None: neither a constant nor a ReLU
    end: Chain = ()


STEM: dict[int, Chain] = {  # stages 1 and 2
    1: (Layer(32, K3, 2, padded=False), Layer(32, K3, padded=False), Layer(64, K3), HALVE),
    2: (Layer(80), Layer(192, K3, padded=False), HALVE),
}
STAGES = {
    3: Stage(  # 35x35: mixed_5b and block35
        entry=(
            (Layer(96),),
            (Layer(48), Layer(64, (5, 5))),
            (Layer(64), Layer(96, K3), Layer(96, K3)),
            (MEAN, Layer(64)),
        ),
        block=(
            (Layer(32),),
            (Layer(32), Layer(32, K3)),
            (Layer(32), Layer(48, K3), Layer(64, K3)),
        ),
        scales=10 * (0.17,),
    ),
    4: Stage(  # 17x17: mixed_6a and block17
        entry=(
            (Layer(384, K3, 2, padded=False),),
            (Layer(256), Layer(256, K3), Layer(384, K3, 2, padded=False)),
            (HALVE,),
        ),
        block=(
            (Layer(192),),
            (Layer(128), Layer(160, (1, 7)), Layer(192, (7, 1))),
        ),
        scales=20 * (0.10,),
    ),
    5: Stage(  # 8x8: mixed_7a and block8
        entry=(
            (Layer(256), Layer(384, K3, 2, padded=False)),
            (Layer(256), Layer(288, K3, 2, padded=False)),
            (Layer(256), Layer(288, K3), Layer(320, K3, 2, padded=False)),
            (HALVE,),
        ),
        block=(
            (Layer(192),),
            (Layer(192), Layer(224, (1, 3)), Layer(256, (3, 1))),
        ),
        scales=(*9 * (0.20,), None),
        end=(Layer(1536),),  # conv2d_7b
    ),
}


def inception_resnet_v2(model: Zoo) -> Seq:
    """Return Inception-ResNet-v2: (3, H, W) to (classes,)."""
    stages: dict[str, Node] = {}
    c_in = 3
    for number, layers in STEM.items():
        stages[f"stage{number}"] = chain(c_in, layers)
        c_in = width(c_in, layers)
    for number, stage in STAGES.items():
        attention, entry = model.attention.at(number), stack(c_in, stage.entry)
        c_in = stacked(c_in, stage.entry)
        blocks = {
            f"block{i}": block(c_in, stage.block, scale, attention)
            for i, scale in enumerate(stage.scales, 1)
        }
        stages[f"stage{number}"] = seq(entry=entry, **blocks, end=chain(c_in, stage.end))
        c_in = width(c_in, stage.end)
    head = seq(pool=GlobalPool(), dropout=Dropout(0.2), fc=Linear(c_in, model.classes))
    return seq(**stages, head=head)


@lru_cache(maxsize=256)
def block(channels: int, branches: tuple[Chain, ...], scale: float | None, attention: Slot) -> Seq:
    """Return a residual block; its attention sees the branch before the constant scales it."""
    residual = seq(
        **attention(Place.PRE, channels),
        stack=stack(channels, branches),
        conv=Conv(stacked(channels, branches), channels, bias=True),
        **attention(Place.STANDARD, channels),
        **({"scale": Scale(scale)} if scale else {}),
    )
    return seq(
        sum=add(residual=residual, shortcut=seq(**attention(Place.IDENTITY, channels))),
        **({"relu": RELU} if scale else {}),
        **attention(Place.POST, channels),
    )


FAMILIES = (
    Family(
        name="inception_resnet_v2",
        title="Inception-ResNet-v2",
        source="Szegedy et al., arXiv 1602.07261, figures 15 to 19",
        build=inception_resnet_v2,
        stages=tuple(STAGES),
        places=(Place.STANDARD, Place.PRE, Place.POST, Place.IDENTITY),
        input=(3, 299, 299),
        smallest=75,
        note="in each of the 40 residual blocks; standard is on the residual branch, before its "
        "constant scale and the sum",
    ),
)
