"""The attention before and after it is fused: what it moves, and what time that should take."""

from collections.abc import Iterator

from se_cost.documents.explain import ExplainDocument
from se_cost.measure.explain.prediction import FusedTime
from se_cost.measure.fuse.record import Movement
from se_cost.measure.timing.statistics import Estimate
from se_cost.report.page import Column, Table
from se_cost.report.pages.alone import MS
from se_cost.report.pages.words import MIB, bounds
from se_cost.text import plural

FUSED = "Before and after the attention is fused; E-passes are those of a block, on average"
COLUMNS = (
    Column("stage", lambda part: "all" if part.stage is None else part.stage),
    Column("blocks", lambda part: part.blocks),
    Column("E-passes", lambda part: part.e_passes_before, ".2f"),
    Column("fused", lambda part: part.e_passes_after, ".2f"),
    Column("MiB", lambda part: part.before.bytes / MIB, ",.2f"),
    Column("fused", lambda part: part.after.bytes / MIB, ",.2f"),
    Column("operators", lambda part: part.before.operators),
    Column("fused", lambda part: part.after.operators),
    Column("lower bound ms", lambda part: MS * part.predicted_before.seconds, ".3f"),
    Column("fused", lambda part: MS * part.predicted_after.seconds, ".3f"),
)


def tables(document: ExplainDocument) -> list[Table]:
    """Return the table by stage, none if the attention was not fused."""
    if not document.fused:
        return []
    *stages, every = document.fused
    return [Table.of(FUSED, COLUMNS, stages, [every])]


def sentences(document: ExplainDocument) -> Iterator[str]:
    """Yield what fusing saves, and the time that was measured where it has an interval."""
    if not document.fused:
        return
    every = document.fused[-1]
    yield (
        f"Fused, the attention moves {_moved(every.after)} instead of {_moved(every.before)}: at "
        f"least {MS * every.predicted_after.seconds:.2f} ms instead of "
        f"{MS * every.predicted_before.seconds:.2f} ms{_took(document, every)}."
    )


def _moved(part: Movement) -> str:
    return f"{part.bytes / MIB:,.2f} MiB in {plural(part.operators, 'operator')}"


def _took(document: ExplainDocument, every: FusedTime) -> str:
    before, after = document.total.measured_seconds, every.measured_seconds
    if not (before and after) or None in (before.low, after.low):
        return ""
    return f"; measured were {_ms(after)} instead of {_ms(before)}"


def _ms(estimate: Estimate) -> str:
    low, high = (None if end is None else MS * end for end in (estimate.low, estimate.high))
    return f"{MS * estimate.value:+.2f} ms {bounds(low, high, '+.2f')}"
