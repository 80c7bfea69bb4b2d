"""A page as text: what is printed, in which order, and what is left to others."""

import re

import pytest

from report.hostile import SVG, answer
from se_cost.report.formats.answer import Screen
from se_cost.report.formats.text import write
from se_cost.report.page import (
    Beside,
    Block,
    Details,
    Heading,
    Picture,
    Section,
    Table,
    Text,
    Warning,
    console,
)

TABLE = Table(
    "Sums",
    (Heading("what"), Heading("n"), Heading("%", ".2f"), Heading("why")),
    (("first", 1200, 1 / 3, "x"), ("second", 34, None, "y"), ("all", 1234, 1.0, "")),
    totals=1,
)
PIPE = Screen()
BLOCKS = (Text("One line."), TABLE, TABLE, Warning("Mind the gap"))


def text(*blocks: Block, screen: Screen = PIPE, title: str = "", lead: str = "") -> str:
    """Return a page of some blocks as text."""
    return write(answer(*blocks, title=title, lead=lead), screen)


def test_a_page_is_printed_in_its_order() -> None:
    """Title, lead, sentences and tables as they come; an empty line parts what is no sentence."""
    page = text(
        Text("One."),
        Text("Two."),
        Section("More", (Text("Three."), console("se-cost params", "se-cost nets"))),
        Details("SE-ResNet-18: +1 %", (Text("folded"),)),
        title="Title",
        lead="Lead.",
    )
    assert page.splitlines() == [
        *("Title", "", "Lead.", "One.", "Two.", "", "More", "", "Three.", ""),
        *("$ se-cost params", "$ se-cost nets", "", "SE-ResNet-18: +1 %", "", "folded"),
    ]


def test_the_whole_of_a_table() -> None:
    """Title, heading and rows, with an empty line above the totals."""
    assert text(Text("One line."), TABLE).splitlines() == [
        "One line.",
        "",
        "Sums",
        "",
        "  what         n      %   why",
        " ─────────────────────────────",
        "  first    1,200   0.33   x",
        "  second      34      –   y",
        "",
        "  all      1,234   1.00",
        "",
    ]


def test_a_sentence_after_a_table_stands_apart() -> None:
    """So it is no row of the table."""
    lines = text(TABLE, Text("After."), screen=Screen(width=24)).splitlines()
    assert lines[-2:] == ["", "After."]


def test_what_a_terminal_cannot_show_is_left_out() -> None:
    """Warnings go to stderr; pictures and links need a file; nothing folds."""
    beside = Beside("Same anywhere.", "All is in", ".json")
    folded = Details("Summary.", (Text("hidden"), TABLE))
    page = text(Picture("p", lambda: SVG, "words"), beside, Warning("Mind the gap"), folded)
    assert page.startswith("Summary.\n\nhidden\n\nSums\n")
    assert not any(word in page for word in ("Same", "Mind", "words", "svg"))


def test_a_table_without_title_has_no_line_for_it() -> None:
    """Under the heading of its section it needs none."""
    untitled = Table("", TABLE.columns, TABLE.rows)
    lines = text(Section("Environment", (untitled,))).splitlines()
    assert lines[0] == "Environment"
    assert lines.index("  what         n      %   why") == 3


@pytest.mark.parametrize("width", [None, 80, 24])
def test_text_has_no_trailing_space_and_ends_with_a_newline(width: int | None) -> None:
    """What is printed can be compared byte by byte."""
    page = text(*BLOCKS, screen=Screen(width))
    assert page.endswith("\n")
    assert not page.endswith("\n\n\n")
    assert not re.search(r"[ \t]+$", page, re.MULTILINE)


def test_sentences_fit_the_terminal() -> None:
    """A long sentence is one line in a pipe, and broken into lines on a terminal."""
    long = Text(" ".join(["word"] * 60))
    assert len(text(long).splitlines()) == 1
    narrow = text(long, Section("a heading " * 9, ()), screen=Screen(40)).splitlines()
    assert len(narrow) > 7
    assert max(map(len, narrow)) <= 40


def test_commands_are_never_broken() -> None:
    """A command that is wider than the terminal can still be copied."""
    command = "se-cost params " + "--arch se_resnet50 " * 9
    assert text(console(command), screen=Screen(20)) == f"$ {command.strip()}\n"


def test_markup_is_taken_literally() -> None:
    """Brackets and emoji names that rich would interpret are printed as they are."""
    table = Table("[b]t[/b]", (Heading("[red]c"),), (("[bold]:smile:",),))
    page = text(Text("[link]x :cat:"), table, console("[i]y"), Section("[u]h", ()))
    for word in ("[b]t[/b]", "[red]c", "[bold]:smile:", "[link]x :cat:", "$ [i]y", "[u]h"):
        assert word in page


def test_color_marks_titles_and_totals_only_if_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bold is there with colour; without it there is no escape sequence at all."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")
    blocks = (*BLOCKS, Section("Heading", ()))
    plain, bold = text(*blocks), text(*blocks, screen=Screen(color=True))
    assert "\x1b" not in plain
    for word in ("Sums", "all", "Heading"):
        assert "\x1b[1m" in next(line for line in bold.splitlines() if word in line)
    for word in ("One line", "first"):
        assert "\x1b[1m" not in next(line for line in bold.splitlines() if word in line)
    unmarked = re.sub(r"\x1b\[[\d;]*m", "", bold)
    assert [line.rstrip() for line in unmarked.splitlines()] == plain.splitlines()
