"""What a block is called: by the paper that such a block is known from, if there is one."""

from collections.abc import Iterable, Sequence

from se_cost.ledger.channels import MATRICES
from se_cost.ledger.gates.blocks import Group
from se_cost.ledger.gates.graph import Graph
from se_cost.ledger.gates.liveness import Cut
from se_cost.ledger.gates.rules import GateForm, bounded
from se_cost.ledger.gates.slices import last
from se_cost.ledger.trace import Op

UNNAMED = "gate"
ALONE = {
    GateForm.COORDINATE: "ca",
    GateForm.SPATIAL: "spatial",
    GateForm.ADDED: "gc",
    GateForm.RESPONSE: "grn",
    GateForm.PIXEL: "pixel",
    GateForm.ELEMENTWISE: "simam",
}
BY_MIXINGS = {1: "ese", 2: "se"}
SPREAD = ("std", "var", "std_mean", "var_mean")  # statistics beside the mean


def kind(graph: Graph, group: Group, dead: Iterable[int]) -> str:
    """Return the name of a block with which some operators die; `gate` if none fits."""
    forms = [one.form for one in group.cuts]
    squeezed = [op for op in _ops(graph, group.cuts, dead) if graph.reduces(op)]
    vectors = [one for one in group.cuts if one.form in (GateForm.CHANNEL, GateForm.BRANCHES)]
    if group.carried or any(_of_cell(graph, one) for one in vectors):
        return "dia"
    if GateForm.BRANCHES in forms or _share(vectors):
        return "sk" if _of_several(graph, vectors) else "splat"
    if vectors and GateForm.SPATIAL in forms:
        return "scse" if len({graph.whole(one.map) for one in group.cuts}) == 1 else "cbam"
    if vectors:
        return _of_vector(graph, vectors[0], squeezed)
    if GateForm.MIXED in forms:
        partly = any(graph.result(op).positions > 1 for op in squeezed)
        return "ca" if partly else "bam"
    if GateForm.INTERPOLATED in forms:
        return "interpolated" if mixings(graph, group.cuts) else "ge"
    return next((ALONE[form] for form in ALONE if form in forms), UNNAMED)


def mixings(graph: Graph, cuts: Sequence[Cut]) -> list[Op]:
    """Return the operators of some gates that mix channels, in order."""
    return [op for op in _ops(graph, cuts) if graph.mixes(op)]


def _ops(graph: Graph, cuts: Sequence[Cut], others: Iterable[int] = ()) -> list[Op]:
    numbers = {*others, *[number for one in cuts for number in one.ops]}
    return [graph.ops[number] for number in sorted(numbers)]


def _of_vector(graph: Graph, one: Cut, squeezed: Sequence[Op]) -> str:
    """Return the name of a gate with one factor for each channel."""
    mixed = mixings(graph, [one])
    if any(op.name in MATRICES for op in squeezed):  # a sum that is weighted by attention
        return "gc"
    if not mixed:
        return "srm" if any(op.name in SPREAD for op in squeezed) else "ge"
    if all(map(graph.along_channels, mixed)):
        return "eca"
    return BY_MIXINGS.get(len(mixed), UNNAMED)


def _of_cell(graph: Graph, one: Cut) -> bool:
    """Return whether a factor is the output of a recurrent cell: a gate times a bounded state."""
    ending = last(graph, one.factor)
    if ending is None or ending.name != "mul" or len(graph.live(ending)) != 2:
        return False
    sizes = {graph.values[read].shape for read in ending.reads}
    return len(sizes) == 1 and all(bounded(last(graph, read)) for read in ending.reads)


def _share(vectors: Sequence[Cut]) -> bool:
    """Return whether several maps get different parts of one factor."""
    if len(vectors) < 2 or len({one.factor for one in vectors}) < 2:
        return False
    return bool(set(vectors[0].ops) & set(vectors[1].ops))


def _of_several(graph: Graph, vectors: Sequence[Cut]) -> bool:
    """Return whether the branches of a gate were made apart, not as parts of one map."""
    bases = {_base(graph, one.map) for one in vectors}
    makers = [graph.producer(base) for base in bases]
    return len(bases) > 1 or any(op is not None and len(graph.live(op)) > 1 for op in makers)


def _base(graph: Graph, value: int) -> int:
    """Return the value that another one is a view of, or of a part of which it is."""
    while (op := graph.producer(value)) and op.view:
        value = op.reads[0]
    return value
