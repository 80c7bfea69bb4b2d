"""Modules in words, for reasons."""

from torch import nn

from se_cost.measure.fuse.factor import ACTIVATIONS
from se_cost.measure.fuse.sums import SumOfTwo
from se_cost.measure.models.layers import Constant, Gated, Stack, Sum

POOLINGS = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)


def named(module: nn.Module | None) -> str:
    """Return a module in words, for instance `a 3x3 convolution`."""
    match module:
        case None:
            return "nothing"
        case nn.Conv2d() if type(module) is nn.Conv2d:
            depthwise = module.groups == module.in_channels > 1
            size = "x".join(map(str, module.kernel_size))
            return f"a {size} {'depthwise ' * depthwise}convolution"
        case nn.ConvTranspose2d():
            return "a transposed convolution"
        case nn.BatchNorm2d():
            return "a norm"
        case Sum() | SumOfTwo():
            return "a sum"
        case Stack():
            return "a stack of maps"
        case Gated():
            return "another gate"
        case Constant():
            return "a constant factor"
    if type(module) in ACTIVATIONS:
        return "an activation"
    return "a pooling" if type(module) in POOLINGS else f"a {type(module).__name__}"
