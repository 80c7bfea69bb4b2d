"""A page as markdown: as a parser of GitHub's markdown reads it."""

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from report.formats.readers import inline, tokens, words
from report.hostile import NASTY, SVG, answer, everything
from se_cost.report.formats.answer import Screen
from se_cost.report.formats.markdown import MARKER, escaped, link, page, pipe_table, write
from se_cost.report.page import (
    Heading,
    Page,
    Picture,
    Section,
    Table,
    Text,
    Warning,
)
from se_cost.text import printable

TABLE = Table(
    "Sums",
    (Heading("what"), Heading("n"), Heading("%", ".2f"), Heading("why")),
    (("first", 1200, 1 / 3, "x"), ("second", 34, None, "y"), ("all", 1234, 1.0, "")),
    totals=1,
)


def whole(text: str, stem: str | None = None) -> str:
    """Return a page with a text in every place there is."""
    return page(everything(text).page, stem)


def test_a_page_without_title_is_its_blocks() -> None:
    """Sentences, titled tables and doubts follow each other, and nothing is around them."""
    found = answer(Text("One *line*."), TABLE, Warning("Mind the gap"))
    assert write(found, Screen()).splitlines() == [
        "One \\*line\\*.",
        "",
        "**Sums**",
        "",
        "| what   |     n |    % | why   |",
        "|:-------|------:|-----:|:------|",
        "| first  | 1,200 | 0.33 | x     |",
        "| second |    34 |    – | y     |",
        "| all    | 1,234 | 1.00 |       |",
        "",
        "> **Warning:** Mind the gap",
    ]


def test_a_page_with_a_title_begins_with_the_marker() -> None:
    """A bot finds the comment to replace by its first line, which nobody sees."""
    found = page(Page((Section("More", (Text("Text."),)),), "Title", "Lead."))
    assert found.split("\n\n") == [MARKER, "# Title", "**Lead.**", "## More", "Text.\n"]
    assert MARKER == "<!-- se-cost report -->"


def test_tables_are_those_that_a_parser_reads() -> None:
    """A parser of GitHub's markdown finds both tables, with all cells where they belong."""
    found = tokens(page(Page((TABLE, TABLE))))
    assert sum(token.type == "table_open" for token in found) == 2
    cells = [t.content for before, t in pairwise(found) if before.type in ("th_open", "td_open")]
    assert cells[:12] == [
        *("what", "n", "%", "why"),
        *("first", "1,200", "0.33", "x"),
        *("second", "34", "–", "y"),
    ]


def test_a_table_without_title_or_rows() -> None:
    """The one has no bold line, the other is a heading, not an error."""
    empty = Table("", (Heading("a"), Heading("b")), ())
    assert [line.count("|") for line in page(Page((empty,))).splitlines()] == [3, 3]


def test_escaped_is_literal_to_a_parser() -> None:
    """Whatever a text holds, markdown renders its characters and nothing else, on one line."""
    block = tokens(escaped(NASTY))
    assert [token.type for token in block] == ["paragraph_open", "inline", "paragraph_close"]
    children = block[1].children or []
    assert {child.type for child in children} <= {"text", "text_special", "softbreak"}
    assert words(block[1]) == " ".join(printable(NASTY).split())


def test_escaped_cell_stays_one_cell() -> None:
    """Bars, backticks, tags and newlines in a cell do not break the table's row."""
    table = Table(NASTY, (Heading("a"), Heading(NASTY)), ((NASTY, NASTY), ("b", 1)))
    lines = pipe_table(table).splitlines()
    assert len(lines) == 4
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {3}


@pytest.mark.parametrize("stem", ["page", None])
def test_no_markup_comes_of_a_name(stem: str | None) -> None:
    """Neither spans, links nor HTML but what the page itself has."""
    found = tokens(whole(NASTY, stem))
    kinds = {child.type for token in found for child in token.children or []}
    assert kinds <= {
        *("text", "text_special", "softbreak", "strong_open", "strong_close"),
        *("image", "link_open", "link_close"),
    }
    raw = [token.content for token in found if token.type == "html_block"]
    assert [re.sub(r"<summary>.*</summary>", "", html).strip() for html in raw] == [
        *(MARKER, "<details>", "</details>")
    ]
    assert "<script" not in "".join(raw)


