"""Blocks of a page: cells as people read them, and what is found within others."""

from typing import NamedTuple

import pytest

from report.hostile import SVG
from se_cost.report.page import (
    Cell,
    Column,
    Details,
    Heading,
    Page,
    Picture,
    Section,
    Table,
    Text,
    Warning,
    answer,
    formatted,
)


class Stage(NamedTuple):
    """What a row is made of."""

    name: str
    params: int
    share: float | None


COLUMNS = (
    Column("stage", of=lambda stage: stage.name),
    Column("params", of=lambda stage: stage.params),
    Column("share %", of=lambda stage: stage.share, spec=".1f", minor=True),
)


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (2514944, ",d", "2,514,944"),
        (9.9033, ".2f", "9.90"),
        (-0.5, "+.2f", "-0.50"),
        (0, ",d", "0"),
        (None, ",d", "–"),
        ("all", ".2f", "all"),
        ("a\x1b[2J\nb", ",d", r"a\x1b[2J b"),
    ],
)
def test_formatted(value: Cell, spec: str, text: str) -> None:
    """Numbers follow the spec, words stay on a line, and nothing is a dash, not a zero."""
    assert formatted(value, spec) == text


def test_a_table_is_made_of_items() -> None:
    """Every column asks every item for its cell, and every total."""
    stages, whole = [Stage("2", 1000, 0.25), Stage("3", 3000, 0.75)], Stage("all", 4000, None)
    table = Table.of("Sums", COLUMNS, iter(stages), iter([whole]))
    assert table == Table(
        "Sums",
        (Heading("stage"), Heading("params"), Heading("share %", ".1f", minor=True)),
        (("2", 1000, 0.25), ("3", 3000, 0.75), ("all", 4000, None)),
        totals=1,
    )
    assert table.header == ["stage", "params", "share %"]
    assert table.cells() == [["2", "1,000", "0.2"], ["3", "3,000", "0.8"], ["all", "4,000", "–"]]
    assert Table.of("t", COLUMNS, stages).totals == 0


def test_columns_of_numbers_are_known() -> None:
    """One number is enough, and where all are missing they would have been numbers."""
    columns = tuple(map(Heading, "abcd"))
    assert Table("t", columns, (("x", 1, None, ""), ("y", "z", None, None))).numeric == [
        *(False, True, True, False)
    ]
    assert Table("t", columns, ()).numeric == [False] * 4


def test_a_row_of_another_length_is_refused() -> None:
    """A row that lacks a cell is an error, not a table with a hole."""
    table = Table("t", (Heading("name"), Heading("n")), (("a",),))
    with pytest.raises(ValueError, match="longer than"):
        table.cells()


def test_what_is_within_others_is_found_in_order() -> None:
    """Sections and details hold tables, pictures and doubts too."""

    def parts(name: str) -> tuple[Table, Picture, Warning, Text]:
        return (Table(name, (), ()), Picture(name, lambda: SVG, ""), Warning(name), Text(name))

    folded = Details("s", (*parts("b"), Section("h", parts("c"), 3)))
    page = Page((*parts("a"), folded, Section("h", parts("d"))))
    assert [table.title for table in page.tables] == ["a", "b", "c", "d"]
    assert [picture.name for picture in page.pictures] == ["a", "b", "c", "d"]
    assert page.warnings == ["a", "b", "c", "d"]
    assert Page(()).pictures == []


def test_an_answer_is_sentences_tables_and_doubts() -> None:
    """In this order, on a page without a title."""
    table = Table("t", (), ())
    assert answer(["One.", "Two."], [table], ["Mind the gap"]) == Page(
        (Text("One."), Text("Two."), table, Warning("Mind the gap"))
    )
