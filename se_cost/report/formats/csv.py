"""The tables of a page as comma-separated values."""

import csv
import io

from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.page import Table
from se_cost.text import printable


def write(answer: Answer, screen: Screen) -> str:
    """Return every table with a heading and raw values, an empty line between two tables."""
    return "\n".join(map(_table, answer.page.tables))


def _table(table: Table) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.header)
    for row in table.rows:
        writer.writerow([printable(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()
