"""A document as HTML: as a browser reads it, and with nothing to fetch."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.hostile import NASTY, document
from report.made_up import timing
from se_cost.nets.registry import recipe
from se_cost.report.blocks import Document, Picture
from se_cost.report.document import Report, described
from se_cost.report.findings import Findings
from se_cost.report.formats import visible
from se_cost.report.html import page_of
from se_cost.report.page import Column, Page, Table

VOID = {"meta", "link"}
Attributes = dict[str, str | None]


class Parsed(HTMLParser):
    """The elements of a page with their attributes and texts; badly nested ones are an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, Attributes]] = []
        self.texts: list[tuple[str, str]] = []
        self.comments: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and that it is open."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that has no content."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text, and what it is in."""
        if data.strip():
            self.texts.append((self.open[-1], data))

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.comments.append(data)

    def all(self, tag: str) -> list[Attributes]:
        """Return the attributes of every element of a kind."""
        return [attributes for kind, attributes in self.elements if kind == tag]

    def within(self, tag: str) -> list[str]:
        """Return the texts of every element of a kind."""
        return [text for kind, text in self.texts if kind == tag]


@pytest.fixture(scope="module")
def page() -> str:
    """Return the page of two networks, one of them timed."""
    small = recipe("se_resnet18", input=64)
    networks = (Findings(small, timings=[timing(small)]), Findings(recipe("se_mobilenet")))
    return page_of(described(Report(networks)), "page")


def test_a_page_of_two_networks_is_well_formed(page: str) -> None:
    """Every element is closed where it should be; language, letters and screen are named."""
    parsed = Parsed(page)
    assert page.startswith("<!doctype html>\n")
    assert parsed.all("html") == [{"lang": "en"}]
    assert {"charset": "utf-8"} in parsed.all("meta")
    assert parsed.within("title") == parsed.within("h1") == ["What attention costs 2 networks"]
    assert parsed.comments == [" se-cost report "]
    assert len(parsed.all("details")) == len(parsed.all("summary")) == 2


def test_nothing_is_fetched(page: str) -> None:
    """No script, no frame, no image, no address of anything outside of the page."""
    parsed = Parsed(page)
    kinds = {kind for kind, _ in parsed.elements}
    assert not kinds & {"script", "img", "iframe", "object", "embed", "form", "base", "a"}
    for _, attributes in parsed.elements:
        for name in ("src", "href", "xlink:href", "action", "srcset", "data"):
            assert (attributes.get(name) or "#").startswith(("#", "data:,"))
        assert not [name for name in attributes if name.startswith("on")]
    assert "//" not in page
    assert "@import" not in page
    assert re.findall(r"url\((?!#)", page) == []


def test_a_policy_forbids_what_is_not_there(page: str) -> None:
    """A browser would not load anything either, whatever had slipped in."""
    policy = [m for m in Parsed(page).all("meta") if m.get("http-equiv")]
    assert [m["http-equiv"] for m in policy] == ["Content-Security-Policy"]
    assert str(policy[0]["content"]).startswith("default-src 'none'; style-src 'unsafe-inline'")


def test_pictures_are_drawings_with_words(page: str) -> None:
    """Each is an image to a screen reader, with a text of its own."""
    pictures = Parsed(page).all("svg")
    assert len(pictures) == 3 + 2 + 1  # of both; of the first, timed; of the second
    assert all(picture["role"] == "img" for picture in pictures)
    assert all(len(str(picture["aria-label"]).split()) > 5 for picture in pictures)
    assert all("viewbox" in picture and "width" not in picture for picture in pictures)


def test_ids_are_unique_and_references_hold(page: str) -> None:
    """Several drawings in one page do not use each other's parts."""
    ids = [a["id"] for _, a in Parsed(page).elements if "id" in a]
    assert len(ids) == len(set(ids)) > 100
    used = re.findall(r'(?:url\(#|href="#)([^)"]*)', page)
    assert used
    assert set(used) <= set(ids)


def test_drawings_have_the_ink_of_the_page(page: str) -> None:
    """Neither black ink nor white paper is left, so that they can be read in the dark."""
    drawings = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    assert "currentColor" in drawings
    assert not re.search(r"#000000|#ffffff|black|white", drawings)
    assert "<style" not in drawings