@pytest.mark.parametrize("text", ["+9.90 % of it", "-1.5 to 2", "3.5 ms", "2/r", "--max-time 5"])
def test_numbers_need_no_escape(text: str) -> None:
    """The page can be read as it is."""
    assert text in whole(text)


@pytest.mark.parametrize("stem", ["page", "a name (1)", "100%", "[x]", "a|b`<c>\n", "\udcff"])
def test_files_beside_the_page_are_linked(stem: str) -> None:
    """Links and pictures lead to the names of files, whatever those are."""
    found = list(inline(whole("tame", stem)))
    links = [str(t.attrs["href"]) for t in found if t.type == "link_open"]
    pictures = [str(t.attrs["src"]) for t in found if t.type == "image"]
    targets = [unquote(target, errors="surrogateescape") for target in (*pictures, *links)]
    assert targets == [*[f"{stem}-p.svg"] * 2, f"{stem}-s.svg", f"{stem}.json"]


def test_pictures_have_words() -> None:
    """For those who do not see them."""
    images = [t.content for t in inline(whole("some words", "x")) if t.type == "image"]
    assert images == ["some words", "some words"]


def test_charts_stand_in_where_no_file_can_be() -> None:
    """On its own the page has no link and no picture, but a chart for each."""
    found = whole("tame")
    assert not [t for t in inline(found) if t.type in ("image", "link_open")]
    assert [t.content for t in tokens(found) if t.info == "mermaid"] == [
        *("pie showData title t\n", "xychart-beta\n", "pie showData title t\n")
    ]


def test_simple_charts_are_drawn_by_the_reader_everywhere() -> None:
    """Beside its files, only the picture that is simple is a chart too."""
    charts = [t.content for t in tokens(whole("tame", "x")) if t.info == "mermaid"]
    assert charts == ["xychart-beta\n"]


def test_a_picture_that_lies_elsewhere_is_shown() -> None:
    """The file that a caller names wins; a picture without file and chart is not there at all."""
    picture = Picture("errors", lambda: SVG, "The errors")
    content = Page((Text("Text."), picture, Text("End.")))
    assert page(content).split("\n\n") == ["Text.", "End.\n"]
    shown = page(content, figures={"errors": "../a%20b.svg"})
    assert shown.split("\n\n") == ["Text.", "![The errors](../a%20b.svg)", "End.\n"]
    assert "](x.svg)" in page(content, "page", {"errors": "x.svg"})
    assert "](page-errors.svg)" in page(content, "page", {"other": "x.svg"})


def test_pictures_are_not_drawn() -> None:
    """Only their names matter here: who writes the files draws them."""
    page(Page((Picture("p", lambda: pytest.fail("drawn"), "words"),)), "page")


@pytest.mark.parametrize(
    ("target", "beside", "expected"),
    [
        ("a.svg", "a.md", "a.svg"),
        ("out/a.svg", "docs/a.md", "../out/a.svg"),
        ("docs/a b.svg", "docs/a.md", "a%20b.svg"),
    ],
)
def test_link(target: str, beside: str, expected: str) -> None:
    """A link goes from the folder of the page, in the spelling of the web."""
    assert link(Path(target), Path(beside)) == expected


def test_commands_can_be_copied() -> None:
    """They stand as they are, behind a prompt."""
    fences = [t.content for t in tokens(whole("se-cost a|b *c*")) if t.info == "console"]
    assert fences == ["$ se-cost a|b *c*\n"]


def test_details_are_folded() -> None:
    """Their summary is HTML, what they hold is markdown."""
    found = tokens(whole("a < b"))
    start = next(i for i, t in enumerate(found) if "<details>" in t.content)
    assert found[start].content == "<details>\n<summary>a &lt; b</summary>\n"
    end = next(i for i, t in enumerate(found) if t.content == "</details>\n")
    inside = [t.tag for t in found[start:end] if t.type.endswith("_open")]
    assert inside[:2] == ["h3", "p"]
    assert "table" in inside
