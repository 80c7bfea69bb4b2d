"""Cells as people read them."""

import pytest

from se_cost.report.page import Cell, Column, Table, listed, shown


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (2514944, ",d", "2,514,944"),
        (9.9033, ".2f", "9.90"),
        (-0.5, "+.2f", "-0.50"),
        (0, ",d", "0"),
        (None, ",d", "–"),
        ("all", ".2f", "all"),
    ],
)
def test_shown(value: Cell, spec: str, text: str) -> None:
    """Numbers follow the spec, words do not, and nothing is a dash, not a zero."""
    assert shown(value, spec) == text


def test_listed() -> None:
    """One value stays a number, which is aligned as one; several become words."""
    assert listed([64]) == 64
    assert listed([64, 128]) == "64, 128"


def test_cells_follow_their_columns() -> None:
    """Every cell is written by the spec of its own column."""
    table = Table("t", (Column("name"), Column("n"), Column("%", ".1f")), (("a", 1000, 0.25),))
    assert table.header == ["name", "n", "%"]
    assert table.cells() == [["a", "1,000", "0.2"]]


def test_a_row_of_another_length_is_refused() -> None:
    """A row that lacks a cell is an error, not a table with a hole."""
    table = Table("t", (Column("name"), Column("n")), (("a",),))
    with pytest.raises(ValueError, match="longer than"):
        table.cells()
