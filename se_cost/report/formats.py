"""One function for each format: a page becomes a string."""

import csv
import io
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from se_cost.report.page import Page, Table

if TYPE_CHECKING:
    from rich.table import Table as RichTable

WIDE = 500  # columns; where there is no terminal, nothing needs to be wrapped


class Format(StrEnum):
    """How a page is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"


class Formatter(Protocol):
    """Makes a string of a page; `width` and `color` are those of the terminal, if it is one."""

    def __call__(self, page: Page, *, width: int | None, color: bool) -> str:
        """Return the page as a string that ends with a newline."""


def as_text(page: Page, *, width: int | None = None, color: bool = False) -> str:
    """Return tables drawn for a terminal; without a `width` they are as wide as they need.

    Warnings are left to the caller, since they go to stderr.
    """
    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out,
        width=width or WIDE,
        force_terminal=color,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for line in page.lines:
        console.print(line)
    for table in page.tables:
        console.print()
        console.print(drawn(table))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def drawn(table: Table) -> "RichTable":
    """Return the table as rich draws it, totals in bold below a line."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    rich_table = RichTable(
        title=Text(table.title, style="bold"), title_justify="left", box=box.SIMPLE_HEAD
    )
    for name, numeric in zip(table.header, _numeric(table), strict=True):
        rich_table.add_column(Text(name), justify="right" if numeric else "left", no_wrap=numeric)
    first_total = len(table.rows) - table.totals
    for i, cells in enumerate(table.cells()):
        if i == first_total:
            rich_table.add_section()
        rich_table.add_row(*map(Text, cells), style="bold" if i >= first_total else None)
    return rich_table


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
        tablefmt="github",
        colalign=["right" if numeric else "left" for numeric in _numeric(table)],
        disable_numparse=True,
    )


def as_csv(page: Page, *, width: int | None = None, color: bool = False) -> str:
    """Return every table with a heading and raw values, an empty line between two tables."""
    return "\n".join(map(_csv_table, page.tables))


def as_json(page: Page, *, width: int | None = None, color: bool = False) -> str:
    """Return one json document."""
    return json.dumps(page.data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


FORMATTERS: Mapping[Format, Formatter] = {
    Format.TEXT: as_text,
    Format.MARKDOWN: as_markdown,
    Format.CSV: as_csv,
    Format.JSON: as_json,
}


def escaped(text: str) -> str:
    """Return text that markdown takes literally, also within a cell of a table."""
    one_line = " ".join(text.split())
    for sign, harmless in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        one_line = one_line.replace(sign, harmless)
    return "".join(f"\\{sign}" if sign in "\\`*_|[]" else sign for sign in one_line)


def _csv_table(table: Table) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows(table.rows)
    return out.getvalue()


def _numeric(table: Table) -> list[bool]:
    """Return for every column but the first whether it is to be aligned as numbers."""
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    return [i > 0 and not all(isinstance(v, str) for v in c) for i, c in enumerate(columns)]
