"""A document as markdown: as a parser of GitHub's markdown reads it."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from report.hostile import NASTY, document
from se_cost.report.formats import visible
from se_cost.report.markdown import MARKER, page_of

LITERAL = " ".join(visible(NASTY).split())


def tokens(text: str) -> list[Token]:
    """Return what a parser finds."""
    return MarkdownIt("commonmark").enable("table").parse(text)


def inline(text: str) -> Iterator[Token]:
    """Yield what a parser finds within lines."""
    for token in tokens(text):
        yield from token.children or []


def words(token: Token) -> str:
    """Return the text within a block, as it is shown."""
    return "".join(child.content for child in token.children or [])


@pytest.mark.parametrize("stem", ["page", None])
def test_hostile_texts_are_shown_as_they_are(stem: str | None) -> None:
    """In titles, sentences, tables, warnings, pictures and links; no markup comes of it."""
    page = page_of(document(), stem)
    found = tokens(page)
    kinds = {child.type for token in found for child in token.children or []}
    assert kinds <= {
        *("text", "text_special", "softbreak", "strong_open", "strong_close"),
        *("image", "link_open", "link_close"),
    }
    whole = [words(token) for token in found if token.type == "inline"]
    assert whole.count(LITERAL) >= 10
    assert f"Warning: {LITERAL}" in whole
    raw = [token.content for token in found if token.type == "html_block"]
    assert [re.sub(r"<summary>.*</summary>", "", html).strip() for html in raw] == [
        *(MARKER, "<details>", "</details>")
    ]
    assert "<script" not in "".join(raw).replace(MARKER, "")


@pytest.mark.parametrize("stem", ["page", None])
def test_hostile_texts_keep_to_their_place(stem: str | None) -> None:
    """There are as many blocks of each kind as if all names were tame."""

    def kinds(text: str) -> list[str]:
        return [token.type for token in tokens(page_of(document(text), stem))]

    assert kinds(NASTY) == kinds("tame")


@pytest.mark.parametrize(
    "text",
    [
        *("- a", "-", "+ a", "+", "1. a", "23) a", "1.", "---", "- - -", "===", "~~~", "> a"),
        *("# a", "***", "___", "    a", "| a |", "<a>", "[a]: b", "![a](b)", "```"),
    ],
)
def test_what_begins_a_block_elsewhere(text: str) -> None:
    """A name that looks like a list, a rule or a heading is a name."""
    tame = [t.type for t in tokens(page_of(document("tame")))]
    found = tokens(page_of(document(text)))
    assert [t.type for t in found] == tame
    assert text.strip() in [words(t) for t in found if t.type == "inline"]


@pytest.mark.parametrize("text", ["+9.90 % of it", "-1.5 to 2", "3.5 ms", "2/r", "--max-time 5"])
def test_numbers_need_no_escape(text: str) -> None:
    """The page can be read as it is."""
    assert text in page_of(document(text))


@given(st.text())
def test_any_text_keeps_to_its_place(text: str) -> None:
    """Whatever the names are, the page is put together in the same way."""
    tame = [t.type for t in tokens(page_of(document("tame")))]
    blank = not visible(text).strip()
    assert blank or [t.type for t in tokens(page_of(document(text)))] == tame


def test_nothing_a_terminal_obeys() -> None:
    """The page can be printed."""
    page = page_of(document(), "page")
    assert page.replace("\n", "").isprintable()


def test_marker_comes_first() -> None:
    """A bot finds the comment to replace by its first line, which nobody sees."""
    assert page_of(document(), "page").splitlines()[0] == "<!-- se-cost report -->"
    assert page_of(document()).splitlines()[0] == "<!-- se-cost report -->"


@pytest.mark.parametrize("stem", ["page", "a name (1)", "100%", "[x]", "a|b`<c>\n", "\udcff"])
def test_files_beside_the_page_are_linked(stem: str) -> None:
    """Links and pictures lead to the names of files, whatever those are."""
    found = list(inline(page_of(document("tame"), stem)))
    links = [str(t.attrs["href"]) for t in found if t.type == "link_open"]
    pictures = [str(t.attrs["src"]) for t in found if t.type == "image"]
    targets = [unquote(target, errors="surrogateescape") for target in (*pictures, *links)]
    assert targets == [*[f"{stem}-p.svg"] * 2, f"{stem}-s.svg", f"{stem}.json"]


def test_pictures_have_words() -> None:
    """For those who do not see them."""
    images = [t.content for t in inline(page_of(document("some words"), "x")) if t.type == "image"]
    assert images == ["some words", "some words"]


def test_charts_stand_in_where_no_file_can_be() -> None:
    """On its own the page has no link and no picture, but a chart for each."""
    page = page_of(document("tame"))
    assert not [t for t in inline(page) if t.type in ("image", "link_open")]
    assert [t.content for t in tokens(page) if t.info == "mermaid"] == [
        *("pie showData title t\n", "xychart-beta\n", "pie showData title t\n")
    ]


def test_simple_charts_are_drawn_by_the_reader_everywhere() -> None:
    """Beside its files, only the picture that is simple is a chart too."""
    page = page_of(document("tame"), "x")
    assert [t.content for t in tokens(page) if t.info == "mermaid"] == ["xychart-beta\n"]


def test_commands_can_be_copied() -> None:
    """They stand as they are, behind a prompt."""
    fences = [
        t.content for t in tokens(page_of(document("se-cost a|b *c*"))) if t.info == "console"
    ]
    assert fences == ["$ se-cost a|b *c*\n"]


def test_details_are_folded() -> None:
    """Their summary is HTML, what they hold is markdown."""
    found = tokens(page_of(document("a < b")))
    start = next(i for i, t in enumerate(found) if "<details>" in t.content)
    assert found[start].content == "<details>\n<summary>a &lt; b</summary>\n"
    end = next(i for i, t in enumerate(found) if t.content == "</details>\n")
    inside = [t.tag for t in found[start:end] if t.type.endswith("_open")]
    assert inside[:2] == ["h3", "p"]
    assert "table" in inside
