"""Short forms of the joins that only attention uses."""

from se_cost.nets.nodes import Columns, Cross, Node, Shift, Weigh


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
