"""Layers in words, as table 1 of the SE paper shows them."""

from typing import assert_never

from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.nodes import (
    Act,
    Add,
    Attend,
    ChannelPool,
    Columns,
    Concat,
    Conv,
    Cross,
    Deconv,
    Dropout,
    Flatten,
    Gate,
    GlobalPool,
    Leaf,
    Linear,
    Node,
    Norm,
    Pad,
    Pool,
    Scale,
    Scores,
    Seq,
    Shift,
    Shuffle,
    Size,
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
)


def layer(node: Node, name: str = "") -> str:
    """Return a layer in words; norms, activations and what has no cost have none.

    `name` is that of the submodule, which says the kind of an attention.
    """
    if name in KINDS:
        return " ".join(filter(None, (KINDS[name].title, "-".join(_widths(node)))))
    match node:
        case Seq(children):
            return " → ".join(filter(None, (layer(child, name) for name, child in children)))
        case Add(children):
            branches = [layer(child, name) for name, child in children if name != "shortcut"]
            equal = len(branches) > 1 and len(set(branches)) == 1
            return f"{len(branches)} x ({branches[0]})" if equal else " + ".join(branches)
        case Concat(children):
            return f"[{' | '.join(layer(child, name) or 'input' for name, child in children)}]"
        case Columns(children):
            return " | ".join(layer(child, name) for name, child in children)
        case Gate():
            return f"gate {'-'.join(_widths(node))}"
        case Shift():
            return f"shift {'-'.join(_widths(node))}"
        case Weigh():
            return f"weighed sum {'-'.join(_widths(node))}"
        case Cross():
            return f"rows and columns {'-'.join(_widths(node))}"
        case Stretch(children):
            return " → ".join(filter(None, (layer(child, name) for name, child in children)))
        case Scores():
            return f"scores {'-'.join(_widths(node))}"
        case Attend():
            return f"self-attention {'-'.join(_widths(node))}"
        case _:
            return _leaf(node)


def _leaf(node: Leaf) -> str:
    """Return a layer that is no join in words."""
    match node:
        case Conv(c_in, c_out, kernel, stride, groups=groups) if groups == c_in == c_out:
            return f"depthwise {_size(kernel)}{_stride(stride)}"
        case Conv(_, c_out, kernel, stride, _, groups, _, dilation):
            words = [f"{_size(kernel)}, {c_out}"]
            words += [f"{groups} groups"] * (groups > 1)
            words += [f"dilation {dilation[0]}"] * (dilation != (1, 1))
            return ", ".join(words) + _stride(stride)
        case Deconv(_, c_out, kernel, stride):
            return f"transposed {_size(kernel)}, {c_out}{_stride(stride)}"
        case Pool(reduce, kernel, stride):
            return f"{reduce.value} pool {_size(kernel)}{_stride(stride)}"
        case GlobalPool(reduce):
            return f"global {reduce.value} pool"
        case ColumnSum():
            return "sum of the columns"
        case GlobalStd():
            return "global standard deviation"
        case Profiles():
            return "means of rows and columns"
        case ChannelPool(reduce):
            return f"{reduce.value} of the channels"
        case Softmax():
            return "softmax over the map"
        case RowSoftmax():
            return "softmax of rows"
        case Energy():
            return "energy"
        case Linear(_, c_out):
            return f"fc {c_out}"
        case ChannelConv(kernel):
            return f"{kernel} along the channels"
        case Upsample(factor, mode):
            return f"{mode.value} upsampling {factor}x"
        case Shuffle():
            return "shuffle"
        case Norm() | LayerNorm() | Act() | Scale() | Plus() | Pad() | Flatten() | Dropout():
            return ""
        case _:
            assert_never(node)


def _widths(node: Node) -> list[str]:
    """Return how many channels the layers of an attention make, or how many they convolve."""
    match node:
        case Linear(_, c_out) | Conv(_, c_out):
            return [f"{c_out}"]
        case ChannelConv(kernel):
            return [f"{kernel}"]
        case Seq() | Add() | Concat() | Columns() | Gate() | Shift() | Weigh() | Cross():
            return [width for _, child in node.children for width in _widths(child)]
        case Stretch() | Scores() | Attend():
            return [width for _, child in node.children for width in _widths(child)]
        case _:
            return []


def _size(kernel: Size) -> str:
    return f"{kernel[0]}x{kernel[1]}"


def _stride(stride: Size) -> str:
    return f" /{stride[0]}" if stride != (1, 1) else ""
