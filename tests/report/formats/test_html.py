"""A page as HTML: as a browser reads it, and with nothing to fetch."""

import re

import pytest

from report.formats.readers import Html
from report.hostile import NASTY, SVG, answer, everything
from se_cost.report.figures import bars, intervals, stages
from se_cost.report.formats.answer import Screen
from se_cost.report.formats.html import page, write
from se_cost.report.page import Details, Heading, Page, Picture, Section, Table, Text
from se_cost.text import printable

TABLE = Table("Sums", (Heading("what"), Heading("n")), (("a", 1200), ("all", None)), totals=1)


@pytest.fixture(scope="module")
def whole() -> str:
    """Return a page with tables and real drawings, some of them folded away."""
    shares = {"parameters": [1.0, 99.0], "MACs": [50.0, 50.0]}
    change = intervals.Interval(10, 8, 12)
    pictures = (
        Picture("stages", lambda: stages.stages("t", shares, ["2", "3"]), "Shares by stage"),
        Picture("times", lambda: intervals.intervals({"a": change}, "b", 0.5), "Overheads"),
        Picture("bars", lambda: bars.bars({"a": 1.0}, "%"), "Growth"),
    )
    folded = Details("More of it", (Section("Inside", (TABLE, pictures[0]), 3),))
    blocks = (Text("One."), Section("Tables", (TABLE, Table("", TABLE.columns, TABLE.rows))))
    return page(Page((*blocks, *pictures, folded), "What attention costs", "Lead."), "report", "x")


def test_a_page_is_well_formed(whole: str) -> None:
    """Every element is closed where it should be; language, letters and screen are named."""
    parsed = Html(whole)
    assert whole.startswith("<!doctype html>\n")
    assert parsed.all("html") == [{"lang": "en"}]
    assert {"charset": "utf-8"} in parsed.all("meta")
    assert parsed.within("title") == parsed.within("h1") == ["What attention costs"]
    assert parsed.comments == [" se-cost report "]
    assert parsed.within("summary") == ["More of it"]
    assert parsed.within("h2") == ["Tables"]
    assert parsed.within("h3") == ["Inside"]
    assert {"class": "lead"} in parsed.all("p")


def test_a_page_without_title_is_headed_by_its_command() -> None:
    """The window is called by the first sentence, if there is one."""
    parsed = Html(write(answer(TABLE, Text("SE-ResNet-50: +1 %."), Text("More.")), Screen()))
    assert parsed.within("title") == ["SE-ResNet-50: +1 %."]
    assert parsed.within("h1") == ["se-cost params"]
    assert parsed.within("p") == ["Sums", "SE-ResNet-50: +1 %.", "More."]
    assert Html(write(answer(TABLE), Screen())).within("title") == ["se-cost params"]


def test_nothing_is_fetched(whole: str) -> None:
    """No script, no frame, no image, no address of anything outside of the page."""
    parsed = Html(whole)
    kinds = {kind for kind, _ in parsed.elements}
    assert not kinds & {"script", "img", "iframe", "object", "embed", "form", "base", "a"}
    for _, attributes in parsed.elements:
        for name in ("src", "href", "xlink:href", "action", "srcset", "data"):
            assert (attributes.get(name) or "#").startswith(("#", "data:,"))
        assert not [name for name in attributes if name.startswith("on")]
    assert "//" not in whole
    assert "@import" not in whole
    assert re.findall(r"url\((?!#)", whole) == []


def test_a_policy_forbids_what_is_not_there(whole: str) -> None:
    """A browser would not load anything either, whatever had slipped in."""
    policy = [m for m in Html(whole).all("meta") if m.get("http-equiv")]
    assert [m["http-equiv"] for m in policy] == ["Content-Security-Policy"]
    assert str(policy[0]["content"]).startswith("default-src 'none'; style-src 'unsafe-inline'")


def test_pictures_are_drawings_with_words(whole: str) -> None:
    """Each is an image to a screen reader, with a text of its own, and as wide as the page."""
    pictures = Html(whole).all("svg")
    labels = [picture["aria-label"] for picture in pictures]
    assert labels == ["Shares by stage", "Overheads", "Growth", "Shares by stage"]
    assert all(picture["role"] == "img" for picture in pictures)
    assert all("viewbox" in picture and "width" not in picture for picture in pictures)


