"""The ledger as a reading of a network: shapes are checked on the walk, costs noted."""

from functools import lru_cache
from math import prod
from typing import assert_never

from se_cost.ledger.leaf import ShapeError, leaf_row
from se_cost.ledger.rows import INPUT, Ledger, Row, prefixed, within
from se_cost.nets.nodes import (
    Add,
    Attend,
    Children,
    Columns,
    Concat,
    Cross,
    Gate,
    Join,
    Node,
    Scores,
    Seq,
    Shape,
    Shift,
    Stretch,
    Weigh,
)
from se_cost.record import Record, replace


class Walked(Record):
    """What walking through a part gives, with paths relative to it."""

    shape: Shape  # of the output
    writer: str  # the path of the row that writes the output
    rows: tuple[Row, ...]


def ledger(node: Node, shape: Shape) -> Ledger:
    """Return the ledger of a network for one input of `shape`; raise ShapeError if it is unfit.

    The children of the network are its stages, by their names: stage1, stage2, ..., head.
    """
    match node:
        case Seq(children):
            return Ledger(_stages(children, shape))
        case _:
            return Ledger(walk(node, shape).rows)


def _stages(children: Children, shape: Shape) -> tuple[Row, ...]:
    """Return the rows of a network, stage by stage."""
    rows: list[Row] = []
    writer = INPUT
    for name, child in children:
        part = stage(name, child, shape, writer)
        rows += part.rows
        shape, writer = part.shape, part.writer
    return tuple(rows)


@lru_cache(maxsize=1024)  # networks share stages, and a stage's rows are most of the work
def stage(name: str, node: Node, shape: Shape, source: str) -> Walked:
    """Return a stage as the network sees it, which reads what `source` writes."""
    part = _child(name, node, shape)
    rows = tuple(prefixed(name, part.rows, source, stage_of(name)))
    return Walked(part.shape, within(name, part.writer, source), rows)


@lru_cache(maxsize=4096)  # equal parts at equal shapes cost the same, and networks repeat theirs
def walk(node: Node, shape: Shape) -> Walked:
    """Return what a part makes of an input of `shape`; raise ShapeError if it is unfit."""
    match node:
        case Seq() | Add() | Concat() | Columns() | Gate() | Shift() | Weigh() | Cross():
            return _join(node, shape)
        case Stretch() | Scores() | Attend():
            return _join(node, shape)
        case _:
            row = leaf_row(node, shape)
            return Walked(row.output, "", (row,))


def _join(node: Join, shape: Shape) -> Walked:
    match node:
        case Seq(children):
            return _sequence(children, shape)
        case Gate(children):
            factor = _sequence(children, shape)
            channel, position = (shape[0], 1, 1), (1, *shape[1:])
            if factor.shape not in (shape[:1], shape, channel, position):
                raise ShapeError("", f"a gate of shape {factor.shape} does not fit a map {shape}")
            operands, made_of = (shape, factor.shape), (INPUT, factor.writer)
            scale = Row("", "scale", operands, shape, elements=prod(shape), reads=made_of)
            return Walked(shape, "", (*factor.rows, scale))
        case Shift(children):
            added = _sequence(children, shape)
            if len(shape) != 3 or added.shape != shape[:1]:
                raise ShapeError("", f"a shift of shape {added.shape} does not fit a map {shape}")
            operands, made_of = (shape, added.shape), (INPUT, added.writer)
            shifted = Row("", "shift", operands, shape, elements=prod(shape), reads=made_of)
            return Walked(shape, "", (*added.rows, shifted))
        case Weigh(children):
            by = _sequence(children, shape)
            if len(shape) != 3 or by.shape != (1, *shape[1:]):
                raise ShapeError("", f"weights of shape {by.shape} do not fit a map {shape}")
            operands, made_of, macs = (shape, by.shape), (INPUT, by.writer), prod(shape)
            weighed = Row("", "weigh", operands, shape[:1], macs=macs, reads=made_of)
            return Walked(shape[:1], "", (*by.rows, weighed))
        case Stretch(children):
            part = _sequence(children, shape)
            if len(part.shape) != 3:
                raise ShapeError("", f"a vector {part.shape} cannot be enlarged to a map")
            output = (part.shape[0], *shape[1:])
            enlarged = Row("", "stretch", (part.shape,), output, elements=prod(output))
            return Walked(output, "", (*part.rows, replace(enlarged, reads=(part.writer,))))
        case Cross():
            return _crossed(node, shape)
        case Scores() | Attend():
            return _compared(node, shape)
        case Add(children):
            parts, rows = _parallel(children, shape)
            shapes, reads = _outputs(parts)
            output = _summed(shapes)
            sums = (len(shapes) - 1) * prod(output)
            add = Row("", "add", shapes, output, elements=sums, reads=reads)
            return Walked(output, "", (*rows, add))
        case Columns(children):
            parts, rows = _parallel(children, shape)
            shapes, reads = _outputs(parts)
            if len(set(shapes)) != 1 or len(shapes[0]) != 1:
                raise ShapeError("", f"no vectors of one length: {_listed(shapes)}")
            output = (*shapes[0], len(shapes), 1)
            return Walked(output, "", (*rows, Row("", "columns", shapes, output, reads=reads)))
        case Concat(children):
            parts, rows = _parallel(children, shape)
            shapes, reads = _outputs(parts)
            if len({part[1:] for part in shapes}) != 1:
                raise ShapeError("", f"cannot stack the shapes {_listed(shapes)}")
            output = (sum(part[0] for part in shapes), *shapes[0][1:])
            return Walked(output, "", (*rows, Row("", "concat", shapes, output, reads=reads)))
        case _:
            assert_never(node)


