"""What a factor is made of, back to the map that it multiplies."""

from collections.abc import Iterator
from typing import NamedTuple

from se_cost.ledger.gates.graph import COPIES, Graph
from se_cost.ledger.gates.products import Along, Candidate
from se_cost.ledger.trace import Op

SPLITS = (
    *("split", "unsafe_split", "split_with_sizes", "unsafe_split_with_sizes"),
    *("chunk", "unsafe_chunk", "unbind", "select", "slice"),
)
CONSTANT = ("add", "sub", "rsub", "mul", "div", "neg", "cat")  # with constants
SQUEEZED = (Along.CHANNELS, Along.BRANCHES)  # factors that were reduced over all of space


class Slice(NamedTuple):
    """The operators of a factor, and the values that they start from."""

    ops: frozenset[int]
    ends: frozenset[int]


def cut(graph: Graph, one: Candidate, claimed: set[int], *, squeezed: bool) -> Slice:
    """Return what a factor is made of.

    The walk ends at the map, at what the map itself needs unless an earlier gate claimed it, and
    if it is `squeezed` behind the first reduction over space.
    """
    needed = graph.ancestors[one.map]
    ops: set[int] = set()
    ends: set[int] = set()
    ahead, seen = [one.factor], set[int]()
    while ahead:
        value = ahead.pop()
        if value in seen or not graph.values[value].live:
            continue
        seen.add(value)
        number = graph.values[value].producer
        of_map = needed >> value & 1 and number not in claimed
        if number is None or of_map or graph.whole(value) == one.map:
            ends.add(value)
            continue
        ops.add(number)
        op = graph.ops[number]
        if squeezed and graph.reduces(op):
            ends.update(graph.live(op))
        else:
            ahead += op.reads
    return Slice(frozenset(ops), frozenset(ends))


def last(graph: Graph, value: int) -> Op | None:
    """Return the last operator of a factor but for views, splits, enlargements, constants."""
    for op, live in back(graph, value):
        if len(live) != 1 or not _hands_on(graph, op, live[0]):
            return op
    return None


def back(graph: Graph, value: int) -> Iterator[tuple[Op, list[int]]]:
    """Yield the operators before a value with their live operands, as long as these are one."""
    while op := graph.producer(value):
        live = graph.live(op)
        yield op, live
        if len(live) != 1:
            return
        value = live[0]


def _hands_on(graph: Graph, op: Op, operand: int) -> bool:
    if op.view or op.name in COPIES or op.name in SPLITS or graph.enlarges(op):
        return True
    return op.name in CONSTANT and (op.name != "div" or op.reads[0] == operand)
