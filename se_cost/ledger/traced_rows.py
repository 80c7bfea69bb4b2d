"""The ledger of a trace: a row for each operator that computes, in the words of the ledger."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from se_cost.ledger.find import PRODUCT, AttentionBlock
from se_cost.ledger.gates.find import TracedBlock
from se_cost.ledger.gates.graph import Graph
from se_cost.ledger.gates.liveness import Living
from se_cost.ledger.gates.rules import GateForm
from se_cost.ledger.operators import elements_of, is_bias, name_of
from se_cost.ledger.rows import INPUT, Ledger, Row
from se_cost.ledger.stages import area, stage_of
from se_cost.ledger.trace import Op, Trace
from se_cost.nets.nodes import Shape

UNUSED = "unused"  # the row of the parameters that nothing reads


def rows(
    trace: Trace, blocks: Iterable[TracedBlock] = (), removed: Iterable[TracedBlock] = ()
) -> Ledger:
    """Return a row for each operator that computes, and one for the parameters that none reads.

    `blocks` are the attention in the trace, whose products are called `scale`; what is `removed`
    of them hands on its maps and has no rows.
    """
    made = _Rows(trace, tuple(blocks), tuple(removed))
    return Ledger((*made.by_op.values(), *made.unused()))


def attention(trace: Trace, blocks: Sequence[TracedBlock]) -> tuple[AttentionBlock, ...]:
    """Return the blocks as the ledger has them, with the rows that die with each."""
    by_op = _Rows(trace, tuple(blocks), ()).by_op
    return tuple(
        AttentionBlock(
            path=block.path,
            kind=block.kind,
            stage=block.stage,
            channels=block.channels,
            height=block.height,
            width=block.width,
            hidden=block.hidden,
            r=block.r,
            rows=tuple(by_op[number] for number in block.ops if number in by_op),
            entering=_entering(trace, block),
        )
        for block in blocks
    )


def _entering(trace: Trace, block: TracedBlock) -> int | None:
    """Return the channels that enter the innermost module that is given another map than gated."""
    at: int | None = block.call
    while at is not None:
        call = trace.calls[at]
        given = [value for value in call.inputs if trace.values[value].live]
        if given and given[0] != block.cuts[0].map:
            return trace.values[given[0]].channels
        at = call.parent
    return None


class _Rows:
    """Makes the rows, by the numbers of their operators."""

    def __init__(
        self, trace: Trace, blocks: Sequence[TracedBlock], removed: Sequence[TracedBlock]
    ) -> None:
        self._trace, self._graph = trace, Graph(trace)
        self._living = Living(trace)
        self._died = self._living.remove([cut for block in removed for cut in block.cuts])
        self._products = {
            cut.op for block in blocks for cut in block.cuts if cut.form is not GateForm.ADDED
        }
        self._stages = {number: block.stage for block in blocks for number in block.ops}
        self._names = {
            number: self._name(number, op)
            for number, op in enumerate(trace.ops)
            if op.writes and not op.view and (op.macs or self._graph.result(op).live)
        }
        self._paths = _paths(trace, self._names)
        self._left = self._names.keys() - self._died.ops
        self._owned = self._owners(blocks)
        left = [number for number in self._names if number in self._left]
        self.by_op: dict[int, Row] = {number: self._row(number) for number in left}

    def unused(self) -> Iterator[Row]:
        """Yield the row of the parameters that nothing reads, if there are any."""
        owned = {p for parameters in self._owned.values() for p, _ in parameters}
        unread = set(range(len(self._trace.parameters))) - owned - {*self._died.parameters}
        if weights := self._trace.params_of(unread):
            yield Row(UNUSED, UNUSED, (), (), weights, reads=())

    def _row(self, number: int) -> Row:
        op, name = self._trace.ops[number], self._names[number]
        result = self._graph.result(op)
        operands = [self._living.source(read) for read in self._graph.live(op)]
        weights, biases = self._parameters(number)
        stage = None if area(result) <= 1 else stage_of(self._trace, result)
        return Row(
            path=self._paths[number],
            op=name,
            operands=tuple(self._shape(self._trace.values[read].shape) for read in operands),
            output=self._shape(result.shape),
            weights=weights,
            biases=biases,
            macs=op.macs // self._trace.batch,
            elements=elements_of(self._graph, op, name) // self._trace.batch,
            reads=tuple([path for read in operands for path in self._writers(read)]),
            stage=self._stages.get(number, stage),
        )

    def _name(self, number: int, op: Op) -> str:
        return PRODUCT if number in self._products else name_of(self._graph, op)

    def _shape(self, shape: Shape) -> Shape:
        """Return a shape without the batch."""
        return shape[1:] if shape[:1] == (self._trace.batch,) else shape

    def _writers(self, value: int) -> list[str]:
        """Return the paths of the rows that wrote a value, of which it may be a view."""
        paths: dict[str, None] = {}
        ahead = [value]
        while ahead:
            value = self._living.source(ahead.pop())
            number = self._trace.values[value].producer
            if number is None:
                paths[INPUT] = None
            elif number in self._names:
                paths[self._paths[number]] = None
            else:
                ahead += reversed(self._graph.live(self._trace.ops[number]))
        return list(paths)

    def _parameters(self, number: int) -> tuple[int, int]:
        """Return the weights and the biases that an operator reads first."""
        counts = [0, 0]
        for parameter, bias in self._owned.get(number, ()):
            counts[bias] += self._trace.parameters[parameter].numel
        return counts[0], counts[1]

    def _owners(self, blocks: Sequence[TracedBlock]) -> dict[int, list[tuple[int, bool]]]:
        """Return the parameters of each operator, with whether they are biases.

        A parameter is that of the first that reads it; of those in a block, if it dies with it.
        """
        of_block = {p: set(block.ops) for block in blocks for p in block.parameters}
        in_blocks = {number for block in blocks for number in block.ops}
        owners: dict[int, list[tuple[int, bool]]] = {}
        for parameter, readers in self._readers().items():
            left = [number for number in readers if number in self._left]
            own = of_block.get(parameter)
            fit = [n for n in left if (n not in in_blocks if own is None else n in own)]
            if chosen := fit or left:
                owners.setdefault(chosen[0], []).append((parameter, readers[chosen[0]]))
        return owners

    def _readers(self) -> dict[int, dict[int, bool]]:
        """Return for each parameter the operators that read it, if need be through others.

        What is computed of parameters alone has no row; it counts to what reads it.
        """
        made_of = {
            number: {value.parameter}
            for number, value in enumerate(self._trace.values)
            if value.parameter is not None
        }
        readers: dict[int, dict[int, bool]] = {}
        for number, op in enumerate(self._trace.ops):
            for place, read in enumerate(op.reads):
                for parameter in made_of.get(read, ()):
                    if number in self._names:
                        readers.setdefault(parameter, {}).setdefault(number, is_bias(op, place))
                    else:
                        for write in op.writes:
                            made_of.setdefault(write, set()).add(parameter)
        return readers


def _paths(trace: Trace, names: Mapping[int, str]) -> dict[int, str]:
    """Return a path for each row: its module's, with the operator where a call has several."""
    calls = Counter(trace.ops[number].call for number in names)
    shared = {trace.calls[call].path for call, rows in calls.items() if rows > 1}
    found: dict[int, str] = {}
    seen: Counter[str] = Counter()
    for number, name in names.items():
        path = trace.path(number)
        label = f"{path}:{name}".lstrip(":") if path in shared else path
        seen[label] += 1
        found[number] = label if seen[label] == 1 else f"{label}#{seen[label]}"
    return found