def test_ids_are_unique_and_references_hold(whole: str) -> None:
    """Several drawings in one page do not use each other's parts."""
    ids = [a["id"] for _, a in Html(whole).elements if "id" in a]
    assert len(ids) == len(set(ids)) > 100
    used = re.findall(r'(?:url\(#|href="#)([^)"]*)', whole)
    assert used
    assert set(used) <= set(ids)


def test_drawings_have_the_ink_of_the_page(whole: str) -> None:
    """Neither black ink nor white paper is left, so that they can be read in the dark."""
    drawings = "".join(re.findall(r"<svg.*?</svg>", whole, re.DOTALL))
    assert "currentColor" in drawings
    assert not re.search(r"#000000|#ffffff|black|white", drawings)
    assert "<style" not in drawings


def test_drawings_keep_their_shape() -> None:
    """What is around the drawing goes, what is in it stays; its ids become its own."""
    pictures = (Picture("a", lambda: SVG, "w"), Picture("b", lambda: SVG, "w"))
    text = page(Page(pictures), "params")
    assert '<svg viewBox="0 0 9 9" role="img" aria-label="w">' in text
    assert "DOCTYPE" not in text
    assert len(Html(text).all("title")) == 1
    assert '<g id="picture1-a">' in text
    assert '<use xlink:href="#picture2-a"/>' in text
    assert 'clip-path="url(#picture2-b)" style="stroke: currentColor"' in text


def test_dark_and_narrow_screens(whole: str) -> None:
    """The page knows both schemes of colours, and the width of a phone."""
    parsed = Html(whole)
    assert {"name": "color-scheme", "content": "light dark"} in parsed.all("meta")
    viewport = {"name": "viewport", "content": "width=device-width, initial-scale=1"}
    assert viewport in parsed.all("meta")
    light, dark = re.findall(r":root {(.*?)}", whole, re.DOTALL)
    assert set(re.findall(r"--[\w-]+(?=:)", light)) == set(re.findall(r"--[\w-]+(?=:)", dark))
    assert "@media (prefers-color-scheme: dark)" in whole


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
def test_contrast(whole: str, scheme: int, ink: str, paper: str) -> None:
    """Every text can be read: 4.5 to 1 at least, as WCAG asks."""
    block = re.findall(r":root {(.*?)}", whole, re.DOTALL)[scheme]
    colors = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
    low, high = sorted((luminance(colors[ink]), luminance(colors[paper])))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_tables_scroll_in_their_own_frame(whole: str) -> None:
    """A wide table moves by itself, by keyboard too, and says what it is."""
    elements = Html(whole).elements
    frames = [elements[i - 1] for i, (kind, _) in enumerate(elements) if kind == "table"]
    assert [(kind, a["class"], a["role"], a["tabindex"]) for kind, a in frames] == [
        ("div", "scroll", "region", "0")
    ] * 3
    assert [a["aria-label"] for _, a in frames] == ["Sums", "what, n", "Sums"]


def test_tables_have_equal_rows(whole: str) -> None:
    """Every row has as many cells as there are headings; each begins with a heading."""
    for table in re.findall(r"<table>.*?</table>", whole, re.DOTALL):
        rows = re.findall(r"<tr.*?</tr>", table)
        assert len({len(re.findall(r"<t[hd]", row)) for row in rows}) == 1
        assert all('scope="col"' in rows[0] and row.count('scope="row"') == 1 for row in rows[1:])


def test_numbers_are_aligned_and_totals_set_apart(whole: str) -> None:
    """As in the other formats."""
    assert '<tr><th scope="row">a</th><td class="number">1,200</td></tr>' in whole
    assert '<tr class="total"><th scope="row">all</th><td class="number">–</td></tr>' in whole
    assert '<th scope="col" class="number">n</th>' in whole


def test_the_file_beside_is_named_not_linked() -> None:
    """The page stands alone, but says where the numbers are, if they are anywhere."""
    content = everything("tame").page
    assert Html(page(content, "report", "stem")).within("code") == ["$ tame", "stem.json"]
    assert Html(page(content, "report")).within("code") == ["$ tame"]


def test_hostile_texts_are_in_every_place() -> None:
    """In titles, sentences, tables, warnings, labels of pictures and commands."""
    parsed, literal = Html(page(everything().page, "report", NASTY)), printable(NASTY)
    for place in ("title", "h1", "h2", "h3", "p", "summary", "th", "td"):
        assert literal in parsed.within(place)
    assert f"$ {literal}" in parsed.within("code")
    assert f"{literal}.json" in parsed.within("code")
    assert {picture["aria-label"] for picture in parsed.all("svg")} == {literal}
