"""The same comparison at several batch sizes."""

from collections.abc import Sequence

from se_cost.measure.result import Timing
from se_cost.report import time, time_data
from se_cost.report.doubts import doubts
from se_cost.report.page import Cell, Column, Data, Page, Table
from se_cost.report.recipes import described, document
from se_cost.report.running import conditions

BATCH = Column("batch", "d")


def page(timings: Sequence[Timing]) -> Page:
    """Return the page of one timing, or of several that differ in their batch only."""
    if len(timings) == 1:
        return time.page(timings[0])
    arms, noise = zip(*(time.page(timing).tables for timing in timings), strict=True)
    heading = time.placed(", ".join(conditions(timings[0].settings)), timings[0])
    tables = (_joined(heading, timings, arms), _joined(noise[0].title, timings, noise))
    warnings = [
        f"batch {timing.settings.batch}: {doubt}" for timing in timings for doubt in doubts(timing)
    ]
    return Page(_lines(timings), tables, _data(timings), tuple(warnings))


def _lines(timings: Sequence[Timing]) -> tuple[str, ...]:
    """Return a sentence for every batch; that one process is not enough is said once."""
    each = [
        f"batch {timing.settings.batch}: {time.sentence(timing)}"
        + ("" if timing.run.quick else f" {time.basis(timing)}")
        for timing in timings
    ]
    quick = (time.QUICK,) if any(timing.run.quick for timing in timings) else ()
    return (f"{described(timings[0].recipe)}.", *each, *quick)


def _joined(title: str, timings: Sequence[Timing], parts: Sequence[Table]) -> Table:
    """Return the same table of every timing as one, whose rows begin with the batch."""
    rows: list[tuple[Cell, ...]] = [
        (timing.settings.batch, *row)
        for timing, table in zip(timings, parts, strict=True)
        for row in table.rows
    ]
    return Table(title, (BATCH, *parts[0].columns), tuple(rows))


def _data(timings: Sequence[Timing]) -> Data:
    each = [time_data.data(timing) for timing in timings]
    return document("time", timings[0].recipe) | {"batches": each}
