"""Tables on terminals of any width: whatever happens, numbers stay whole."""

import re
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len as length

from report.hostile import answer
from se_cost.report.formats.answer import Screen
from se_cost.report.formats.terminal import layout
from se_cost.report.formats.text import write
from se_cost.report.page import Cell, Heading, Table

WIDTHS = (60, 80, 120, 200)
NAMES = ("resnet50", "resnext50_32x4d", "bn_inception", "inception_resnet_v2", "mobilenet")
SIZES = (3.858, 2.53, 9.9, 2.51, 0.065)
NETWORKS = Table(
    "Networks, and what SE adds",
    (
        Heading("network"),
        Heading("blocks", minor=True),
        Heading("channels", minor=True),
        Heading("input"),
        Heading("params M", ".2f"),
        Heading("MACs G", ".3f"),
        Heading("SE params M", ".2f"),
        Heading("SE params %", ".2f"),
        Heading("SE MACs M", ".2f"),
        Heading("SE MACs %", ".3f"),
        Heading("source", minor=True),
    ),
    tuple(
        (name, "3-4-6-3", "256-512-1024-2048", "3x224x224", 25.56 + i, *SIZES, "He et al., 2016")
        for i, name in enumerate(NAMES)
    ),
)
OPERATORS = Table(
    "Operators of the network, and those of its attention",
    (
        Heading("operator"),
        Heading("layers", minor=True),
        *(Heading(f"{of}{what}") for of in ("", "attention ") for what in ("MACs", "other ops")),
        Heading("MiB", ".2f"),
        Heading("what it counts"),
    ),
    (
        ("conv", 53, 3_855_925_248, 0, 0, 0, 168.52, "multiply-accumulates of convolutions"),
        ("global_avg_pool", 17, 0, 5_619_712, 0, 5_519_360, 21.5, "sums of all pixels of a map"),
        ("all", 304, 3_860_488_192, 48_254_360, 2_514_944, 11_070_816, None, ""),
    ),
    totals=1,
)
TABLES = {"networks": NETWORKS, "operators": OPERATORS}
NARROW = Table(
    "Sums",
    (Heading("what it is"), Heading("number of things"), Heading("share %", ".2f"), Heading("why")),
    (
        ("first", 1_200_000, 1 / 3, "because it is so, and not otherwise"),
        ("all of them", 1_234_567, None, ""),
    ),
    totals=1,
)


def shown(table: Table, width: int | None) -> str:
    """Return a table as a terminal of a width shows it."""
    return write(answer(table), Screen(width))


def numbers(table: Table, columns: Sequence[str]) -> Counter[str]:
    """Return how often each number stands in some columns."""
    kept = [i for i, name in enumerate(table.header) if name in columns]
    cells = zip(table.rows, table.cells(), strict=True)
    return Counter(text[i] for row, text in cells for i in kept if isinstance(row[i], int | float))


def columns_on(table: Table, width: int) -> list[str]:
    """Return the headings that a terminal of a width shows."""
    return [table.header[i] for band in layout(table, width).bands for i in band]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", TABLES)
def test_no_line_is_too_long_and_no_number_is_cut(name: str, width: int) -> None:
    """Every table fits, with each of its numbers in one piece."""
    table = TABLES[name]
    text = shown(table, width)
    assert max(map(length, text.splitlines())) <= width
    expected, found = numbers(table, columns_on(table, width)), Counter(text.split())
    assert expected
    assert {number for number in expected if found[number] < expected[number]} == set()
    assert "…" not in text


@pytest.mark.parametrize("name", TABLES)
def test_only_minor_columns_are_left_out_and_that_is_said(name: str) -> None:
    """What a narrow terminal does not show is named, and is never what the table is for."""
    table, said = TABLES[name], []
    for width in (40, *WIDTHS):
        left_out = [column for column in table.header if column not in columns_on(table, width)]
        assert set(left_out) <= {column.name for column in table.columns if column.minor}
        text = " ".join(shown(table, width).split())
        told = f"Left out in {width} columns: {', '.join(left_out)}."
        assert (told in text) is bool(left_out)
        said.append(bool(left_out))
    assert True in said
    assert False in said


@pytest.mark.parametrize(("width", "bands"), [(60, 2), (80, 1), (120, 1), (200, 1)])
def test_rows_stay_in_one_line(width: int, bands: int) -> None:
    """From 80 columns on, each network has one line, and all of them are seen at once."""
    lines = shown(NETWORKS, width).splitlines()
    for name in NAMES:
        assert sum(line.split()[:1] == [name] for line in lines) == bands


