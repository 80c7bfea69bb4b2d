"""What a network no longer needs once some of its gates hand on their maps as they are."""

from collections.abc import Iterable
from typing import NamedTuple

from se_cost.ledger.gates.rules import GateForm
from se_cost.ledger.trace import Op, Trace
from se_cost.record import Record

JOINS = ("add", "maximum")  # that two gated forms of one map end in, as in scSE


class Cut(Record):
    """A product or sum that hands on its map instead, and the operators that made the rest."""

    op: int
    map: int
    factor: int
    form: GateForm
    ops: tuple[int, ...]  # of the factor alone, back to what is squeezed


class Died(NamedTuple):
    """The operators and the parameters that are needed no longer, by number and in order."""

    ops: tuple[int, ...]
    parameters: tuple[int, ...]


class Living:
    """What the outputs need: fewer operators and parameters with every cut."""

    def __init__(self, trace: Trace) -> None:
        self._values, self._ops = trace.values, trace.ops
        self._reads = [op.reads for op in trace.ops]
        self._uses = [0] * len(trace.values)  # by living operators, and as outputs
        self._instead: dict[int, int] = {}  # maps for products that are gone, and for their sums
        self._gated: set[int] = set()  # the products that are gone
        self.joins: list[int] = []  # the sums of two such products of one map, gone as well
        self.ops: set[int] = set()
        self._use(trace.outputs)

    def source(self, value: int) -> int:
        """Return what stands for a value: itself, or the map of a product that is gone."""
        while value in self._instead:
            value = self._instead[value]
        return value

    def reads(self, op: int) -> tuple[int, ...]:
        """Return what an operator reads; a sum with a product in one may read only the sum."""
        return self._reads[op]

    def remove(self, cuts: Iterable[Cut]) -> Died:
        """Let products hand on their maps; return what dies by it.

        A sum of two such products of one map hands it on as well.
        """
        ops: list[int] = []
        parameters: list[int] = []
        for cut in cuts:
            if cut.op in self.ops:
                self._release(self._unread(cut, self._ops[cut.op], ops), ops, parameters)
        for number in sorted(filter(self._joins_one_map, self.ops)):
            self.joins.append(number)
            self._release(self._handed_on(number, self._ops[number].reads[0], ops), ops, parameters)
        return Died(tuple(sorted(ops)), tuple(sorted(parameters)))

    def _unread(self, cut: Cut, op: Op, died: list[int]) -> tuple[int, ...]:
        """Take out one product; return what is read less often by it."""
        reads = self._reads[cut.op]
        if len(reads) > 2:  # a sum with a product in one: the sum stays
            factor = next(read for read in reads[-2:] if read != cut.map)
            self._reads[cut.op] = tuple(read for read in reads if read != factor)
            return (factor,)
        self._gated.update(op.writes)
        return self._handed_on(cut.op, cut.map, died)

    def _joins_one_map(self, number: int) -> bool:
        """Return whether an operator sums two products that are gone, of one map."""
        op = self._ops[number]
        gated = op.name in JOINS and len(op.reads) == 2 and self._gated.issuperset(op.reads)
        return gated and len({self.source(read) for read in op.reads}) == 1

    def _handed_on(self, number: int, gated: int, died: list[int]) -> tuple[int, ...]:
        """Take out an operator that hands on a map; return what is read less often by it."""
        (result,) = self._ops[number].writes
        self._uses[self.source(gated)] += self._uses[result]
        self._uses[result] = 0
        self._instead[result] = gated
        self.ops.discard(number)
        died.append(number)
        return self._reads[number]

    def _use(self, values: Iterable[int]) -> None:
        ahead = list(values)
        while ahead:
            value = ahead.pop()
            self._uses[value] += 1
            number = self._values[value].producer
            if number is not None and number not in self.ops:
                self.ops.add(number)
                ahead += self._reads[number]

    def _release(self, values: Iterable[int], ops: list[int], parameters: list[int]) -> None:
        """Use values once less; note the operators and the parameters that nothing uses now."""
        ahead = list(values)
        while ahead:
            value = self.source(ahead.pop())
            self._uses[value] -= 1
            if self._uses[value]:
                continue
            parameter, number = self._values[value].parameter, self._values[value].producer
            if parameter is not None:
                parameters.append(parameter)
            if number in self.ops and not any(self._uses[w] for w in self._ops[number].writes):
                self.ops.discard(number)
                ops.append(number)
                ahead += self._reads[number]
