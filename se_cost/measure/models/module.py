"""The torch module as a reading of a network; names of submodules are paths of the ledger."""

from collections import OrderedDict
from typing import assert_never

import torch
from torch import Tensor, nn

from se_cost.nets.nodes import (
    Act,
    Add,
    ChannelConv,
    Children,
    Concat,
    Conv,
    Deconv,
    Dropout,
    Flatten,
    Fn,
    Gate,
    GlobalPool,
    Linear,
    Node,
    Norm,
    Pad,
    Pool,
    Reduce,
    Scale,
    Seq,
    Shuffle,
    Upsample,
)

ACTIVATIONS: dict[Fn, type[nn.Module]] = {
    Fn.RELU: nn.ReLU,
    Fn.SIGMOID: nn.Sigmoid,
    Fn.TANH: nn.Tanh,
    Fn.HARDSIGMOID: nn.Hardsigmoid,
}
RELU_IN_PLACE_AFTER = (Conv, Deconv, Norm, Linear, Add)  # whose backward needs no output of theirs


class Sum(nn.ModuleDict):
    """Sum of the outputs of parallel parts."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum, of the shape of every part's output."""
        total: Tensor
        total, *others = [part(x) for part in self.values()]
        for other in others:
            total = total + other
        return total


class Stack(nn.ModuleDict):
    """Outputs of parallel parts, stacked along dimension 1."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the parts' outputs, one after another along the channels."""
        return torch.cat([part(x) for part in self.values()], 1)


class Gated(nn.Sequential):
    """The input times the output of the parts, which follow one another."""

    def forward(self, x: Tensor) -> Tensor:
        """Return `x` (N, C, H, W) times a factor (N, C) or (N, C, H, W)."""
        factor: Tensor = super().forward(x)  # type: ignore[no-untyped-call]
        return x * (factor if factor.dim() == x.dim() else factor[..., None, None])


class Constant(nn.Module):
    """The input times a constant."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        """Return the product, of the shape of `x`."""
        return x * self.factor


class AlongChannels(nn.Conv1d):
    """Convolution along the channels of a vector, one kernel for all of them, no bias."""

    def __init__(self, kernel: int) -> None:
        super().__init__(1, 1, kernel, padding=kernel // 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return a vector (N, C) for a vector `x` (N, C)."""
        return super().forward(x.unsqueeze(1)).squeeze(1)


def blank(node: Node) -> nn.Module:
    """Return the module on the meta device: shapes without values, at no cost."""
    with torch.device("meta"):
        return module(node)


def module(node: Node) -> nn.Module:
    """Return the module of a network, with torch's default initialisation, in training mode."""
    match node:
        case Seq(children):
            return nn.Sequential(_sequence(children))
        case Gate(children):
            return Gated(_sequence(children))
        case Add(children):
            return Sum(_parallel(children))
        case Concat(children):
            return Stack(_parallel(children))
        case Conv(c_in, c_out, kernel, stride, padding, groups, bias, dilation):
            return nn.Conv2d(c_in, c_out, kernel, stride, padding, dilation, groups, bias)
        case Deconv(c_in, c_out, kernel, stride, padding, bias):
            return nn.ConvTranspose2d(c_in, c_out, kernel, stride, padding, bias=bias)
        case Norm(channels):
            return nn.BatchNorm2d(channels)
        case Act(fn):
            return ACTIVATIONS[fn]()
        case Pool(reduce, kernel, stride, padding, ceil):
            if reduce is Reduce.MAX:
                return nn.MaxPool2d(kernel, stride, padding, ceil_mode=ceil)
            return nn.AvgPool2d(kernel, stride, padding, ceil_mode=ceil)
        case GlobalPool(reduce):
            average = reduce is Reduce.AVG
            pool = nn.AdaptiveAvgPool2d(1) if average else nn.AdaptiveMaxPool2d(1)
            return nn.Sequential(pool, nn.Flatten())
        case Linear(c_in, c_out, bias):
            return nn.Linear(c_in, c_out, bias)
        case ChannelConv(kernel):
            return AlongChannels(kernel)
        case Upsample(factor, mode):
            return nn.Upsample(scale_factor=factor, mode=mode.value)
        case Shuffle(groups):
            return nn.ChannelShuffle(groups)
        case Scale(factor):
            return Constant(factor)
        case Pad(channels):
            return nn.ZeroPad3d((0, 0, 0, 0, 0, channels))
        case Flatten():
            return nn.Flatten()
        case Dropout(p):
            return nn.Dropout(p)
        case _:
            assert_never(node)


def _parallel(children: Children) -> dict[str, nn.Module]:
    return {name: module(child) for name, child in children}


def _sequence(children: Children) -> OrderedDict[str, nn.Module]:
    """Return the parts by name; a ReLU works in place where autograd allows it, as is usual."""
    parts = OrderedDict(_parallel(children))
    nodes = [child for _, child in children]
    for before, part in zip(nodes, list(parts.values())[1:], strict=False):
        if isinstance(part, nn.ReLU) and isinstance(before, RELU_IN_PLACE_AFTER):
            part.inplace = True
    return parts