def test_the_first_minor_columns_to_go_are_the_last() -> None:
    """Columns are left out from the right, and only as many as must be."""
    needed = layout(NETWORKS, 10_000).bands[0]
    assert len(needed) == 11
    widths = range(120, 79, -1)
    left = [set(NETWORKS.header) - set(columns_on(NETWORKS, width)) for width in widths]
    assert {"source"} in left
    assert {"source", "channels"} in left
    assert sorted(map(len, left)) == list(map(len, left))


def test_without_a_terminal_everything_is_in_one_line() -> None:
    """A pipe gets all columns, unbroken, however wide they are."""
    lines = shown(NETWORKS, None).strip().splitlines()
    assert lines[2].split("  ")[0] == ""
    assert [cell.strip() for cell in re.split(r"\s{3,}", lines[2].strip())] == NETWORKS.header
    assert len(NETWORKS.rows) == len(lines) - 4
    assert shown(NETWORKS, 1000) == shown(NETWORKS, None)


def test_a_table_stays_roomy_as_long_as_it_fits() -> None:
    """It is drawn with room between its columns down to the very width that it needs."""
    roomy = shown(NARROW, None)
    width = max(map(len, roomy.splitlines())) + 1  # the rule, and the room on its right
    assert shown(NARROW, width) == roomy
    assert shown(NARROW, width - 1) != roomy


def test_numbers_end_and_words_begin_in_one_place() -> None:
    """At 54 columns headings break at spaces, digits end below each other, totals are apart."""
    assert shown(NARROW, 54).splitlines() == [
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
    headings = (Heading("name"), *(Heading(f"c{i}") for i in range(8)))
    bands = layout(Table("t", headings, ((("a", *[10**6] * 8)),)), 60).bands
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
    columns = [Heading(f"number{i}") for i in range(1, 8)]
    whole = Table(
        "t",
        (Heading("name"), Heading("kind of it"), *columns),
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


def test_signs_of_two_columns_fit() -> None:
    """A name in wide signs takes the room that it has on a screen."""
    wide = Table("t", (Heading("name"), Heading("number")), (("残差ネットワーク", 10**9),) * 2)
    for width in (23, 30, 40):
        assert max(map(length, shown(wide, width).splitlines())) <= max(width, 31)
    assert "1,000,000,000" in shown(wide, 23)


WORDS = st.lists(st.text("abcdefg", min_size=1, max_size=12), max_size=6).map(" ".join)
NUMBERS = st.none() | st.integers(-(10**9), 10**9)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Draw a table of words and numbers, with some minor columns."""
    kinds = draw(st.lists(st.sampled_from([WORDS, NUMBERS]), max_size=6))
    names = [f"{draw(WORDS)} {i}".strip() for i in range(len(kinds))]
    columns = [Heading("name"), *(Heading(name, minor=draw(st.booleans())) for name in names)]
    rows: list[tuple[Cell, ...]] = draw(st.lists(st.tuples(WORDS, *kinds), max_size=4))
    return Table(draw(WORDS), tuple(columns), tuple(rows), draw(st.integers(0, len(rows))))


def assert_whole(table: Table, width: int) -> None:
    """Assert that all numbers are there, but those in minor columns."""
    found = Counter(shown(table, width).split())
    expected = numbers(table, [column.name for column in table.columns if not column.minor])
    assert {number for number in expected if found[number] < expected[number]} == set()


@settings(max_examples=200)
@given(tables(), st.integers(42, 120))
def test_any_table_fits(table: Table, width: int) -> None:
    """Where two texts of 20 signs fit beside each other, any table does, all numbers whole."""
    assert max(map(length, shown(table, width).splitlines())) <= width
    assert_whole(table, width)


@settings(max_examples=100)
@given(tables(), st.integers(1, 41))
def test_no_width_is_too_small(table: Table, width: int) -> None:
    """However narrow a terminal is, numbers are whole, even if that makes a line too long."""
    assert_whole(table, width)


@pytest.mark.parametrize("width", [40, 44, 60, 80])
def test_an_interval_stays_beside_its_estimate(width: int) -> None:
    """No band begins with a bound or a verdict, unless there is no room for them together."""
    names = ("stage", "predicted ms", "low", "high", "measured ms", "low", "high", "verdict")
    row = (2, 1.408, 1.326, 1.484, 8.719, 5.3, 11.737, "slower")
    table = Table("Times", tuple(Heading(name, ".3f") for name in names), (row,))
    found = layout(table, width)
    assert [i for band in found.bands for i in band[1:]] == list(range(1, len(names)))
    firsts = {names[band[1]] for band in found.bands}
    assert firsts <= {"predicted ms", "measured ms"}
    assert len(layout(table, 20).bands) > 2, "numbers are whole before all"
