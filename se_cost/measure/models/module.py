"""The torch module as a reading of a network; names of submodules are paths of the ledger."""

from collections import OrderedDict
from typing import assert_never

import torch
from torch import nn

from se_cost.measure.models.layers import (
    AlongChannels,
    Attended,
    Constant,
    Crossed,
    Gated,
    MeansOfLines,
    Offset,
    OverChannels,
    PositionScores,
    Shifted,
    SideBySide,
    SoftmaxOfRows,
    SoftmaxOverMap,
    Stack,
    StdOverMap,
    Stretched,
    Sum,
    SummedColumns,
    ValueEnergy,
    Weighed,
)
from se_cost.nets.nodes import (
    Act,
    Add,
    Attend,
    ChannelPool,
    Children,
    Columns,
    Concat,
    Conv,
    Cross,
    Deconv,
    Dropout,
    Flatten,
    Fn,
    Gate,
    GlobalPool,
    Leaf,
    Linear,
    Node,
    Norm,
    Pad,
    Pool,
    Reduce,
    Scale,
    Scores,
    Seq,
    Shift,
    Shuffle,
    Stretch,
    Upsample,
    Weigh,
)
from se_cost.nets.special import (
    ChannelConv,
    ColumnSum,
    Energy,
    GlobalStd,
    LayerNorm,
    Plus,
    Profiles,
    RowSoftmax,
    Softmax,
    Special,
)

ACTIVATIONS: dict[Fn, type[nn.Module]] = {
    Fn.RELU: nn.ReLU,
    Fn.SIGMOID: nn.Sigmoid,
    Fn.TANH: nn.Tanh,
    Fn.HARDSIGMOID: nn.Hardsigmoid,
    Fn.HARDSWISH: nn.Hardswish,
}
RELU_IN_PLACE_AFTER = (Conv, Deconv, Norm, Linear, Add)  # whose backward needs no output of theirs


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
        case Columns(children):
            return SideBySide(_parallel(children))
        case Shift(children):
            return Shifted(_sequence(children))
        case Weigh(children):
            return Weighed(_sequence(children))
        case Cross(children):
            return Crossed(_parallel(children))
        case Stretch(children):
            return Stretched(_sequence(children))
        case Scores(children, heads, channels, size):
            return PositionScores(_parallel(children), channels // heads, size)
        case Attend(children):
            return Attended(_parallel(children))
        case _:
            return _leaf(node)


def _leaf(node: Leaf) -> nn.Module:
    """Return the module of a layer."""
    match node:
        case Conv(c_in, c_out, kernel, stride, padding, groups, bias, dilation):
            return nn.Conv2d(c_in, c_out, kernel, stride, padding, dilation, groups, bias)
        case Deconv(c_in, c_out, kernel, stride, padding, bias):
            return nn.ConvTranspose2d(c_in, c_out, kernel, stride, padding, bias=bias)
        case Norm(channels):
            return nn.BatchNorm2d(channels)
        case Act(fn):
            return ACTIVATIONS[fn]()
        case Pool(reduce, kernel, stride, padding, ceil, counts_padding):
            if reduce is Reduce.MAX:
                return nn.MaxPool2d(kernel, stride, padding, ceil_mode=ceil)
            return nn.AvgPool2d(kernel, stride, padding, ceil, counts_padding)
        case GlobalPool(reduce):
            average = reduce is Reduce.AVG
            pool = nn.AdaptiveAvgPool2d(1) if average else nn.AdaptiveMaxPool2d(1)
            return nn.Sequential(pool, nn.Flatten())
        case ChannelPool(reduce):
            return OverChannels(reduce)
        case Linear(c_in, c_out, bias):
            return nn.Linear(c_in, c_out, bias)
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
            return _special(node)


def _special(node: Special) -> nn.Module:
    """Return the module of a layer that only attention is made of."""
    match node:
        case ChannelConv(kernel):
            return AlongChannels(kernel)
        case ColumnSum():
            return SummedColumns()
        case GlobalStd():
            return StdOverMap()
        case Profiles():
            return MeansOfLines()
        case Softmax():
            return SoftmaxOverMap()
        case RowSoftmax():
            return SoftmaxOfRows()
        case Energy(lam):
            return ValueEnergy(lam)
        case Plus(term):
            return Offset(term)
        case LayerNorm(channels):
            return nn.LayerNorm(channels)
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
