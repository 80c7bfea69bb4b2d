"""The page of `diff`."""

import pytest
from gate.budgeted import RICHER, SMALL, elsewhere, entry, params_only, timed, times_only
from markdown_it import MarkdownIt

from se_cost.documents.diff import DiffDocument
from se_cost.gate.diff import compared
from se_cost.nets.zoo.model import model
from se_cost.report.formats.all import Format
from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.page import Page, Text
from se_cost.report.pages.diff import page

SE50, SE50_8 = model("se_resnet50"), model("se_resnet50", r=8)


def lines(page: Page) -> list[str]:
    """Return the sentences of a page."""
    return [block.text for block in page.blocks if isinstance(block, Text)]


def written(document: DiffDocument, form: Format) -> str:
    """Return a document in one format."""
    return form.write(Answer(document, page(document)), Screen(80))


def test_a_network_that_got_worse() -> None:
    """The sum, what became of it, then figures and places."""
    document = compared({"net": entry(SE50)}, {"net": entry(SE50_8)})
    found = page(document)
    assert lines(found) == ["1 network compared: 3 worse.", document.stories["net"]]
    changed, places = found.tables
    assert (changed.title, places.title) == ("What changed", "Where it changed")
    assert changed.cells()[0] == [
        *("net", "parameters", "28,088,024", "30,603,912", "+2,515,888", "+8.96", "worse"),
    ]
    assert changed.cells()[3] == [
        *("net", "parameters added by attention", "9.9033", "19.7475", "+9.8442", "–", "–"),
    ]
    assert ["net", "stage 5", "linear", "+0", "+1,573,248", "+1,572,864", "+0.001"] in (
        places.cells()
    )


def test_the_rows_of_a_table_add_up() -> None:
    """The places account for the changes of the totals."""
    changed, places = page(compared({"net": entry(SE50)}, {"net": entry(SE50_8)})).tables
    moved = {row[1]: row[4] for row in changed.rows}
    columns = dict(zip(places.header, zip(*places.rows, strict=True), strict=True))
    for name in ("parameters", "MACs"):
        assert sum(value for value in columns[name] if isinstance(value, int)) == moved[name]
    mebibytes = sum(value for value in columns["activations MiB"] if isinstance(value, float))
    assert mebibytes * 2**20 == moved["activations"]


def test_no_change() -> None:
    """There is a sentence, and no row of zeros."""
    found = page(compared({"net": entry()}, {"net": entry()}))
    assert lines(found) == ["1 network compared: no figure changed."]
    assert found.tables == []


def test_several_networks() -> None:
    """Only what changed is shown; networks of one document only are named."""
    nets = {name: entry() for name in "abc"}
    old, new = {**nets, "old": entry()}, {**nets, "b": entry(RICHER), "new": entry()}
    found = page(compared(old, new))
    assert lines(found)[0] == "3 networks compared: 3 worse."
    assert lines(found)[2:] == ["Only in the old: old.", "Only in the new: new."]
    assert {row[0] for table in found.tables for row in table.rows} == {"b"}
    same = page(compared(nets, dict(nets)))
    assert lines(same) == ["3 networks compared: no figure changed."]
    assert same.tables == []


def test_an_unjudged_time_is_a_warning() -> None:
    """It is told with its reason, and counted."""
    old, new = times_only(elsewhere(timed(), torch="2.0")), times_only(timed(overhead=90))
    found = page(compared({"net": old}, {"net": new}))
    assert lines(found) == ["1 network compared: 1 not judged."]
    (warning,) = found.warnings
    assert "(torch 2.0 then, 2.99 now)" in warning


def test_counts_that_are_not_known_are_dashes() -> None:
    """A document of `params` says nothing of MACs and activations."""
    old = params_only(SMALL, 100, {"stage2": 10})
    new = params_only(SMALL, 101, {"stage2": 11})
    *_, places = page(compared({"net": old}, {"net": new})).tables
    assert places.cells() == [["net", "stage 2", "–", "–", "+1", "–", "–"]]


@pytest.mark.parametrize("form", [form for form in Format if form is not Format.JUNIT])
def test_nasty_names_are_harmless_in_every_format(form: Format) -> None:
    """Names of networks and values of documents stay text."""
    name = "a | `b` <script>alert(1)</script>"
    there = elsewhere(timed(), device_name="\x1b[2J | <b>")
    document = compared({name: entry(SMALL, there)}, {name: entry(RICHER, timed())})
    text = written(document, form)
    assert "\x1b" not in text
    if form is Format.MARKDOWN:
        html = MarkdownIt("commonmark").enable("table").render(text)
        assert "<script>" not in html
        assert "<b>" not in html
