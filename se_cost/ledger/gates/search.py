"""The search through a trace for what is a gate."""

from typing import NamedTuple

from se_cost.ledger.gates.graph import Graph
from se_cost.ledger.gates.liveness import Cut
from se_cost.ledger.gates.products import Candidate, products, sums
from se_cost.ledger.gates.rules import GateForm, NoGate, is_context, judged
from se_cost.ledger.gates.slices import SQUEEZED, Slice, cut

UNCLAIMED = (GateForm.RESPONSE, GateForm.PIXEL, GateForm.ELEMENTWISE)


class Found(NamedTuple):
    """A gate as the search sees it."""

    cut: Cut
    part: Slice


class Refused(NamedTuple):
    """A product that is no gate, and why not."""

    op: int
    reason: NoGate


class Search:
    """All gates of a graph in the order of computation, and the products that are none."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._claimed: set[int] = set()
        self.refused: list[Refused] = []
        found = [one for number in range(len(graph.ops)) for one in self._of(number)]
        within = {number for one in found for number in one.part.ops}
        self.found = [one for one in found if one.cut.op not in within]

    def _of(self, number: int) -> list[Found]:
        """Return the gate that an operator is, if it is one."""
        op = self._graph.ops[number]
        reasons = []
        for one in products(self._graph, number, op):
            part = cut(self._graph, one, self._claimed, squeezed=one.along in SQUEEZED)
            verdict = judged(self._graph, one, part)
            if isinstance(verdict, GateForm):
                return [self._accepted(one, verdict, part)]
            reasons.append(verdict)
        if reasons:  # of the two readings, that which is more like a gate
            self.refused.append(Refused(number, max(reasons, key=list(NoGate).index)))
        for one in sums(self._graph, number, op):
            part = cut(self._graph, one, self._claimed, squeezed=True)
            if is_context(self._graph, part):
                return [self._accepted(one, GateForm.ADDED, part)]
        return []

    def _accepted(self, one: Candidate, form: GateForm, part: Slice) -> Found:
        if form not in UNCLAIMED:
            self._claimed |= part.ops
        return Found(Cut(one.op, one.map, one.factor, form, tuple(sorted(part.ops))), part)
