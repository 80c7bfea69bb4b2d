"""The operators of the attention, timed by themselves: where the milliseconds are."""

from collections.abc import Sequence
from math import prod

from se_cost.documents.explain import ExplainDocument, OperatorTime
from se_cost.measure.timing.statistics import Estimate
from se_cost.record import Record
from se_cost.report.page import Cell, Column, Table
from se_cost.text import joined

MS = 1000  # of a second
ALONE = "Operators by themselves, by stage, and how far from their lower bound"
SLOWEST = "The operators that take most"
FEW = 8  # of them on a screen


class Line(Record):
    """One operator of a stage, or all of them."""

    stage: Cell
    operator: str
    way: Cell  # forward or backward
    call: Cell
    shape: Cell
    count: int
    bound: float  # seconds
    alone: Estimate | None

    @property
    def factor(self) -> float | None:
        """Return how many times the lower bound it takes."""
        return self.alone.value / self.bound if self.alone and self.bound else None


LINES = (
    Column("stage", lambda line: line.stage),
    Column("operator", lambda line: line.operator),
    Column("pass", lambda line: line.way),
    Column("torch's call", lambda line: line.call, minor=True),
    Column("largest operand", lambda line: line.shape),
    Column("count", lambda line: line.count),
    Column("lower bound ms", lambda line: MS * line.bound, ".3f"),
    Column("alone ms", lambda line: line.alone and MS * line.alone.value, ".3f"),
    Column("low", lambda line: ms(line.alone and line.alone.low), ".3f"),
    Column("high", lambda line: ms(line.alone and line.alone.high), ".3f"),
    Column("times bound", lambda line: line.factor, ".1f"),
)


def table(document: ExplainDocument) -> Table:
    """Return every operator, stage by stage, and their sum: the prediction."""
    lines = [_line(one) for one in document.alone]
    count, bound = sum(line.count for line in lines), sum(line.bound for line in lines)
    whole = Line("all", "", None, None, None, count, bound, document.total.alone_seconds)
    return Table.of(ALONE, LINES, lines, [whole])


def slowest(document: ExplainDocument) -> Table:
    """Return the few operators that take most."""
    ordered = sorted(document.alone, key=lambda one: -one.alone_seconds.value)
    return Table.of(SLOWEST, LINES, map(_line, ordered[:FEW]))


def ms(seconds: float | None) -> float | None:
    """Return seconds in milliseconds."""
    return None if seconds is None else MS * seconds


def _line(one: OperatorTime) -> Line:
    way = "backward" if one.backward else "forward"
    shape, call = _largest(one.shapes), one.call.removeprefix("aten::")
    bound, alone = one.bound_seconds, one.alone_seconds
    return Line(one.stage, one.operator, way, call, shape, one.count, bound, alone)


def _largest(shapes: Sequence[tuple[int, ...]]) -> str | None:
    """Return the shape of the largest operand, for instance 1x256x56x56."""
    sized = [shape for shape in shapes if shape]
    largest: tuple[int, ...] = max(sized, key=_size, default=())
    return joined(largest, "x") or None


def _size(shape: Sequence[int]) -> int:
    return prod(shape)
