"""FCN on a ResNet-50 (Long et al., arXiv 1411.4038), as in torchvision, plain and with SE.

The paper turns a classifier into a network that labels every pixel. The form in use today keeps
the map at 1/8 of the input: stages 4 and 5 do not halve it, and dilate their 3x3 convolutions
instead. The result is enlarged 8 times, so it is of the input's size if that divides by 8. The
auxiliary classifier, which only training uses, is left out.
"""

from se_cost.nets.attention.place import RESIDUAL_PLACES
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import RELU, Dropout, Interpolation, Node, Norm, Seq, Upsample, conv, seq
from se_cost.nets.zoo.family import Family
from se_cost.nets.zoo.resnet import DEPTHS, STEM, WIDTHS, block, stem

TRUNK = DEPTHS[50]
# stage to the dilation of its first block, which is that of the stage before, and of the others
DILATIONS = {2: (1, 1), 3: (1, 1), 4: (1, 2), 5: (2, 4)}


def fcn(model: Zoo) -> Seq:
    """Return the network: (3, H, W) to (classes, H, W)."""
    stages: dict[str, Node] = {"stage1": stem()}
    c_in = STEM
    for (stage, width), count in zip(WIDTHS.items(), TRUNK.blocks, strict=True):
        attention, c_out = model.attention.at(stage), width * TRUNK.expansion
        first, others = DILATIONS[stage]
        blocks = {}
        for i in range(count):
            stride, dilation = (2 if stage == 3 else 1, first) if i == 0 else (1, others)
            blocks[f"block{i + 1}"] = block(
                c_in, width, c_out, stride, attention, model.stride_in, dilation
            )
            c_in = c_out
        stages[f"stage{stage}"] = seq(**blocks)
    return seq(**stages, head=pixels(c_in, model.classes))


def pixels(c_in: int, classes: int) -> Seq:
    """Return the head, which labels every pixel: (C, H, W) to (classes, 8H, 8W)."""
    width = c_in // 4
    return seq(
        conv=conv(c_in, width, 3),
        norm=Norm(width),
        relu=RELU,
        dropout=Dropout(0.1),
        score=conv(width, classes, 1, bias=True),
        upsample=Upsample(8, Interpolation.BILINEAR),
    )


FAMILIES = (
    Family(
        name="fcn_resnet50",
        title="FCN-ResNet-50",
        source="Long et al., arXiv 1411.4038, on a dilated ResNet-50 as in torchvision",
        build=fcn,
        stages=tuple(WIDTHS),
        places=RESIDUAL_PLACES,
        input=(3, 512, 512),
        classes=21,
        options=frozenset({"stride_in"}),
    ),
)
