"""A page as text, markdown, csv and json."""

import csv
import json
import re
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt

from se_cost.report.formats import (
    Formatter,
    as_csv,
    as_json,
    as_markdown,
    as_text,
    escaped,
    pipe_table,
    visible,
)
from se_cost.report.page import Column, Page, Table

NASTY = "a|b `code` <script>alert(1)</script> *x* _y_ [z](u) & \\ \n# head\r\n| --- |"
TABLE = Table(
    "Sums",
    (Column("what"), Column("n"), Column("%", ".2f"), Column("why")),
    (("first", 1200, 1 / 3, "x"), ("second", 34, None, "y"), ("all", 1234, 1.0, "")),
    totals=1,
)
PAGE = Page(("One line.",), (TABLE, TABLE), {"n": 1234, "µ": None}, ("Mind the gap",))


def test_text_has_lines_then_tables() -> None:
    """Sentences come first, then each table with title, heading, rows, and a gap above totals."""
    lines = as_text(PAGE).splitlines()
    assert lines[0] == "One line."
    assert lines.count("Sums") == 2
    cells = [re.split(r"\s{2,}", line.strip()) for line in lines]
    assert ["what", "n", "%", "why"] in cells
    assert ["first", "1,200", "0.33", "x"] in cells
    assert ["second", "34", "–", "y"] in cells
    total = cells.index(["all", "1,234", "1.00"])
    assert lines[total - 1] == ""
    assert lines[total - 2].strip().startswith("second")


def test_text_aligns_numbers_to_the_right_and_words_to_the_left() -> None:
    """The digits of a column end in one place, the words of a column begin in one place."""
    lines = [line for line in as_text(PAGE).splitlines() if re.match(r"  (first|second)", line)]
    assert lines[0].index("1,200") + len("1,200") == lines[1].index("34") + len("34")
    assert lines[0].index("x") == lines[1].index("y")


def test_text_leaves_warnings_out() -> None:
    """Warnings go to stderr, so they are not part of the text."""
    assert "Mind the gap" not in as_text(PAGE)


def test_text_is_as_wide_as_it_needs_without_a_terminal() -> None:
    """A long sentence is one line in a pipe, and broken into lines on a terminal."""
    page = Page((" ".join(["word"] * 60),), (), {})
    assert len(as_text(page).splitlines()) == 1
    narrow = as_text(page, width=40).splitlines()
    assert len(narrow) > 5
    assert max(map(len, narrow)) <= 40


def test_text_has_no_trailing_space_and_one_final_newline() -> None:
    """What is printed can be compared byte by byte."""
    text = as_text(PAGE)
    assert text.endswith("\n")
    assert not text.endswith("\n\n\n")
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)


def test_text_takes_markup_literally() -> None:
    """Brackets and emoji names that rich would interpret are printed as they are."""
    table = Table("[b]t[/b]", (Column("[red]c"),), (("[bold]:smile:",),))
    text = as_text(Page(("[link]x :cat:",), (table,), {}))
    for word in ("[b]t[/b]", "[red]c", "[bold]:smile:", "[link]x :cat:"):
        assert word in text


def test_color_marks_titles_and_totals_only_if_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bold is there with colour; without it there is no escape sequence at all."""
    monkeypatch.setenv("TERM", "xterm-256color")
    plain, bold = as_text(PAGE), as_text(PAGE, color=True)
    assert "\x1b" not in plain
    assert "\x1b[1m" in next(line for line in bold.splitlines() if "all" in line)
    assert "\x1b[1m" not in next(line for line in bold.splitlines() if "first" in line)
    assert [line.strip() for line in re.sub(r"\x1b\[[\d;]*m", "", bold).splitlines()] == [
        line.strip() for line in plain.splitlines()
    ]


def test_markdown_has_tables_that_a_parser_reads() -> None:
    """A parser of GitHub's markdown finds both tables, with all cells where they belong."""
    tokens = MarkdownIt("commonmark").enable("table").parse(as_markdown(PAGE))
    assert sum(token.type == "table_open" for token in tokens) == 2
    cells = [t.content for before, t in pairwise(tokens) if _cell(before.type)]
    assert cells[:12] == [
        *("what", "n", "%", "why"),
        *("first", "1,200", "0.33", "x"),
        *("second", "34", "–", "y"),
    ]


