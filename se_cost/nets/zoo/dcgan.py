"""The generator of DCGAN (Radford et al., arXiv 1511.06434, figure 1), plain and with SE.

100 random numbers become an image of 64x64 pixels. As in PyTorch's example, all five layers are
transposed convolutions with 4x4 kernels: the first, on a map of one pixel, is the paper's
projection; the others double the map. The example itself is half as wide: `width` 0.5.
"""

from se_cost.nets.attention.place import Place
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import RELU, Act, Deconv, Fn, Node, Norm, Seq, seq
from se_cost.nets.zoo.family import Family

LATENT = 100  # random numbers
CHANNELS = {1: 1024, 2: 512, 3: 256, 4: 128}  # stage to output channels; the next makes the image
IMAGE = 3  # channels of the image


def dcgan(model: Zoo) -> Seq:
    """Return the generator: (100, 1, 1) to (3, 64, 64)."""
    stages: dict[str, Node] = {}
    c_in = LATENT
    for stage, channels in CHANNELS.items():
        c_out = model.wide(channels)
        stages[f"stage{stage}"] = seq(
            deconv=projection(c_in, c_out) if stage == 1 else doubling(c_in, c_out),
            norm=Norm(c_out),
            relu=RELU,
            **model.attention.at(stage)(Place.STANDARD, c_out),
        )
        c_in = c_out
    image = seq(deconv=doubling(c_in, IMAGE), tanh=Act(Fn.TANH))
    return seq(**stages, **{f"stage{len(CHANNELS) + 1}": image})


def projection(c_in: int, c_out: int) -> Deconv:
    """Return the first up-convolution: (C_in, 1, 1) to (C_out, 4, 4)."""
    return Deconv(c_in, c_out, kernel=(4, 4), stride=(1, 1))


def doubling(c_in: int, c_out: int) -> Deconv:
    """Return one of the others: (C_in, H, W) to (C_out, 2H, 2W)."""
    return Deconv(c_in, c_out, kernel=(4, 4), stride=(2, 2), padding=(1, 1))


FAMILIES = (
    Family(
        name="dcgan",
        title="DCGAN",
        source="Radford et al., arXiv 1511.06434, figure 1 (the generator, with 4x4 kernels)",
        build=dcgan,
        stages=tuple(CHANNELS),
        input=(LATENT, 1, 1),
        classes=0,
        smallest=None,
        options=frozenset({"width"}),
        note="after the ReLU of each up-convolution but the last, which makes the image",
    ),
)
