"""Short forms of the joins that only attention uses."""

from se_cost.nets.nodes import (
    Attend,
    Columns,
    Conv,
    Cross,
    Node,
    Scores,
    Shift,
    Size,
    Stretch,
    Weigh,
)


def columns(**parts: Node) -> Columns:
    """Put the vectors that named parallel parts make side by side."""
    return Columns(tuple(parts.items()))


def shift(**parts: Node) -> Shift:
    """Add to the input what the named parts, one after another, make of it."""
    return Shift(tuple(parts.items()))


def weigh(**parts: Node) -> Weigh:
    """Sum the input over its positions, by the weights that the named parts make of it."""
    return Weigh(tuple(parts.items()))


def cross(*, shared: Node, height: Node, width: Node) -> Cross:
    """Multiply the rows and the columns of the input by what the named parts make of it."""
    return Cross((("shared", shared), ("height", height), ("width", width)))


def scores(*, query: Conv, key: Conv, heads: int, size: Size) -> Scores:
    """Compare every position of a map of a size with every other, in each head."""
    return Scores((("query", query), ("key", key)), heads, query.c_out, size)


def attend(*, by: Node, value: Node, heads: int) -> Attend:
    """Sum the values of all positions for each of them, by the weights that a part makes."""
    return Attend((("by", by), ("value", value)), heads)


def stretch(**parts: Node) -> Stretch:
    """Enlarge what the named parts, one after another, make of a map to its size."""
    return Stretch(tuple(parts.items()))