def _cell(kind: str) -> bool:
    return kind in ("th_open", "td_open")


def test_markdown_shows_warnings() -> None:
    """A page that is kept must carry its doubts with it."""
    assert "> **Warning:** Mind the gap" in as_markdown(PAGE)


def test_escaped_is_literal_to_a_parser() -> None:
    """Whatever a text holds, markdown renders its characters and nothing else, on one line."""
    inline = MarkdownIt("commonmark").enable("table").parse(escaped(NASTY))
    assert [token.type for token in inline] == ["paragraph_open", "inline", "paragraph_close"]
    children = inline[1].children or []
    assert {child.type for child in children} <= {"text", "text_special", "softbreak"}
    assert "".join(child.content for child in children) == " ".join(NASTY.split())


def test_escaped_cell_stays_one_cell() -> None:
    """Bars, backticks, tags and newlines in a cell do not break the table's row."""
    table = Table(NASTY, (Column("a"), Column(NASTY)), ((NASTY, NASTY), ("b", 1)))
    lines = pipe_table(table).splitlines()
    assert len(lines) == 4
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {3}
    html = MarkdownIt("commonmark").enable("table").render(pipe_table(table))
    assert "<script>" not in html
    assert "<code>" not in html
    assert html.count("<td") == 4


def test_markdown_of_a_table_without_rows() -> None:
    """A table with nothing in it is a heading, not an error."""
    empty = Table("Nothing", (Column("a"), Column("b")), ())
    assert [line.count("|") for line in pipe_table(empty).splitlines()] == [3, 3]
    assert "Nothing" in as_text(Page((), (empty,), {}))


ESCAPE = "a\x1b[31mred\x07\r\u202e\u2028b"


@pytest.mark.parametrize("write", [as_text, as_markdown, as_csv, as_json])
def test_no_format_lets_a_terminal_be_steered(write: Formatter) -> None:
    """Escape codes, bells and marks that reverse a line are spelled out, wherever they stand."""
    table = Table(ESCAPE, (Column("c"),), ((ESCAPE,),))
    text = write(Page((ESCAPE,), (table,), {ESCAPE: ESCAPE}, (ESCAPE,)), width=None, color=False)
    assert {sign for sign in text if not sign.isprintable()} == {"\n"}
    assert "red" in text


def test_visible_keeps_what_can_be_seen() -> None:
    """Only what cannot be seen is spelled out."""
    assert visible("Σ N·C² – ü 😀") == "Σ N·C² – ü 😀"
    assert visible("\x1b") == r"\x1b"
    assert visible("a\tb\nc") == "a b c"


def test_json_spelled_out_is_the_same_data() -> None:
    """Whatever was spelled out is read back as it was."""
    assert json.loads(as_json(Page((), (), {ESCAPE: [ESCAPE]}))) == {ESCAPE: [ESCAPE]}


def test_csv_has_raw_values() -> None:
    """A spreadsheet gets full numbers, nothing for what is missing, and quotes where needed."""
    table = Table("t", (Column("a,b"), Column("n")), (('say "x"', 1234567), ("y", None)))
    text = as_csv(Page((), (table, TABLE), {}))
    first, second = text.split("\n\n")
    assert list(csv.reader(first.splitlines())) == [["a,b", "n"], ['say "x"', "1234567"], ["y", ""]]
    rows = list(csv.reader(second.splitlines()))
    assert rows[0] == ["what", "n", "%", "why"]
    assert float(rows[1][2]) == 1 / 3


def test_json_is_the_data() -> None:
    """The document holds what the page's data hold, readable and with a final newline."""
    text = as_json(PAGE)
    assert json.loads(text) == PAGE.data
    assert "µ" in text
    assert text.endswith("}\n")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_json_refuses_what_json_cannot_hold(value: float) -> None:
    """No document with NaN or Infinity leaves, since other readers would choke on it."""
    with pytest.raises(ValueError, match="JSON compliant"):
        as_json(Page((), (), {"n": value}))
