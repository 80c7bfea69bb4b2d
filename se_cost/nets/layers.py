"""Layers in words, as table 1 of the SE paper shows them."""

from typing import assert_never

from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.nodes import (
    Act,
    Add,
    ChannelConv,
    Concat,
    Conv,
    Deconv,
    Dropout,
    Flatten,
    Gate,
    GlobalPool,
    Linear,
    Node,
    Norm,
    Pad,
    Pool,
    Scale,
    Seq,
    Shuffle,
    Size,
    Upsample,
)


def layer(node: Node, name: str = "") -> str:
    """Return a layer in words; norms, activations and what has no cost have none.

    `name` is that of the submodule, which says the kind of an attention.
    """
    match node:
        case Seq(children):
            return " → ".join(filter(None, (layer(child, name) for name, child in children)))
        case Add(children):
            branches = [layer(child, name) for name, child in children if name != "shortcut"]
            equal = len(branches) > 1 and len(set(branches)) == 1
            return f"{len(branches)} x ({branches[0]})" if equal else " + ".join(branches)
        case Concat(children):
            return f"[{' | '.join(layer(child, name) or 'input' for name, child in children)}]"
        case Gate(children):
            widths = [_width(child) for _, child in children]
            title = KINDS[name].title if name in KINDS else "gate"
            return f"{title} {'-'.join(filter(None, widths))}"
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
        case Linear(_, c_out):
            return f"fc {c_out}"
        case ChannelConv(kernel):
            return f"{kernel} along the channels"
        case Upsample(factor, mode):
            return f"{mode.value} upsampling {factor}x"
        case Shuffle():
            return "shuffle"
        case Norm() | Act() | Scale() | Pad() | Flatten() | Dropout():
            return ""
        case _:
            assert_never(node)


def _width(node: Node) -> str:
    """Return how many channels a layer of a gate makes, or how many it convolves."""
    match node:
        case Linear(_, c_out) | Conv(_, c_out):
            return f"{c_out}"
        case ChannelConv(kernel):
            return f"{kernel}"
        case _:
            return ""


def _size(kernel: Size) -> str:
    return f"{kernel[0]}x{kernel[1]}"


def _stride(stride: Size) -> str:
    return f" /{stride[0]}" if stride != (1, 1) else ""
