"""The attention of any network, found in its trace: where it is, what it is, what it costs."""

from collections.abc import Container, Iterable, Iterator

from se_cost.ledger.gates.blocks import Group, grouped
from se_cost.ledger.gates.graph import CONVOLUTIONS, Graph
from se_cost.ledger.gates.kinds import kind, mixings
from se_cost.ledger.gates.liveness import Cut, Living
from se_cost.ledger.gates.search import UNCLAIMED, Search
from se_cost.ledger.stages import PLANE, area, stage_of
from se_cost.ledger.trace import Trace, Value
from se_cost.record import Record


class TracedBlock(Record):
    """One block of attention: where it is, what it gates, and what dies with it.

    `path` is that of the innermost module call that holds all of it. The costs of the counted
    blocks add up to that of all: what two of them share is the first one's.
    """

    path: str
    kind: str
    stage: int
    up: bool  # whether convolutions before it worked on smaller maps, as in a U-Net
    channels: int
    height: int
    width: int
    hidden: int | None  # width of the bottleneck, None if there is none
    r: int | None  # reduction ratio, None if there is none, or none that divides the channels
    params: int
    macs: int
    call: int  # the call of `path`
    cuts: tuple[Cut, ...]
    ops: tuple[int, ...]  # that die
    parameters: tuple[int, ...]  # that die

    @property
    def counted(self) -> bool:
        """Return whether it is attention unless asked otherwise: norms and the like are not."""
        return any(cut.form not in UNCLAIMED for cut in self.cuts)


class Left(Record):
    """What is left of a network: its parameters and MACs, and the numbers of what died."""

    params: int
    macs: int
    dead_ops: tuple[int, ...]
    dead_parameters: tuple[int, ...]


def find(trace: Trace) -> tuple[TracedBlock, ...]:
    """Return the blocks of attention of a network, in its order."""
    graph = Graph(trace)
    cuts = [one.cut for one in Search(graph).found]
    groups = grouped(graph, [one for one in cuts if one.form not in UNCLAIMED])
    others = grouped(graph, [one for one in cuts if one.form in UNCLAIMED])
    living = Living(trace)
    aside = {number for group in groups for one in group.cuts for number in one.ops}
    blocks = [
        *[
            _block(graph, group, living, aside) for group in reversed(groups)
        ],  # the first keeps the shared
        *[_block(graph, group, Living(trace), aside) for group in others],  # each by itself
    ]
    return tuple(sorted(blocks, key=lambda block: block.cuts[0].op))


def without(trace: Trace, blocks: Iterable[TracedBlock]) -> Left:
    """Return what is left if some blocks hand on their maps: all but what they alone needed."""
    died = Living(trace).remove([cut for block in blocks for cut in block.cuts])
    params = trace.params - trace.params_of(died.parameters)
    return Left(params, trace.macs - trace.macs_of(died.ops), died.ops, died.parameters)


def refused(trace: Trace) -> tuple[tuple[str, str], ...]:
    """Return the module path of every product that is no gate, and the reason in words."""
    search = Search(Graph(trace))
    return tuple((trace.path(one.op), one.reason.value) for one in search.refused)


def _block(graph: Graph, group: Group, living: Living, aside: Container[int]) -> TracedBlock:
    """Return the block of a group, with what dies when it is taken out of what still lives."""
    trace = graph.trace
    died = living.remove(reversed(group.cuts))
    gated = trace.values[group.cuts[0].map]
    height, width, *_ = (*[gated.shape[d] for d in gated.space[-PLANE:]], 1, 1)
    stage = stage_of(trace, gated)
    before = [value for value in _convolved(graph, group.cuts[0].map, aside) if area(value) > 1]
    channels, hidden = gated.channels, _hidden(graph, group)
    return TracedBlock(
        path=trace.calls[group.place].path,
        kind=kind(graph, group, died.ops),
        stage=stage,
        up=any(stage_of(trace, value) > stage for value in before),
        channels=channels,
        height=height,
        width=width,
        hidden=hidden,
        r=channels // hidden if hidden and channels % hidden == 0 else None,
        params=trace.params_of(died.parameters),
        macs=trace.macs_of(died.ops),
        call=group.place,
        cuts=group.cuts,
        ops=died.ops,
        parameters=died.parameters,
    )


def _convolved(graph: Graph, value: int, aside: Container[int]) -> Iterator[Value]:
    """Yield the results of the convolutions that a value is made of, but for those of gates."""
    for number, op in enumerate(graph.ops):
        made = op.name in CONVOLUTIONS and graph.ancestors[value] >> op.writes[0] & 1
        if made and number not in aside:
            yield graph.result(op)


def _hidden(graph: Graph, group: Group) -> int | None:
    """Return the channels between the last two mixings in a row of the first gate."""
    mixed = [op for op in mixings(graph, group.cuts[:1]) if not graph.along_channels(op)]
    if not mixed:
        return None
    *others, last = mixed
    made_of = graph.ancestors[last.writes[0]]
    before = [graph.result(op).channels for op in others if made_of >> op.writes[0] & 1]
    return before[-1] if before else None
