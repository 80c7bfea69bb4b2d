"""Tables on terminals of any width: whatever happens, numbers stay whole."""

import re
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len as length

from report.made_up import timing
from se_cost.nets.registry import recipe
from se_cost.report import flops, nets, network, params, time
from se_cost.report.page import Cell, Column, Page, Table
from se_cost.report.terminal import as_lines, layout

WIDTHS = (60, 80, 120, 200)
LONG = recipe("se_inception_resnet_v2")
PAGES: dict[str, Page] = {
    "nets": nets.page(),
    "network": network.page(LONG),
    "params": params.page(LONG),
    "flops": flops.page(LONG),
    "time": time.page(timing(LONG)),
}
NARROW = Table(
    "Sums",
    (Column("what it is"), Column("number of things"), Column("share %", ".2f"), Column("why")),
    (
        ("first", 1_200_000, 1 / 3, "because it is so, and not otherwise"),
        ("all of them", 1_234_567, None, ""),
    ),
    totals=1,
)


def shown(table: Table, width: int | None) -> str:
    """Return a table as a terminal of a width shows it."""
    return as_lines((), (table,), width, color=False)


def numbers(table: Table, columns: Sequence[str]) -> Counter[str]:
    """Return how often each number stands in some columns."""
    kept = [i for i, name in enumerate(table.header) if name in columns]
    cells = zip(table.rows, table.cells(), strict=True)
    return Counter(text[i] for row, text in cells for i in kept if isinstance(row[i], int | float))


def columns_on(table: Table, width: int) -> list[str]:
    """Return the headings that a terminal of a width shows."""
    return [table.header[i] for band in layout(table, width).bands for i in band]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_no_line_is_too_long_and_no_number_is_cut(name: str, width: int) -> None:
    """Every table of every command fits, with each of its numbers in one piece."""
    for table in PAGES[name].tables:
        text = shown(table, width)
        assert max(map(length, text.splitlines())) <= width
        expected = numbers(table, columns_on(table, width))
        found = Counter(text.split())
        assert expected
        assert {
            number: found[number] for number in expected if found[number] < expected[number]
        } == {}
        assert "…" not in text


@pytest.mark.parametrize("name", PAGES)
def test_only_minor_columns_are_left_out_and_that_is_said(name: str) -> None:
    """What a narrow terminal does not show is named, and is never what the command is for."""
    for table in PAGES[name].tables:
        for width in WIDTHS:
            left_out = [column for column in table.header if column not in columns_on(table, width)]
            minor = {column.name for column in table.columns if column.minor}
            assert set(left_out) <= minor
            text = " ".join(shown(table, width).split())
            told = f"Left out in {width} columns: {', '.join(left_out)}."
            assert (told in text) is bool(left_out)


@pytest.mark.parametrize(("width", "bands"), [(60, 2), (80, 1), (120, 1), (200, 1)])
def test_the_list_of_networks_is_one_screen(width: int, bands: int) -> None:
    """From 80 columns on, each network has one line, and all of them are seen at once."""
    table = PAGES["nets"].tables[0]
    lines = shown(table, width).splitlines()
    for name, *_ in table.rows:
        assert sum(line.split()[:1] == [name] for line in lines) == bands
    assert len(lines) <= bands * (len(table.rows) + 9)


def test_without_a_terminal_everything_is_in_one_line() -> None:
    """A pipe gets all columns, unbroken, however wide they are."""
    table = PAGES["nets"].tables[0]
    lines = shown(table, None).strip().splitlines()
    assert lines[2].split("  ")[0] == ""
    assert [cell.strip() for cell in re.split(r"\s{3,}", lines[2].strip())] == table.header
    assert len(table.rows) == len(lines) - 4
    assert shown(table, 1000) == shown(table, None)


def test_numbers_end_and_words_begin_in_one_place() -> None:
    """At 54 columns headings break at spaces, digits end below each other, totals are apart."""
    assert shown(NARROW, 54).strip().splitlines() == [
        "Sums",
        "",
        "             number of  share",
        "what it is      things      %  why",
        "─" * 54,
        "first        1,200,000   0.33  because it is so, and",
        "                               not otherwise",
        "",
        "all of them  1,234,567      –",
    ]


