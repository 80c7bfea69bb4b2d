"""The tables of a page as comma-separated values: one as it is, several as one tidy table."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.page import Cell, Table
from se_cost.text import printable

if TYPE_CHECKING:
    from se_cost.documents.base import Document

TIDY = ("network", "table", "line", "row", "column", "value")


def write(answer: Answer, screen: Screen) -> str:
    """Return a heading and raw values; of several tables one line for each of their cells.

    That line says what document it is of, which table, row and column, and the value.
    """
    tables = answer.page.tables
    if len(tables) == 1:
        return _written([tables[0].header, *tables[0].rows])
    name = arch(answer.document)
    return _written([TIDY, *(line for table in tables for line in _cells(table, name))])


def arch(document: "Document") -> str:
    """Return the name of the network that a document is of; nothing if it is of several."""
    return getattr(getattr(document, "recipe", None), "arch", "")


def _cells(table: Table, name: str) -> Iterator[Sequence[Cell]]:
    """Yield the cells of a table; the first column names the row, and its number tells it apart."""
    for number, row in enumerate(table.rows, 1):
        for heading, value in zip(table.header[1:], row[1:], strict=True):
            yield name, table.title, number, row[0], heading, value


def _written(rows: Iterable[Sequence[Cell]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([printable(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()
