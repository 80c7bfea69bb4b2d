"""Which dimension of a result holds the channels, from what an operator does to its operands."""

from collections.abc import Sequence
from math import prod

from se_cost.ledger.trace import Value
from se_cost.nets.nodes import Shape

RESHAPES = ("view", "unsafe_view", "reshape", "squeeze")
MATRICES = ("mm", "addmm", "bmm", "baddbmm")


def channel_of(
    name: str, operands: Sequence[Value], dims: Sequence[int], output: Shape
) -> int | None:
    """Return the dimension of the channels in a result of shape `output`; None if unknown."""
    if name in MATRICES:
        return _of_product(operands[-2], operands[-1], len(output) - 1)
    source = _source(operands, output)
    if source is None or source.channel is None:
        return None
    channel, before = source.channel, source.shape
    match name:
        case "convolution" | "deconvolution":
            return channel if along_channels(source) else 1
        case "permute":
            return list(dims).index(channel)
        case "transpose" | "t":
            pair = dims or (0, 1)
            return {pair[0]: pair[1], pair[1]: pair[0]}.get(channel, channel)
        case "unsqueeze" | "stack":
            return channel + (dims[0] <= channel)
        case _ if name in RESHAPES:
            return _reshaped(channel, before, output)
        case _ if len(output) < len(before):
            return None if channel in dims or not dims else channel - sum(d < channel for d in dims)
        case _:  # further dimensions come before, as by broadcasting
            return channel + len(output) - len(before)


def along_channels(x: Value) -> bool:
    """Return whether a convolution of `x` runs along its channels, which are no batch of maps."""
    return x.channel not in (None, 1) and x.shape[1] == 1


def _source(operands: Sequence[Value], output: Shape) -> Value | None:
    """Return the operand whose channels are the result's."""
    known = [value for value in operands if value.channel is not None]
    whole = [value for value in known if value.shape == output]
    return next(iter(whole or known), None)


def _of_product(a: Value, b: Value, last: int) -> int | None:
    """Return the channels of (.., rows, k) times (.., k, columns): new ones by learned weights."""
    if a.channel == last - 1:
        return last - 1
    if b.channel == last:
        return last
    if not b.live:
        return last
    return None if a.live else last - 1


def _reshaped(channel: int, before: Shape, after: Shape) -> int | None:
    """Return the channels' dimension after a change of shape.

    Where the channels are divided they are the last of the parts, as groups of them come first.
    """
    inner = prod(before[channel + 1 :])
    outer = inner * before[channel]
    if inner == outer:  # a single channel
        return channel if channel < len(after) and after[channel] == 1 else None
    stride = 1
    for d in reversed(range(len(after))):
        if after[d] > 1 and stride < outer and stride * after[d] > inner:
            return d
        stride *= after[d]
    return None
