"""The ledger as a reading of a network: shapes are checked on the walk, costs noted."""

from collections.abc import Iterator
from functools import lru_cache
from math import prod
from typing import assert_never

from se_cost.errors import BadInput
from se_cost.ledger.rows import Ledger, Row, prefixed
from se_cost.nets.nodes import (
    Act,
    Add,
    Children,
    Concat,
    Conv,
    Deconv,
    Dropout,
    Flatten,
    Gate,
    GlobalPool,
    Interpolation,
    Join,
    Leaf,
    Linear,
    Node,
    Norm,
    Pad,
    Pool,
    Scale,
    Seq,
    Shape,
    Shuffle,
    Size,
    Upsample,
)

Walked = tuple[Shape, tuple[Row, ...]]


class ShapeError(BadInput):
    """A layer that cannot take what it is given; the message begins with the path to it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path, self.reason = path, reason

    def within(self, name: str) -> "ShapeError":
        """Return the same error as seen from a parent that calls this part `name`."""
        return ShapeError(f"{name}.{self.path}" if self.path else name, self.reason)


def ledger(node: Node, shape: Shape) -> Ledger:
    """Return the ledger of a network for one input of `shape`; raise ShapeError if it is unfit."""
    return Ledger(walk(node, shape)[1])


@lru_cache(maxsize=4096)  # equal parts at equal shapes cost the same, and networks repeat theirs
def walk(node: Node, shape: Shape) -> Walked:
    """Return the output shape and the rows of a part, with paths relative to it."""
    match node:
        case Seq() | Add() | Concat() | Gate():
            return _join(node, shape)
        case _:
            row = _leaf(node, shape)
            return row.output, (row,)


def _join(node: Join, shape: Shape) -> Walked:
    match node:
        case Seq(children):
            return _sequence(children, shape)
        case Gate(children):
            factor, rows = _sequence(children, shape)
            if factor not in ((shape[0],), shape):
                raise ShapeError("", f"a gate of shape {factor} does not fit a map {shape}")
            scale = Row("", "scale", (shape, factor), shape, elements=prod(shape))
            return shape, (*rows, scale)
        case Add(children):
            shapes, rows = _parallel(children, shape)
            if len(set(shapes)) != 1:
                raise ShapeError("", f"cannot sum the shapes {_listed(shapes)}")
            sums = (len(shapes) - 1) * prod(shapes[0])
            return shapes[0], (*rows, Row("", "add", shapes, shapes[0], elements=sums))
        case Concat(children):
            shapes, rows = _parallel(children, shape)
            if len({part[1:] for part in shapes}) != 1:
                raise ShapeError("", f"cannot stack the shapes {_listed(shapes)}")
            output = (sum(part[0] for part in shapes), *shapes[0][1:])
            return output, (*rows, Row("", "concat", shapes, output))
        case _:
            assert_never(node)


def _sequence(children: Children, shape: Shape) -> Walked:
    rows: list[Row] = []
    for name, child in children:
        shape, part = _child(name, child, shape)
        rows += part
    return shape, tuple(rows)


def _parallel(children: Children, shape: Shape) -> tuple[tuple[Shape, ...], tuple[Row, ...]]:
    parts = [_child(name, child, shape) for name, child in children]
    return tuple(out for out, _ in parts), tuple(row for _, rows in parts for row in rows)


def _child(name: str, child: Node, shape: Shape) -> tuple[Shape, list[Row]]:
    try:
        output, rows = walk(child, shape)
    except ShapeError as error:
        raise error.within(name) from None
    return output, prefixed(name, rows)


def _leaf(node: Leaf, shape: Shape) -> Row:
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
        case GlobalPool(reduce):
            _expect_map(shape)
            op = f"global_{reduce.value}_pool"
            return Row("", op, (shape,), shape[:1], elements=size)
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


def _listed(shapes: tuple[Shape, ...]) -> str:
    return ", ".join(map(str, shapes))