def test_dark_and_narrow_screens(page: str) -> None:
    """The page knows both schemes of colours, and the width of a phone."""
    parsed = Parsed(page)
    assert {"name": "color-scheme", "content": "light dark"} in parsed.all("meta")
    viewport = {"name": "viewport", "content": "width=device-width, initial-scale=1"}
    assert viewport in parsed.all("meta")
    light, dark = re.findall(r":root {(.*?)}", page, re.DOTALL)
    assert set(re.findall(r"--[\w-]+(?=:)", light)) == set(re.findall(r"--[\w-]+(?=:)", dark))
    assert "@media (prefers-color-scheme: dark)" in page


def luminance(color: str) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(f * p for f, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [("ink", "paper"), ("faint", "paper"), ("ink", "shade"), ("ink", "amber-shade")],
)
def test_contrast(page: str, scheme: int, ink: str, paper: str) -> None:
    """Every text can be read: 4.5 to 1 at least, as WCAG asks."""
    block = re.findall(r":root {(.*?)}", page, re.DOTALL)[scheme]
    colors = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
    low, high = sorted((luminance(colors[ink]), luminance(colors[paper])))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_tables_scroll_in_their_own_frame(page: str) -> None:
    """A wide table moves by itself, by keyboard too, and says what it is."""
    elements = Parsed(page).elements
    places = [i for i, (kind, _) in enumerate(elements) if kind == "table"]
    assert len(places) >= 12
    for i in places:
        kind, around = elements[i - 1]
        assert (kind, around["class"], around["role"]) == ("div", "scroll", "region")
        assert around["tabindex"] == "0"
        assert around["aria-label"]


def test_tables_have_equal_rows(page: str) -> None:
    """Every row has as many cells as there are headings; each begins with a heading."""
    for table in re.findall(r"<table>.*?</table>", page, re.DOTALL):
        rows = re.findall(r"<tr.*?</tr>", table)
        assert len({len(re.findall(r"<t[hd]", row)) for row in rows}) == 1
        assert all('scope="col"' in rows[0] and row.count('scope="row"') == 1 for row in rows[1:])


def test_numbers_are_aligned_and_totals_set_apart() -> None:
    """As in the other formats."""
    table = Table("t", (Column("what"), Column("n")), (("a", 1200), ("all", None)), totals=1)
    text = page_of(Document("t", "l", (Page((), (table,), {}),)), "x")
    assert '<tr><th scope="row">a</th><td class="number">1,200</td></tr>' in text
    assert '<tr class="total"><th scope="row">all</th><td class="number">–</td></tr>' in text
    assert '<th scope="col" class="number">n</th>' in text


def test_the_file_beside_is_named_not_linked() -> None:
    """The page stands alone, but says where the numbers are."""
    assert Parsed(page_of(document("tame"), "stem")).within("code") == ["$ tame", "stem.json"]


def test_hostile_texts_are_shown_as_they_are() -> None:
    """In titles, sentences, tables, warnings, labels of pictures and commands."""
    text = page_of(document(), NASTY)
    parsed, literal = Parsed(text), visible(NASTY)
    for place in ("title", "h1", "h2", "h3", "p", "summary", "th", "td"):
        assert literal in parsed.within(place)
    assert f"$ {literal}" in parsed.within("code")
    assert f"{literal}.json" in parsed.within("code")
    assert {picture["aria-label"] for picture in parsed.all("svg")} == {literal}
    assert text.replace("\n", "").isprintable()
    text.encode()


@given(st.text())
def test_any_text_keeps_to_its_place(text: str) -> None:
    """Whatever the names are, the page has the same elements."""

    def kinds(name: str) -> list[str]:
        return [kind for kind, _ in Parsed(page_of(document(name), "x")).elements]

    assert kinds(text) == kinds("tame")


def test_drawings_keep_their_shape() -> None:
    """What is around the drawing goes, what is in it stays; its ids become its own."""
    svg = document().pictures[0].svg
    text = page_of(Document("t", "l", (Picture("a", svg, "w"), Picture("b", svg, "w"))), "x")
    assert '<svg viewBox="0 0 9 9" role="img" aria-label="w">' in text
    assert "DOCTYPE" not in text
    assert '<g id="picture1-a">' in text
    assert '<use xlink:href="#picture2-a"/>' in text
    assert 'clip-path="url(#picture2-b)" style="stroke: currentColor"' in text
