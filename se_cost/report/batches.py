"""The same comparison at several batch sizes."""

from collections.abc import Sequence

from se_cost.measure.result import Timing
from se_cost.report import time, time_data
from se_cost.report.page import Cell, Column, Data, Page, Table
from se_cost.report.recipes import described, document
from se_cost.report.running import conditions

BATCH = Column("batch", "d")


def page(timings: Sequence[Timing]) -> Page:
    """Return the page of one timing, or of several that differ in their batch only."""
    if len(timings) == 1:
        return time.page(timings[0])
    pages = [time.page(timing) for timing in timings]
    heading = time.placed(", ".join(conditions(timings[0].settings)), timings[0])
    titles = [heading, *(table.title for table in max((p.tables for p in pages), key=len)[1:])]
    tables = [_joined(title, i, timings, pages) for i, title in enumerate(titles)]
    warnings = [
        f"batch {_batch(timing)}: {doubt}"
        for timing, page in zip(timings, pages, strict=True)
        for doubt in page.warnings
    ]
    return Page(_lines(timings), tuple(tables), _data(timings), tuple(warnings))


def _lines(timings: Sequence[Timing]) -> tuple[str, ...]:
    """Return a sentence for every batch; that one process is not enough is said once."""
    each = [
        f"batch {_batch(timing)}: {time.sentence(timing)}"
        + ("" if timing.run.quick else f" {time.basis(timing)}")
        for timing in timings
    ]
    quick = (time.QUICK,) if any(timing.run.quick for timing in timings) else ()
    return (f"{described(timings[0].recipe)}.", *each, *quick)


def _joined(title: str, i: int, timings: Sequence[Timing], pages: Sequence[Page]) -> Table:
    """Return table `i` of every page that has it as one, whose rows begin with the batch.

    An interrupted timing may lack a column, and a batch that was not trained a table.
    """
    parts = [
        (timing, page.tables[i])
        for timing, page in zip(timings, pages, strict=True)
        if i < len(page.tables)
    ]
    columns = max((table.columns for _, table in parts), key=len)
    rows: list[tuple[Cell, ...]] = []
    for timing, table in parts:
        for row in table.rows:
            cells = dict(zip(table.columns, row, strict=True))
            rows.append((_batch(timing), *(cells.get(column) for column in columns)))
    return Table(title, (BATCH, *columns), tuple(rows))


def _batch(timing: Timing) -> Cell:
    batch = timing.settings.batch
    return batch if timing.asked is None else f"{batch} (of {timing.asked})"


def _data(timings: Sequence[Timing]) -> Data:
    each = [time_data.data(timing) for timing in timings]
    return document("time", timings[0].recipe) | {"batches": each}
