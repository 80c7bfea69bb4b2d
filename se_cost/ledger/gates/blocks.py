"""Which gates belong together, and in which module call they are."""

from collections.abc import Iterable, Sequence

from se_cost.ledger.gates.graph import Graph
from se_cost.ledger.gates.liveness import JOINS, Cut, Living
from se_cost.ledger.trace import ROOT
from se_cost.record import Record

GLUE = ("add", "sub", "mul", "div", "maximum", "minimum")  # of maps that were gated


class Group(Record):
    """Gates that are one block, within the module call `place`."""

    cuts: tuple[Cut, ...]
    place: int
    carried: bool = False  # whether it hands a state on to a later block, or gets one


def grouped(graph: Graph, cuts: Sequence[Cut]) -> list[Group]:
    """Return the blocks in the order of computation.

    Products belong together that share the making of their factors within one module call, that
    are summed and of one map, or that are all there is in a call.
    """
    owners: dict[int, int] = {}
    groups: list[Group] = []
    partners = _partners(graph, cuts)
    for one in cuts:
        own = [number for number in one.ops if number not in owners]
        others = {owners[number] for number in one.ops if number in owners}
        place = _innermost(graph, [graph.ops[number].call for number in (one.op, *own)])
        summed = [i for i, group in enumerate(groups) if partners.get(one.op) in _ops(group)]
        near = summed + [i for i in sorted(others) if groups[i].place == place or not own]
        if near:
            index, old = near[0], groups[near[0]]
            where = _innermost(graph, (graph.ops[one.op].call, old.place))
            groups[index] = Group((*old.cuts, one), where, old.carried)
        else:
            index = len(groups)
            for i in others:
                groups[i] = Group(groups[i].cuts, groups[i].place, carried=True)
            groups.append(Group((one,), place, carried=bool(others)))
        owners.update(dict.fromkeys(own, index))
    return _together(graph, groups)


def _partners(graph: Graph, cuts: Sequence[Cut]) -> dict[int, int]:
    """Return for each product that is summed with another of its map the operator of that."""
    made = {graph.ops[one.op].writes[0]: one for one in cuts}
    found: dict[int, int] = {}
    for op in graph.ops:
        if op.name in JOINS and len(op.reads) == 2 and made.keys() >= set(op.reads):
            first, second = (made[read] for read in op.reads)
            if graph.whole(first.map) == graph.whole(second.map):
                found |= {first.op: second.op, second.op: first.op}
    return found


def _ops(group: Group) -> list[int]:
    return [one.op for one in group.cuts]


def _innermost(graph: Graph, calls: Iterable[int]) -> int:
    """Return the innermost module call that holds some others."""
    first, *others = (_line(graph, call) for call in calls)
    # a call begins after those that it is within
    return max(set(first).intersection(*others), default=ROOT)


def _line(graph: Graph, call: int | None) -> list[int]:
    """Return a call and those that it is within."""
    line = []
    while call is not None:
        line.append(call)
        call = graph.trace.calls[call].parent
    return line


def _together(graph: Graph, groups: list[Group]) -> list[Group]:
    """Return the groups, where all of a call that holds nothing but gates are one."""
    calls = _only_gates(graph, groups)
    joined: dict[int, list[Group]] = {}
    for number, group in enumerate(groups):
        outer = [call for call in _line(graph, group.place) if call in calls]
        joined.setdefault(outer[-1] if outer else -1 - number, []).append(group)
    return [_one(graph, members) for members in joined.values()]


def _one(graph: Graph, members: Sequence[Group]) -> Group:
    return Group(
        tuple(one for member in members for one in member.cuts),
        _innermost(graph, [member.place for member in members]),
        any(member.carried for member in members),
    )


def _only_gates(graph: Graph, groups: list[Group]) -> set[int]:
    """Return the calls in which nothing but sums of maps is left without the gates."""
    living = Living(graph.trace)
    living.remove([one for group in groups for one in group.cuts])
    busy = {
        call
        for number in living.ops
        for call in _line(graph, graph.ops[number].call)
        if not graph.ops[number].view and graph.ops[number].name not in GLUE
    }
    return set(range(len(graph.trace.calls))) - busy
