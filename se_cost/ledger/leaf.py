"""The row of one layer: shapes are checked, costs noted."""

from collections.abc import Iterator
from math import prod
from typing import assert_never

from se_cost.errors import UsageError
from se_cost.ledger.rows import Row
from se_cost.nets.nodes import (
    Act,
    ChannelPool,
    Conv,
    Deconv,
    Dropout,
    Flatten,
    GlobalPool,
    Interpolation,
    Leaf,
    Linear,
    Norm,
    Pad,
    Pool,
    Scale,
    Shape,
    Shuffle,
    Size,
    Upsample,
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


class ShapeError(UsageError):
    """A layer that cannot take what it is given; the message begins with the path to it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path, self.reason = path, reason

    def within(self, name: str) -> "ShapeError":
        """Return the same error as seen from a parent that calls this part `name`."""
        return ShapeError(f"{name}.{self.path}" if self.path else name, self.reason)


def leaf_row(node: Leaf, shape: Shape) -> Row:
    """Return the one row of a layer."""
    size = prod(shape)
    match node:
        case Conv(c_in, c_out, kernel, stride, padding, groups, bias, dilation):
            _expect_map(shape, c_in)
            _expect_divisible(c_in, groups)
            _expect_divisible(c_out, groups)
            spread = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
            output = (c_out, *_windows(shape, spread, stride, padding))
            weights = c_out * c_in // groups * prod(kernel)
            macs = weights * prod(output[1:])
            added = prod(output) if bias else 0
            return Row("", "conv", (shape,), output, weights, c_out * bias, macs, added)
        case Deconv(c_in, c_out, kernel, stride, padding, bias):
            _expect_map(shape, c_in)
            output = (c_out, *_spread(shape, kernel, stride, padding))
            weights = c_out * c_in * prod(kernel)
            macs = weights * prod(shape[1:])
            added = prod(output) if bias else 0
            return Row("", "deconv", (shape,), output, weights, c_out * bias, macs, added)
        case Linear(c_in, c_out, bias):
            if shape != (c_in,):
                raise ShapeError("", f"expects a vector of {c_in}, gets {shape}")
            weights, biases = c_in * c_out, c_out * bias
            return Row("", "linear", (shape,), (c_out,), weights, biases, weights, biases)
        case Norm(channels):
            _expect_map(shape, channels)
            return Row("", "norm", (shape,), shape, channels, channels, elements=2 * size)
        case Act(fn):
            return Row("", fn.value, (shape,), shape, elements=size)
        case Pool(reduce, kernel, stride, padding, ceil):
            _expect_map(shape)
            if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
                raise ShapeError("", f"padding {padding} is over half of the window {kernel}")
            output = (shape[0], *_windows(shape, kernel, stride, padding, ceil))
            pooled = prod(output) * prod(kernel)
            return Row("", f"{reduce.value}_pool", (shape,), output, elements=pooled)
        case GlobalPool() | ChannelPool():
            return _pooled(node, shape)
        case Upsample(factor, mode):
            _expect_map(shape)
            output = (shape[0], shape[1] * factor, shape[2] * factor)
            # a bilinear value is a mean of four, a nearest one a copy
            elements = prod(output) * (4 if mode is Interpolation.BILINEAR else 1)
            return Row("", f"upsample_{mode.value}", (shape,), output, elements=elements)
        case Shuffle(groups):
            _expect_map(shape)
            _expect_divisible(shape[0], groups)
            return Row("", "shuffle", (shape,), shape)
        case Scale():
            return Row("", "constant", (shape,), shape, elements=size)
        case Pad(channels):
            _expect_map(shape)
            return Row("", "pad", (shape,), (shape[0] + channels, *shape[1:]))
        case Flatten():
            return Row("", "flatten", (shape,), (size,))
        case Dropout():
            return Row("", "dropout", (shape,), shape)
        case _:
            return _special(node, shape)


def _pooled(node: GlobalPool | ChannelPool, shape: Shape) -> Row:
    """Return the row of a pool over all positions, or over all channels."""
    size = prod(shape)
    match node:
        case GlobalPool(reduce):
            _expect_map(shape)
            op = f"global_{reduce.value}_pool"
            return Row("", op, (shape,), shape[:1], elements=size)
        case ChannelPool(reduce):
            _expect_map(shape)
            op = f"channel_{reduce.value}_pool"
            return Row("", op, (shape,), (1, *shape[1:]), elements=size)
        case _:
            assert_never(node)


def _special(node: Special, shape: Shape) -> Row:
    """Return the row of a layer that only attention is made of."""
    size = prod(shape)
    match node:
        case ChannelConv(kernel):
            if len(shape) != 1 or kernel % 2 == 0:
                raise ShapeError("", f"a kernel of {kernel} does not fit a vector {shape}")
            return Row("", "channel_conv", (shape,), shape, kernel, macs=kernel * size)
        case ColumnSum():
            _expect_map(shape)
            if shape[2] != 1:
                raise ShapeError("", f"expects columns side by side, gets a map {shape}")
            elements = size - shape[0]
            return Row("", "column_sum", (shape,), shape[:1], elements=elements)
        case GlobalStd():  # the variance, a small number added to it, the root
            _expect_map(shape)
            elements = size + 2 * shape[0]
            return Row("", "global_std", (shape,), shape[:1], elements=elements)
        case Profiles():
            _expect_map(shape)
            output = (shape[0], shape[1] + shape[2], 1)
            return Row("", "profiles", (shape,), output, elements=2 * size)
        case Softmax() | RowSoftmax():
            _expect_map(shape)
            return Row("", "softmax", (shape,), shape, elements=size)
        case Energy():  # six operations on every value, three on every sum
            _expect_map(shape)
            return Row("", "energy", (shape,), shape, elements=6 * size + 3 * shape[0])
        case Plus():
            return Row("", "plus", (shape,), shape, elements=size)
        case LayerNorm(channels):
            if shape != (channels,):
                raise ShapeError("", f"expects a vector of {channels}, gets {shape}")
            return Row("", "layer_norm", (shape,), shape, channels, channels, elements=2 * size)
        case _:
            assert_never(node)


def _expect_map(shape: Shape, channels: int | None = None) -> None:
    if len(shape) != 3:
        raise ShapeError("", f"expects a feature map, gets a vector {shape}")
    if channels is not None and shape[0] != channels:
        raise ShapeError("", f"expects {channels} channels, gets {shape[0]}")


def _expect_divisible(channels: int, groups: int) -> None:
    if channels % groups:
        raise ShapeError("", f"{channels} channels do not divide into {groups} groups")


def _windows(
    shape: Shape,
    kernel: Shape,
    stride: Size,
    padding: Size,
    ceil: bool = False,
) -> Iterator[int]:
    """Yield how many windows fit along the height, then along the width."""
    for size, k, s, p in zip(shape[1:], kernel, stride, padding, strict=True):
        room = size + 2 * p - k + (s - 1 if ceil else 0)
        if room < 0:
            raise ShapeError("", f"a window of {kernel} does not fit a map {shape}")
        # in ceil mode a window may overhang, but must begin within the map or its left padding
        overhangs = ceil and room // s * s >= size + p
        yield room // s + (0 if overhangs else 1)


def _spread(shape: Shape, kernel: Size, stride: Size, padding: Size) -> Iterator[int]:
    """Yield the height and the width of a transposed convolution's output."""
    for size, k, s, p in zip(shape[1:], kernel, stride, padding, strict=True):
        length = (size - 1) * s + k - 2 * p
        if length < 1:
            raise ShapeError("", f"padding {padding} leaves nothing of a map {shape}")
        yield length
