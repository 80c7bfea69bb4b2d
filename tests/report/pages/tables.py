"""Tables of pages, as tests look things up in them and add them up again."""

from collections.abc import Iterable

import pytest

from se_cost.report.page import Cell, Page, Table, Text, flat


def sentences(page: Page) -> list[str]:
    """Return the sentences of a page, those within sections too."""
    return [block.text for block in flat(page.blocks) if isinstance(block, Text)]


def titled(page: Page, title: str) -> Table:
    """Return the one table whose title begins so."""
    (table,) = [table for table in page.tables if table.title.startswith(title)]
    return table


def column(table: Table, name: str) -> dict[Cell, Cell]:
    """Return the cells under a heading, by the first cell of their row."""
    i = table.header.index(name)
    return {row[0]: row[i] for row in table.rows}


def row(table: Table, first: Cell) -> dict[str, Cell]:
    """Return the cells of the row that begins so, by their headings."""
    (found,) = [row for row in table.rows if row[0] == first]
    return dict(zip(table.header, found, strict=True))


def assert_sum(table: Table, total: Cell, parts: Iterable[Cell], columns: Iterable[str]) -> None:
    """Assert that a row is the sum of others, column by column."""
    cells = {name: row(table, name) for name in (*parts, total)}
    for name in columns:
        *numbers, whole = [cell[name] for cell in cells.values()]
        assert all(isinstance(number, int | float) for number in (*numbers, whole)), name
        assert sum(float(number or 0) for number in numbers) == pytest.approx(float(whole or 0))