def test_bands_repeat_the_first_column_and_are_about_as_wide() -> None:
    """What does not fit goes below, with the names again, and no band is a leftover."""
    table = Table(
        "t", (Column("name"), *(Column(f"c{i}") for i in range(8))), ((("a", *[10**6] * 8)),)
    )
    bands = layout(table, 60).bands
    assert [len(band) for band in bands] == [5, 5]
    assert {band[0] for band in bands} == {0}


@pytest.mark.parametrize(
    ("rows", "width", "labels"),
    [
        ((("a", "x", 1), ("b", "x", 2)), 30, 1),
        ((("a", "x", 1), ("a", "y", 2)), 30, 2),
        ((("a", "x", 1), ("a", "y", 2)), 18, 1),
        ((("a", "x", 1), ("a", "x", 1)), 30, 1),
    ],
)
def test_bands_begin_with_what_tells_rows_apart(
    rows: tuple[tuple[Cell, ...], ...], width: int, labels: int
) -> None:
    """Where names in the first column repeat, bands begin with more columns, if there is room."""
    columns = [Column(f"number{i}") for i in range(1, 8)]
    whole = Table(
        "t",
        (Column("name"), Column("kind of it"), *columns),
        tuple((name, kind, *[number] * 7) for name, kind, number in rows),
    )
    bands = layout(whole, width).bands
    headings = [[whole.header[i] for i in band] for band in bands]
    assert len(bands) > 1
    assert [h[:labels] for h in headings] == [["name", "kind of it"][:labels]] * len(bands)
    assert sum(h[1] == "kind of it" for h in headings) == (1 if labels == 1 else len(bands))


def test_a_total_is_apart_in_every_band() -> None:
    """Totals are set apart wherever they are shown."""
    lines = shown(NARROW, 30).splitlines()
    for i, line in enumerate(lines):
        if line.startswith("all of"):
            assert lines[i - 1] == ""
    assert sum(line.startswith("all of") for line in lines) > 1


def test_color_is_bold_for_titles_headings_and_totals() -> None:
    """With colour some lines are bold; without the signs for it the text is the same."""
    plain, bold = (as_lines((), (NARROW,), 100, color) for color in (False, True))
    marked = [line for line in bold.splitlines() if "\x1b[1m" in line]
    unmarked = re.sub(r"\x1b\[\dm", "", bold)
    assert [line.rstrip() for line in unmarked.splitlines()] == plain.splitlines()
    assert "Sums" in marked[0]
    assert "share %" in marked[1]
    assert "1,234,567" in marked[2]
    assert len(marked) == 3


WORDS = st.lists(st.text("abcdefg", min_size=1, max_size=12), max_size=6).map(" ".join)
NUMBERS = st.none() | st.integers(-(10**9), 10**9)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Draw a table of words and numbers, with some minor columns."""
    kinds = draw(st.lists(st.sampled_from([WORDS, NUMBERS]), max_size=6))
    names = [f"{draw(WORDS)} {i}" for i in range(len(kinds))]
    columns = [Column("name"), *(Column(name, minor=draw(st.booleans())) for name in names)]
    rows: list[tuple[Cell, ...]] = draw(st.lists(st.tuples(WORDS, *kinds), max_size=4))
    return Table(draw(WORDS), tuple(columns), tuple(rows), draw(st.integers(0, len(rows))))


def assert_whole(table: Table, width: int) -> None:
    """Assert that all numbers are there, but those in minor columns."""
    found = Counter(shown(table, width).split())
    expected = numbers(table, [column.name for column in table.columns if not column.minor])
    assert {number for number in expected if found[number] < expected[number]} == set()


@settings(max_examples=60)
@given(tables(), st.integers(36, 120))
def test_any_table_fits(table: Table, width: int) -> None:
    """Where two columns fit beside each other, any table fits, and each number is whole."""
    assert max(map(length, shown(table, width).splitlines())) <= width
    assert_whole(table, width)


@settings(max_examples=40)
@given(tables(), st.integers(1, 35))
def test_no_width_is_too_small(table: Table, width: int) -> None:
    """However narrow a terminal is, numbers are whole, even if that makes a line too long."""
    assert_whole(table, width)
