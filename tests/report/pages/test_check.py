"""The page of `check`."""

import json

import pytest
from gate.budgeted import LEANER, RICHER, SMALL, budget, elsewhere, entry, timed
from markdown_it import MarkdownIt

from se_cost.documents.check import CheckDocument
from se_cost.gate.check import check
from se_cost.gate.entry import counted
from se_cost.report.formats.all import Format
from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.page import Page, Text
from se_cost.report.pages.check import page

NASTY = "a | `b` <script>alert(1)</script> [c](d) *e* _f_"


def over(name: str = "net") -> CheckDocument:
    """Return a check that is over one cap and within the other."""
    return check([budget(name=name, max_params=1, max_macs=10**12)], {name: entry()}, {})


def lines(page: Page) -> list[str]:
    """Return the sentences of a page."""
    return [block.text for block in page.blocks if isinstance(block, Text)]


def written(document: CheckDocument, form: Format) -> str:
    """Return a document in one format."""
    return form.write(Answer(document, page(document)), Screen(80))


def test_page_says_what_is_over_first() -> None:
    """The sum, then every failure, then the limits in the order of the budgets."""
    found = page(over())
    assert lines(found)[0] == "1 network, 2 limits: 1 within, 1 over."
    assert lines(found)[1].startswith("net: 11,778,592 parameters, 11,778,591 (")
    macs = counted(SMALL).macs
    assert macs
    (table,) = found.tables
    assert table.title == "Limits"
    assert table.header == ["network", "limit", "baseline", "now", "at most", "verdict"]
    assert table.rows == (
        ("net", "max-params", None, 11_778_592, 1, "over"),
        ("net", "max-macs", None, macs.network, 10**12, "within"),
    )
    assert table.cells()[0] == ["net", "max-params", "–", "11,778,592", "1", "over"]


def test_the_baseline_is_what_a_narrow_terminal_loses() -> None:
    """All other columns are needed."""
    (table,) = page(over()).tables
    assert [column.name for column in table.columns if column.minor] == ["baseline"]


def test_shares_are_rounded_to_four_digits() -> None:
    """The json has all of them."""
    document = check([budget(max_attention_params_percent=5.0)], {"net": entry()}, {})
    exact = document.findings[0].now
    assert exact
    assert page(document).tables[0].rows[0][3] == round(exact, 4) != exact


def test_what_nobody_asked_for_and_did_not_move_has_no_row() -> None:
    """The totals are held to the baseline unasked; that they are as before is one word."""
    document = check([budget(grow_macs=0.0)], {"net": entry()}, {"net": entry()})
    found = page(document)
    assert lines(found) == ["1 network, 3 limits: 3 within."]
    assert [row[1] for row in found.tables[0].rows] == ["grow-macs"]
    assert len(document.findings) == 3
    leaner = check([budget(LEANER)], {"net": entry(LEANER)}, {"net": entry()})
    assert [row[1] for row in page(leaner).tables[0].rows] == [
        *("grow-params", "grow-macs", "grow-activation-bytes"),
    ]


def test_what_was_not_judged_is_a_warning() -> None:
    """A doubt stays with the page, and is no sentence of it."""
    document = check([budget(max_params=10**9, max_overhead_percent=5)], {"net": entry()}, {})
    found = page(document)
    assert found.warnings == list(document.doubts)
    assert not any("was not judged: no time" in line for line in lines(found))
    assert lines(found)[0] == "1 network, 2 limits: 1 within, 1 not judged."


def test_an_empty_check_has_no_table() -> None:
    """Without limits there is one line, and no table of nothing."""
    found = page(check([budget()], {"net": entry()}, {}))
    assert lines(found)[0] == "1 network, 0 limits: nothing to judge."
    assert found.tables == []


def test_accepted_growth_and_notes_are_told() -> None:
    """After an update they stand between the sum and the table."""
    after = {"net": entry(RICHER), "new": entry()}
    limits = [budget(RICHER), budget(name="new")]
    found = lines(page(check(limits, after, {"net": entry()}, updated=True)))
    assert found[0] == "2 networks, 3 limits: 3 accepted."
    assert all("more than the baseline's" in line for line in found[1:4])
    assert found[4:] == ["New in the baseline: new."]


def test_nasty_names_are_harmless_in_every_format() -> None:
    """Bars, backticks and tags in a name do not become structure anywhere."""
    html = MarkdownIt("commonmark").enable("table").render(written(over(NASTY), Format.MARKDOWN))
    assert "<script>" not in html
    assert "<code>b" not in html
    assert html.count("<tr>") == 3
    assert html.count("<td") == 12
    assert json.loads(written(over(NASTY), Format.JSON))["findings"][0]["network"] == NASTY
    assert "<script>" not in written(over(NASTY), Format.HTML)


@pytest.mark.parametrize("form", Format)
def test_values_of_a_document_cannot_command_a_terminal(form: Format) -> None:
    """Escape codes in a time's environment are spelled out, in JUnit's XML too."""
    here, there = timed(overhead=50), elsewhere(timed(), torch="\x1b[2J\n| x")
    limits = budget(max_overhead_percent=5)
    document = check([limits], {"net": entry(SMALL, here)}, {"net": entry(SMALL, there)})
    assert "\x1b" not in written(document, form)
