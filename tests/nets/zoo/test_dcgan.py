"""DCGAN's generator against its paper and PyTorch's example."""

import pytest

from se_cost.errors import UsageError
from se_cost.ledger.costs import costs
from se_cost.nets.zoo.model import model

BOTH = costs(model("se_dcgan"))


def test_figure_1() -> None:
    """The maps are those of figure 1, from 4x4x1024 to an image of 64x64x3."""
    maps = [row.output for row in BOTH.plain.rows if row.op == "deconv"]
    assert maps == [(1024, 4, 4), (512, 8, 8), (256, 16, 16), (128, 32, 32), (3, 64, 64)]


def test_pytorch_example() -> None:
    """The generator of pytorch/examples, with 64 channels for 128, has 3,576,704 parameters."""
    assert costs(model("dcgan", width=0.5)).plain.params == 3_576_704


def test_macs() -> None:
    """A transposed convolution spreads each input value over 4x4 values of each output channel."""
    doubled = (4 * 4, 1024, 512), (8 * 8, 512, 256), (16 * 16, 256, 128), (32 * 32, 128, 3)
    spread = 100 * 1024 + sum(pixels * c_in * c_out for pixels, c_in, c_out in doubled)
    assert BOTH.plain.macs == 4 * 4 * spread == 410_583_040


def test_all_but_the_image_is_gated() -> None:
    """Each up-convolution but the last, which makes the image, has one block."""
    sites = [(site.stage, site.blocks, site.channels) for site in BOTH.stages]
    assert sites == [(1, 1, [1024]), (2, 1, [512]), (3, 1, [256]), (4, 1, [128])]


def test_input_is_fixed() -> None:
    """The input is a vector of 100, not an image whose size could be chosen."""
    with pytest.raises(UsageError, match="100x1x1"):
        model("dcgan", input=64)
