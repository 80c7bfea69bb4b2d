"""Where attention could be put into a network: at the end of every residual branch.

A sum of two maps of one shape ends a residual branch: the operand that more layers of its own mix
the channels of. The attention goes after the innermost module call that returns it.
"""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from se_cost.ledger.gates.graph import Graph
from se_cost.ledger.stages import area, stage_of
from se_cost.ledger.trace import ROOT, Op, Trace
from se_cost.record import Record

SUM = "add"
LAYERS = 2  # of its own, at least, in the residual branch; in the other at most one


class InsertionSite(Record):
    """A module after which a block could stand, and the map that it would gate."""

    path: str
    channels: int
    height: int
    width: int
    stage: int


def sites(trace: Trace, patterns: Sequence[str] = ()) -> tuple[InsertionSite, ...]:
    """Return a site for every residual branch, or for every module whose path fits a pattern.

    A module that is called more than once is no site: its block would stand at several places.
    """
    graph = Graph(trace)
    calls = _named(trace, patterns) if patterns else _branches(graph)
    once = [call for call in calls if _called(trace, call) == 1]
    return tuple(_site(trace, call) for call in dict.fromkeys(once))


def _named(trace: Trace, patterns: Sequence[str]) -> Iterator[int]:
    for number, call in enumerate(trace.calls):
        fits = any(fnmatchcase(call.path, pattern) for pattern in patterns)
        if fits and len(call.outputs) == 1 and area(trace.values[call.outputs[0]]) > 1:
            yield number


def _branches(graph: Graph) -> Iterator[int]:
    trace = graph.trace
    mixed = sum(1 << op.writes[0] for op in graph.ops if op.writes and graph.mixes(op))
    for op in graph.ops:
        operands = graph.live(op) if op.name == SUM else []
        if len(operands) != 2 or not _of_one_shape(graph, op, operands):
            continue
        first, second = (graph.ancestors[value] & mixed for value in operands)
        own = ((first & ~second).bit_count(), (second & ~first).bit_count())
        branch = operands[0] if own[0] >= own[1] else operands[1]
        if max(own) >= LAYERS and min(own) < LAYERS:
            calls = [n for n, call in enumerate(trace.calls) if call.outputs == (branch,)]
            yield from [max(calls)] if calls and max(calls) != ROOT else []


def _of_one_shape(graph: Graph, op: Op, operands: Sequence[int]) -> bool:
    """Return whether an operator sums two maps of its own shape."""
    shapes = {graph.values[value].shape for value in (*operands, op.writes[0])}
    return len(shapes) == 1 and area(graph.result(op)) > 1


def _called(trace: Trace, number: int) -> int:
    return sum(call.path == trace.calls[number].path for call in trace.calls)


def _site(trace: Trace, number: int) -> InsertionSite:
    call = trace.calls[number]
    value = trace.values[call.outputs[0]]
    height, width, *_ = (*[value.shape[d] for d in value.space[-2:]], 1, 1)
    return InsertionSite(call.path, value.channels, height, width, stage_of(trace, value))
