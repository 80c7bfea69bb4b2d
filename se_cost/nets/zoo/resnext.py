"""ResNeXt (Xie et al., arXiv 1611.05431, table 1) and SENet-154 (Hu et al., arXiv 1709.01507).

Both are ResNets whose 3x3 convolutions are wide and in groups, and take the stride of their stage.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import RESIDUAL_PLACES, Place
from se_cost.nets.model import Head, StrideIn, Zoo
from se_cost.nets.nodes import (
    RELU,
    Dropout,
    GlobalPool,
    Linear,
    Norm,
    Pool,
    Reduce,
    Seq,
    conv,
    seq,
)
from se_cost.nets.zoo.family import Family
from se_cost.nets.zoo.resnet import (
    DEPTHS,
    STEM,
    WIDTHS,
    bottleneck,
    classifier,
    residual_block,
    shortcut,
    stem,
)

Block = Callable[[int, int, int, Slot], Seq]  # of c_in, c_out, stride and attention

RESNEXTS = (50, 101)  # depths, whose stages are those of the ResNets
SENET = 152  # the depth that SENet-154 starts from
CHANNELS = [width * DEPTHS[SENET].expansion for width in WIDTHS.values()]  # of stages 2 to 5


def resnext(depth: int, model: Zoo) -> Seq:
    """Return ResNeXt-`depth` (32x4d)."""
    return seq(
        stage1=stem(),
        **stages(resnext_block, DEPTHS[depth].blocks, (STEM, *CHANNELS), model),
        **head(model, classifier(CHANNELS[-1], model.classes)),
    )


def senet154(model: Zoo) -> Seq:
    """Return SENet-154, or without attention the network that it puts SE on.

    That is ResNeXt-152 (64x4d) with four changes: the first 1x1 convolution of each block has half
    the channels, the stem is three 3x3 convolutions, a projection with a stride is 3x3, and
    dropout precedes the classifier.
    """
    wide = 2 * STEM
    return seq(
        stage1=seq(
            conv1=conv(3, STEM, 3, stride=2),
            norm1=Norm(STEM),
            relu1=RELU,
            conv2=conv(STEM, STEM, 3),
            norm2=Norm(STEM),
            relu2=RELU,
            conv3=conv(STEM, wide, 3),
            norm3=Norm(wide),
            relu3=RELU,
            pool=Pool(Reduce.MAX, (3, 3), (2, 2), ceil=True),  # as Caffe pools
        ),
        **stages(senet_block, DEPTHS[SENET].blocks, (wide, *CHANNELS), model),
        **head(
            model,
            seq(pool=GlobalPool(), dropout=Dropout(0.2), fc=Linear(CHANNELS[-1], model.classes)),
        ),
    )


def stages(
    block: Block, counts: Sequence[int], channels: Sequence[int], model: Zoo
) -> dict[str, Seq]:
    """Return stages 2 and on, of `counts` blocks each; all but stage 2 halve height and width.

    `channels` are those that leave stage 1 and each of these stages.
    """
    made = {}
    for stage, (count, (c_in, c_out)) in enumerate(zip(counts, pairwise(channels), strict=True), 2):
        attention = model.attention.at(stage)
        first = block(c_in, c_out, 1 if stage == 2 else 2, attention)
        other = block(c_out, c_out, 1, attention)
        made[f"stage{stage}"] = seq(
            **{f"block{i + 1}": other if i else first for i in range(count)}
        )
    return made


def head(model: Zoo, top: Seq) -> dict[str, Seq]:
    """Return `{"head": top}` if the model wants a classifier, else nothing."""
    return {"head": top} if model.head is Head.CLASSIFIER else {}


def resnext_block(c_in: int, c_out: int, stride: int, attention: Slot) -> Seq:
    """Return a block with 32 groups, of 4 channels where 256 come out."""
    width = c_out // 2
    residual = bottleneck(c_in, width, c_out, stride, attention, StrideIn.CONV3X3, groups=32)
    return residual_block(residual, shortcut(c_in, c_out, stride, attention), c_out, attention)


def senet_block(c_in: int, c_out: int, stride: int, attention: Slot) -> Seq:
    """Return a block with 64 groups, of 4 channels where 256 come out."""
    residual = bottleneck(
        c_in, c_out, c_out, stride, attention, StrideIn.CONV3X3, groups=64, reduced=c_out // 2
    )
    if stride == 1:
        identity = shortcut(c_in, c_out, stride, attention)
    else:
        identity = seq(
            conv=conv(c_in, c_out, 3, stride=stride),
            norm=Norm(c_out),
            **attention(Place.IDENTITY, c_out),
        )
    return residual_block(residual, identity, c_out, attention)


def _family(
    name: str,
    title: str,
    source: str,
    build: Callable[[Zoo], Seq],
    usual: str | None = None,
    attended: str = "",
) -> Family:
    return Family(
        name=name,
        title=title,
        usual=usual,
        attended=attended,
        source=source,
        build=build,
        stages=tuple(WIDTHS),
        places=RESIDUAL_PLACES,
        options=frozenset({"head"}),
    )


FAMILIES = (
    *(
        _family(
            f"resnext{depth}_32x4d",
            f"ResNeXt-{depth} (32x4d)",
            "Xie et al., arXiv 1611.05431, table 1",
            partial(resnext, depth),
        )
        for depth in RESNEXTS
    ),
    _family(
        "senet154",
        "SENet-154 without SE",
        "Hu et al., arXiv 1709.01507, appendix",
        senet154,
        usual="se",
        attended="SENet-154",
    ),
)
