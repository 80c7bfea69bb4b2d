"""Which products and sums are gates, and why the others are not."""

from enum import StrEnum

from se_cost.ledger.gates.graph import Graph
from se_cost.ledger.gates.products import Along, Candidate
from se_cost.ledger.gates.slices import Slice, back, last
from se_cost.ledger.trace import Op

BOUNDED = ("sigmoid", "hardsigmoid", "tanh", "softmax", "safe_softmax", "hardtanh")
QUOTIENTS = ("rsqrt", "sqrt", "div", "pow", "reciprocal")  # what norms end in
SCALINGS = ("add", "sub", "rsub", "mul", "div", "neg")  # if by constants
PARTS = ("add", "mul")  # that join two factors to one


class GateForm(StrEnum):
    """How a gate's factor varies over its map, or what takes the place of a factor."""

    CHANNEL = "channel"
    BRANCHES = "branches"  # of a stack of maps, which compete
    COORDINATE = "coordinate"  # channels and one dimension of space
    SPATIAL = "spatial"
    INTERPOLATED = "interpolated"  # every position, from a smaller map
    MIXED = "mixed"  # every position, from parts of the forms above
    ADDED = "added"  # a vector that is added to every position
    RESPONSE = "response"  # a norm of each channel by the mean over channels
    PIXEL = "pixel"  # every position, by a convolution of the map itself
    ELEMENTWISE = "elementwise"  # every position, by statistics alone


class NoGate(StrEnum):
    """Why a product is no gate; what comes later is more like one."""

    UNRELATED = "the factor is made of nothing that the map is not made of"
    NO_SQUEEZE = "nothing is reduced over space"
    UNBOUNDED = "the factor ends in no gate function"
    NO_WEIGHTS = "neither learned weights nor a gate function follow the squeeze"
    NORM = "the factor is that of a norm"
    POOLING = "the product is only summed over what it weighted"
    INPUT = "the map is the input, and the factor the network"
    SIMPLE = "the factor is a function of each position alone"


def judged(graph: Graph, one: Candidate, part: Slice) -> GateForm | NoGate:
    """Return the form of the gate that a product is, or why it is none."""
    if not part.ops:
        return NoGate.UNRELATED
    match one.along:
        case Along.CHANNELS | Along.BRANCHES | Along.BOTH:
            return _squeezed(graph, one, part)
        case Along.SPACE:
            if not _ends_in_gate(graph, last(graph, one.factor)):
                return NoGate.UNBOUNDED
            return NoGate.POOLING if _merely_summed(graph, one) else GateForm.SPATIAL
        case Along.ALL:
            return _everywhere(graph, one, part)


def is_context(graph: Graph, part: Slice) -> bool:
    """Return whether a vector that is added to a map was squeezed and mixed."""
    ops = [graph.ops[number] for number in part.ops]
    return any(map(graph.reduces, ops)) and any(map(graph.mixes, ops))


def bounded(op: Op | None) -> bool:
    """Return whether an operator keeps its results between two numbers."""
    return op is not None and (op.name in BOUNDED or (op.name == "clamp" and len(op.numbers) > 1))


def _squeezed(graph: Graph, one: Candidate, part: Slice) -> GateForm | NoGate:
    ops = [graph.ops[number] for number in part.ops]
    ending = last(graph, one.factor)
    if not any(map(graph.reduces, ops)):
        return NoGate.NO_SQUEEZE
    gated = _ends_in_gate(graph, ending)
    if ending and ending.name in QUOTIENTS and not gated:
        return GateForm.RESPONSE if _by_channels_mean(graph, ending) else NoGate.NORM
    if not any(map(graph.mixes, ops)) and not gated:
        return NoGate.NO_WEIGHTS
    forms = {Along.CHANNELS: GateForm.CHANNEL, Along.BRANCHES: GateForm.BRANCHES}
    return forms.get(one.along, GateForm.COORDINATE)


def _everywhere(graph: Graph, one: Candidate, part: Slice) -> GateForm | NoGate:
    """Judge a factor of the map's size: SiLU, GLU and gated MLPs are none."""
    ops = [graph.ops[number] for number in part.ops]
    ending = last(graph, one.factor)
    if _of_parts(graph, ending):
        return GateForm.MIXED
    if not _ends_in_gate(graph, ending):
        return NoGate.UNBOUNDED
    reduced = any(map(graph.reduces, ops))
    alone = {graph.whole(end) for end in part.ends} == {graph.whole(one.map)}
    if reduced and any(map(graph.enlarges, ops)):
        drawn = graph.producer(graph.whole(one.map)) is not None
        return GateForm.INTERPOLATED if drawn else NoGate.INPUT
    if reduced and alone and not any(map(graph.mixes, ops)):
        return GateForm.ELEMENTWISE
    if alone and not reduced and any(map(graph.mixes, ops)):
        return GateForm.PIXEL
    return NoGate.SIMPLE


def _of_parts(graph: Graph, ending: Op | None) -> bool:
    """Return whether a factor is a sum or product of two that vary less: bounded, or of bounded."""
    if ending is None:
        return False
    if bounded(ending):
        ahead = back(graph, graph.live(ending)[0])
        inner = next((op for op, live in ahead if len(live) != 1 or op.name not in SCALINGS), None)
        return inner is not None and len(_smaller(graph, inner)) == 2
    parts = _smaller(graph, ending)
    return len(parts) == 2 and all(bounded(last(graph, part)) for part in parts)


def _smaller(graph: Graph, op: Op) -> list[int]:
    """Return the operands of a sum or product that are fewer than its elements."""
    if op.name not in PARTS:
        return []
    whole = graph.result(op).elements
    parts = [graph.spread(read) for read in graph.live(op)]
    return [part for part in parts if graph.values[part].elements < whole]


def _merely_summed(graph: Graph, one: Candidate) -> bool:
    """Return whether all that is done with a product is to sum it over space: pooling.

    A mean is what networks end in anyhow, and there it is that of a gated map.
    """
    ahead, summed = [graph.ops[one.op].writes[0]], False
    while ahead:
        value = ahead.pop()
        for number in graph.readers[value]:
            op = graph.ops[number]
            if op.view:
                ahead += op.writes
            elif op.name == "sum" and graph.reduces(op):
                summed = True
            else:
                return False
    return summed


def _ends_in_gate(graph: Graph, ending: Op | None) -> bool:
    """Return whether the last operator of a factor is a gate function, or 1 / (1 + exp(-x))."""
    if ending is None or bounded(ending):
        return ending is not None
    live = graph.live(ending)
    if ending.name not in ("reciprocal", "div") or len(live) != 1:
        return False
    names = [op.name for op, _ in back(graph, live[0])]
    return "exp" in names and set(names[: names.index("exp")]) <= {"add"}


def _by_channels_mean(graph: Graph, ending: Op) -> bool:
    """Return whether a quotient is that of global response normalisation (arXiv 2301.00808)."""
    live = graph.live(ending)
    if ending.name != "div" or len(live) != 2:
        return False
    numerator, denominator = live
    means = (op for op, _ in back(graph, denominator) if op.name == "mean")
    channel = graph.values[numerator].channel
    return any(channel in mean.dims and numerator in mean.reads for mean in means)
