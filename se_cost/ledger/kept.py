"""What autograd keeps for the backward pass, as a reading of the network; in eager PyTorch.

A map is named by the path of the row that writes it. A layer keeps what its derivative needs: a
convolution, a norm or a product its input, a ReLU or a sigmoid its output, a mean nothing.
"""

from typing import assert_never

from se_cost.nets.nodes import (
    Act,
    Add,
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

Kept = frozenset[str]
Read = tuple[str, Kept]  # the path of the output, and of all that is kept
NOTHING: Kept = frozenset()
IMAGE = ""  # the path of the network's input


def kept(network: Node) -> Kept:
    """Return the paths of the outputs that are kept in training; that of the input is empty."""
    return _read(network, "", IMAGE)[1]


def _read(node: Node, path: str, x: str) -> Read:
    """Return what a part at `path` makes of the map `x`; a part that only looks returns `x`."""
    match node:
        case Seq(children):
            return _sequence(children, path, x)
        case Gate(children):
            factor, within = _sequence(children, path, x)
            return path, within | {x, factor}
        case Add(children) | Concat(children):
            parts = [_read(child, _joined(path, name), x)[1] for name, child in children]
            return path, NOTHING.union(*parts)
        case Conv() | Deconv() | Norm() | Linear() | Pool():
            return path, frozenset({x})
        case GlobalPool(reduce):
            return path, frozenset({x}) if reduce is Reduce.MAX else NOTHING
        case Act(fn):
            return path, frozenset({x if fn is Fn.HARDSIGMOID else path})
        case Upsample() | Shuffle() | Scale() | Pad() | Dropout():
            return path, NOTHING
        case Flatten():
            return x, NOTHING
        case _:
            assert_never(node)


def _sequence(children: Children, path: str, x: str) -> Read:
    every = NOTHING
    for name, child in children:
        x, found = _read(child, _joined(path, name), x)
        every |= found
    return x, every


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