def _sequence(children: Children, shape: Shape) -> Walked:
    rows: list[Row] = []
    writer = INPUT
    for name, child in children:
        part = _child(name, child, shape)
        rows += prefixed(name, part.rows, writer)
        shape, writer = part.shape, within(name, part.writer, writer)
    return Walked(shape, writer, tuple(rows))


def _crossed(node: Cross, shape: Shape) -> Walked:
    """Return the product of a map with a factor for each row, and one for each column."""
    if len(shape) != 3:
        raise ShapeError("", f"expects a feature map, gets a vector {shape}")
    (name, shared), *sides = node.children
    channels, height, width = shape
    made = _child(name, shared, shape)
    if made.shape[1:] != (height + width, 1):
        raise ShapeError("", f"{made.shape} are no rows and columns of a map {shape}")
    writer = within(name, made.writer, INPUT)
    rows, operands, reads = prefixed(name, made.rows), [shape], [INPUT]
    for (name, side), length in zip(sides, (height, width), strict=True):
        part = _child(name, side, (made.shape[0], length, 1))
        if part.shape != (channels, length, 1):
            raise ShapeError("", f"factors of shape {part.shape} do not fit a map {shape}")
        rows += prefixed(name, part.rows, writer)
        operands.append(part.shape)
        reads.append(within(name, part.writer, writer))
    cross = Row("", "cross", tuple(operands), shape, elements=2 * prod(shape), reads=tuple(reads))
    return Walked(shape, "", (*rows, cross))


def _compared(node: Scores | Attend, shape: Shape) -> Walked:
    """Return the product of two matrices of every head, which have a row for each position."""
    parts, rows = _parallel(node.children, shape)
    shapes, reads = _outputs(parts)
    channels, *sides = shapes[-1]
    if len(sides) != 2 or channels % node.heads:
        raise ShapeError("", f"{node.heads} heads do not divide a map {shapes[-1]}")
    positions, size = prod(sides), prod(shapes[-1])
    every = (node.heads, positions, positions)
    match node:
        case Scores(_, heads, channels, (height, width)):
            if shapes != ((channels, height, width),) * 2:
                raise ShapeError("", f"scores of {height}x{width} do not fit {_listed(shapes)}")
            distances = 2 * height + 2 * width - 2
            weights, macs = channels // heads * distances, size * (positions + distances)
            row = Row("", "scores", shapes, every, weights, macs=macs, elements=3 * prod(every))
        case Attend():
            if shapes[0] != every:
                raise ShapeError("", f"weights of shape {shapes[0]} do not fit {shapes[1]}")
            row = Row("", "attend", shapes, shapes[-1], macs=size * positions)
        case _:
            assert_never(node)
    return Walked(row.output, "", (*rows, replace(row, reads=reads)))


def _parallel(children: Children, shape: Shape) -> tuple[dict[str, Walked], list[Row]]:
    parts = {name: _child(name, child, shape) for name, child in children}
    return parts, [row for name, part in parts.items() for row in prefixed(name, part.rows)]


def _outputs(parts: dict[str, Walked]) -> tuple[tuple[Shape, ...], tuple[str, ...]]:
    """Return the shapes of the parts' outputs, and the paths of what writes them."""
    shapes = tuple(part.shape for part in parts.values())
    return shapes, tuple(within(name, part.writer, INPUT) for name, part in parts.items())


def _summed(shapes: tuple[Shape, ...]) -> Shape:
    """Return the shape of a sum, in which a map's one channel or position stands for all."""
    output = tuple(map(max, zip(*shapes, strict=False)))
    same = len(set(map(len, shapes))) == 1
    broadcast = [
        shape == output or shape in ((output[0], 1, 1), (1, *output[1:])) for shape in shapes
    ]
    if not same or not all(broadcast):
        raise ShapeError("", f"cannot sum the shapes {_listed(shapes)}")
    return output


def _child(name: str, child: Node, shape: Shape) -> Walked:
    try:
        return walk(child, shape)
    except ShapeError as error:
        raise error.within(name) from None


def stage_of(name: str) -> int | None:
    """Return the number in a name such as `stage2`, or None where there is none."""
    number = name.removeprefix("stage")
    return int(number) if number.isdecimal() else None


def _listed(shapes: tuple[Shape, ...]) -> str:
    return ", ".join(map(str, shapes))
