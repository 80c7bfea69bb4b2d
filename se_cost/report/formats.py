"""One function for each format: a page becomes a string."""

import re
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from se_cost.report.page import Page, Table
from se_cost.report.terminal import as_lines


class Format(StrEnum):
    """How a page is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"
    JUNIT = "junit"  # of findings only


class Formatter(Protocol):
    """Makes a string of a page; `width` and `color` are those of the terminal, if it is one."""

    def __call__(self, page: Page, *, width: int | None, color: bool) -> str:
        """Return the page as a string that ends with a newline."""


def as_text(page: Page, *, width: int | None = None, color: bool = False) -> str:
    """Return tables drawn for a terminal; without a `width` they are as wide as they need.

    Warnings are left to the caller, since they go to stderr.
    """
    tables = [_visible_table(table) for table in page.tables]
    return as_lines([visible(line) for line in page.lines], tables, width, color)


def _visible_table(table: Table) -> Table:
    rows = (tuple(visible(c) if isinstance(c, str) else c for c in row) for row in table.rows)
    columns = (replace(column, name=visible(column.name)) for column in table.columns)
    return Table(visible(table.title), tuple(columns), tuple(rows), table.totals)


def as_markdown(page: Page, *, width: int | None = None, color: bool = False) -> str:
    """Return markdown as GitHub renders it."""
    parts = [escaped(line) for line in page.lines]
    for table in page.tables:
        parts += [f"**{escaped(table.title)}**", pipe_table(table)]
    parts += [f"> **Warning:** {escaped(warning)}" for warning in page.warnings]
    return "\n\n".join(parts) + "\n"


def pipe_table(table: Table) -> str:
    """Return one table in GitHub's pipe syntax."""
    from tabulate import tabulate

    return tabulate(
        [[escaped(cell) for cell in row] for row in table.cells()],
        headers=[escaped(name) for name in table.header],
        tablefmt="pipe",
        colalign=["right" if numeric else "left" for numeric in table.numeric],
        disable_numparse=True,
    )


def as_csv(page: Page, *, width: int | None = None, color: bool = False) -> str:
    """Return every table with a heading and raw values, an empty line between two tables."""
    return "\n".join(map(_csv_table, page.tables))


def as_json(page: Page, *, width: int | None = None, color: bool = False) -> str:
    """Return one json document."""
    import json

    text = json.dumps(page.data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def as_junit(page: Page, *, width: int | None = None, color: bool = False) -> str:
    """Return JUnit's XML of the findings of `check`."""
    from se_cost.report.gate.junit import suite

    return suite(page.data["findings"])


FORMATTERS: Mapping[Format, Formatter] = {
    Format.TEXT: as_text,
    Format.MARKDOWN: as_markdown,
    Format.CSV: as_csv,
    Format.JSON: as_json,
    Format.JUNIT: as_junit,
}


def visible(text: str) -> str:
    """Return text on one line, with what a terminal would obey (escape codes, ...) spelled out."""
    return "".join(sign if sign.isprintable() else _spelled(sign) for sign in text)


def _spelled(sign: str) -> str:
    return " " if sign.isspace() else sign.encode("unicode_escape").decode()


def escaped(text: str) -> str:
    """Return text that markdown takes literally, also within a cell of a table."""
    one_line = " ".join(visible(text).split())
    for sign, harmless in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        one_line = one_line.replace(sign, harmless)
    literal = "".join(f"\\{sign}" if sign in "\\`*_~#|[]" else sign for sign in one_line)
    return re.sub(r"^(\d*)([-+.)])(?=[ -]|$)", r"\1\\\2", literal)  # a list, or a rule


def _csv_table(table: Table) -> str:
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.header)
    for row in table.rows:
        writer.writerow([visible(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()
