"""Products and sums that may be gates: which operand is the map, and how the other varies."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from se_cost.ledger.gates.graph import Graph
from se_cost.ledger.trace import Op, Value
from se_cost.nets.nodes import Shape


class Along(Enum):
    """The dimensions of a map along which its factor varies."""

    CHANNELS = auto()
    BRANCHES = auto()  # and the channels of each
    SPACE = auto()
    BOTH = auto()  # channels and some of the space
    ALL = auto()


class Candidate(NamedTuple):
    """One way to read a product or a sum: of a map, and of what may be its factor."""

    op: int
    map: int
    factor: int  # before it was spread over the map
    along: Along


def products(graph: Graph, number: int, op: Op) -> Iterator[Candidate]:
    """Yield the ways to read an operator as a map times a factor."""
    if op.name in ("mul", "addcmul"):
        operands = [read for read in op.reads[-2:] if graph.values[read].live]
        yield from _readings(graph, number, operands)


def sums(graph: Graph, number: int, op: Op) -> Iterator[Candidate]:
    """Yield the ways to read an operator as a map plus a vector."""
    if op.name == "add":
        for one in _readings(graph, number, graph.live(op)):
            if one.along is Along.CHANNELS and graph.values[one.map].positions > 1:
                yield one


def _readings(graph: Graph, number: int, operands: list[int]) -> Iterator[Candidate]:
    if len(operands) != 2 or operands[0] == operands[1]:
        return
    elements = graph.result(graph.ops[number]).elements
    for whole, other in (operands, operands[::-1]):
        # a factor that was spread is no map, though it has the size of one
        if graph.values[graph.spread(whole)].elements != elements:
            continue
        factor = graph.spread(other)
        if along := varies(graph.values[whole], graph.values[factor].shape):
            yield Candidate(number, whole, factor, along)


def varies(x: Value, factor: Shape) -> Along | None:
    """Return along what of a map a factor varies; None if it is one number, or does not fit."""
    rank = len(x.shape)
    if x.channel is None or not 3 <= rank >= len(factor):
        return None
    sizes = (1,) * (rank - len(factor)) + factor
    if any(size not in (1, whole) for size, whole in zip(sizes, x.shape, strict=True)):
        return None
    varied = {d for d in range(1, rank) if sizes[d] > 1}
    branch = branches(x)
    space = {d for d in x.space if x.shape[d] > 1} - branch
    over_channels = x.channel in varied
    match over_channels, varied & space:
        case _, over if over == space and space and (over_channels or x.channels == 1):
            return Along.ALL if sizes[1:] == x.shape[1:] else None
        case True, over if not over:
            return Along.BRANCHES if varied & branch else Along.CHANNELS
        case False, over if not over:
            return Along.BRANCHES if varied & branch else None
        case True, _:
            return Along.BOTH
        case _:
            return Along.SPACE


def branches(x: Value) -> set[int]:
    """Return the dimension of the branches of a stack, which comes before the channels, if any."""
    return {1} if len(x.shape) == 5 and x.channel == 2 else set()
