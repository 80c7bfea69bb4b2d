"""A trace with the questions that the search for gates asks of it again and again."""

from collections.abc import Iterable

from se_cost.ledger.channels import MATRICES, along_channels
from se_cost.ledger.trace import Op, Trace, Value

REDUCTIONS = (
    *("mean", "sum", "nansum", "amax", "amin", "max", "min", "aminmax", "prod", "median"),
    *("std", "var", "std_mean", "var_mean", "logsumexp", "norm", "linalg_vector_norm"),
)
POOL = "pool"  # in the names of operators that reduce windows
COPIES = ("clone", "to_copy", "lift_fresh", "dropout", "feature_dropout")
CONVOLUTIONS = ("convolution", "deconvolution")
LEARNED = (*CONVOLUTIONS, *MATRICES)  # if one of their operands is


class Graph:
    """A trace, with the ancestors and the readers of its values."""

    def __init__(self, trace: Trace) -> None:
        self.trace, self.values, self.ops = trace, trace.values, trace.ops
        self.ancestors = _ancestors(trace)  # numbers whose bits are values, each its own too
        self.readers: list[list[int]] = [[] for _ in trace.values]
        for number, op in enumerate(trace.ops):
            for read in op.reads:
                self.readers[read].append(number)
        self._held = _bits(v for v, value in enumerate(self.values) if _is_held(value))

    def producer(self, value: int) -> Op | None:
        """Return the operator that wrote a value; None for inputs and constants."""
        number = self.values[value].producer
        return None if number is None else self.ops[number]

    def live(self, op: Op) -> list[int]:
        """Return the operands that depend on the input."""
        return [read for read in op.reads if self.values[read].live]

    def result(self, op: Op) -> Value:
        """Return the first result of an operator."""
        return self.values[op.writes[0]]

    def whole(self, value: int) -> int:
        """Return the value that this one only looks at or copies, with all its elements."""
        while op := self.producer(value):
            live = self.live(op)
            same = len(live) == 1 and self.values[live[0]].elements == self.values[value].elements
            if not same or not (op.view or op.name in COPIES):
                break
            value = live[0]
        return value

    def spread(self, value: int) -> int:
        """Return the value that this one only repeats along its dimensions."""
        while op := self.producer(value):
            live = self.live(op)
            repeats = op.name in ("expand", "repeat") or op.name in COPIES
            if len(live) != 1 or not (repeats or self.enlarges(op, of_one=True)):
                break
            value = live[0]
        return value

    def enlarges(self, op: Op, *, of_one: bool = False) -> bool:
        """Return whether an operator makes many positions of few, or (`of_one`) of a single one."""
        live = self.live(op)
        if len(live) != 1 or op.name in LEARNED or not op.writes:
            return False
        x, y = self.values[live[0]], self.result(op)
        return (
            x.channels == y.channels
            and x.positions < y.positions
            and not (of_one and x.positions > 1)
        )

    def reduces(self, op: Op) -> bool:
        """Return whether an operator sums up positions: a pool, a mean, a weighted sum."""
        live = [self.values[v] for v in self.live(op)]
        if not live or op.view or not op.writes:
            return False
        x, y = live[0], self.result(op)
        if op.name in REDUCTIONS or POOL in op.name:
            return bool(set(op.dims or x.space) & set(x.space)) and y.positions <= x.positions
        fewer = max(value.positions for value in live) > y.positions
        return op.name in LEARNED and fewer and not self.along_channels(op)

    def mixes(self, op: Op) -> bool:
        """Return whether an operator mixes channels by learned weights."""
        live = self.live(op)
        if op.name not in LEARNED or len(live) != 1:
            return False
        weights = [read for read in op.reads if read != live[0]]
        learned = any(self.ancestors[read] & self._held for read in weights)
        return learned and (self.along_channels(op) or not self._depthwise(op))

    def along_channels(self, op: Op) -> bool:
        """Return whether an operator is a convolution along the channels."""
        return op.name == "convolution" and along_channels(self.values[op.reads[0]])

    def _depthwise(self, op: Op) -> bool:
        if op.name not in CONVOLUTIONS:
            return False
        x, weight = (self.values[read] for read in op.reads[:2])
        return weight.shape[1] == 1 and x.shape[1] > 1


def _is_held(value: Value) -> bool:
    """Return whether a module holds a value: a parameter, or a tensor that no operator made."""
    return value.parameter is not None or (value.producer is None and not value.live)


def _ancestors(trace: Trace) -> list[int]:
    found = [1 << v for v in range(len(trace.values))]
    for op in trace.ops:
        made_of = 0
        for read in op.reads:
            made_of |= found[read]
        for write in op.writes:
            found[write] |= made_of
    return found


def _bits(places: Iterable[int]) -> int:
    bits = 0
    for place in places:
        bits |= 1 << place
    return bits
