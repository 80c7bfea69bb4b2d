"""The answer of `check`: page, data, notes, annotations, and what it reads and writes."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from report.budgeted import (
    LEANER,
    RICHER,
    SMALL,
    budget,
    entry,
    time_document,
    timed,
    written,
)
from se_cost.errors import BadInput
from se_cost.nets.registry import recipe
from se_cost.report.formats import as_csv, as_json, as_markdown, as_text
from se_cost.report.gate.baseline import read
from se_cost.report.gate.check import Check, annotations, checked, data, page
from se_cost.report.gate.entry import counted
from se_cost.report.gate.judging import NEW_TIME, UPDATE, Verdict

NASTY = "a | `b` <script>alert(1)</script> [c](d) *e* _f_"


def over(name: str = "net") -> Check:
    """Return a check that is over one cap and within the other."""
    limits = budget(name=name, max_params=1, max_macs=10**12)
    return Check([limits], {name: entry()}, {})


def test_page_says_what_is_over_first() -> None:
    """The sum, then every failure, then the limits in the order of the budgets."""
    found = page(over())
    assert found.failed
    assert found.lines[0] == "1 network, 2 limits: 1 within, 1 over."
    assert found.lines[1].startswith("net: 11,778,592 parameters, 11,778,591 (")
    assert found.tables[0].rows == (
        ("net", "max-params", None, 11_778_592, 1, "over"),
        ("net", "max-macs", None, counted(SMALL).counts["macs"].network, 10**12, "within"),
    )


def test_shares_are_rounded_in_the_table_only() -> None:
    """Four digits behind the point are for people; the json has all of them."""
    check = Check([budget(max_attention_params_percent=5.0)], {"net": entry()}, {})
    exact = entry().counts["params"].percent
    assert page(check).tables[0].rows[0][3] == round(exact, 4)
    assert data(check)["findings"][0]["now"] == exact


def test_what_nobody_asked_for_and_did_not_move_has_no_row() -> None:
    """The totals are held to the baseline unasked; that they are as before is one word."""
    check = Check([budget(grow_macs=0.0)], {"net": entry()}, {"net": entry()})
    found = page(check)
    assert found.lines == ("1 network, 3 limits: 3 within.",)
    assert [row[1] for row in found.tables[0].rows] == ["grow-macs"]
    assert len(found.data["findings"]) == 3
    leaner = Check([budget(LEANER)], {"net": entry(LEANER)}, {"net": entry()})
    assert [row[1] for row in page(leaner).tables[0].rows] == [
        *("grow-params", "grow-macs", "grow-activation-bytes"),
    ]


def test_json_holds_figures_and_findings() -> None:
    """All that the sentences are made of is there as numbers and words."""
    check = Check([budget(RICHER)], {"net": entry(RICHER)}, {"net": entry(SMALL)})
    found = json.loads(as_json(page(check)))
    assert (found["command"], found["verdict"]) == ("check", "over")
    assert found["networks"]["net"]["params"]["network"] == entry(RICHER).counts["params"].network
    first = found["findings"][0]
    assert (first["network"], first["limit"], first["verdict"]) == ("net", "grow-params", "over")
    assert (first["baseline"], first["at_most"]) == (11_778_592, 11_778_592)
    assert (first["stage"], first["unit"]) == ("stage5", "count")
    assert "--r 16 became --r 8" in first["reason"]
    assert any("--update" in remedy for remedy in first["remedies"])


@pytest.mark.parametrize(
    ("check", "verdict"),
    [
        (over(), "over"),
        (Check([budget(max_params=10**9)], {"net": entry()}, {}), "within"),
        (Check([budget(max_overhead_percent=5)], {"net": entry()}, {}), "not judged"),
        (Check([budget()], {"net": entry()}, {}), "not judged"),
    ],
)
def test_verdict_of_all_together(check: Check, verdict: str) -> None:
    """Nothing judged is never within."""
    assert data(check)["verdict"] == verdict
    assert check.judged is (verdict != "not judged")


def test_what_was_not_judged_is_a_warning() -> None:
    """A doubt stays with the page, and does not fail it."""
    check = Check([budget(max_params=10**9, max_overhead_percent=5)], {"net": entry()}, {})
    found = page(check)
    assert not found.failed
    assert len(found.warnings) == 1
    assert "max-overhead-percent was not judged" in found.warnings[0]


def test_an_empty_check_has_no_table() -> None:
    """Without limits there is one line, and no table of nothing."""
    found = page(Check([budget()], {"net": entry()}, {}))
    assert found.lines[0] == "1 network, 0 limits: nothing to judge."
    assert found.tables == ()


def test_notes_on_what_is_new_and_what_is_gone() -> None:
    """Networks without a baseline, and entries without a budget, are not passed over."""
    check = Check([budget(name="b")], {"b": entry()}, {"a": entry()}, complete=True)
    assert check.notes == [
        f"Not in the baseline, so growth was not judged: b. {UPDATE} adds what is new.",
        "In the baseline, but in no budget: a.",
    ]
    alone = Check([budget(name="b")], {"b": entry()}, {"a": entry(), "b": entry()})
    assert alone.notes == [], "options that name one network do not make the others forgotten"


def test_an_improvement_is_told_and_never_fails() -> None:
    """What went down is praised, with the way to keep it down."""
    check = Check([budget(LEANER)], {"net": entry(LEANER)}, {"net": entry(SMALL)})
    assert not page(check).failed
    (note,) = check.notes
    assert note.startswith("Below the baseline: net parameters -0.37")
    assert note.endswith("`se-cost check --update` keeps it so.")


def test_after_an_update_growth_is_accepted_and_caps_hold() -> None:
    """Growth becomes the baseline, but a budget is raised by its owner only."""
    limits = budget(RICHER, max_params=1, grow_macs=0)
    check = Check([limits], {"net": entry(RICHER)}, {"net": entry(SMALL)}, updated=True)
    verdicts = {finding.limit: finding.verdict for finding in check.findings}
    assert verdicts["max-params"] is Verdict.OVER
    assert verdicts["grow-params"] is verdicts["grow-macs"] is Verdict.ACCEPTED
    accepted = next(line for line in page(check).lines if "more than the baseline" in line)
    assert "What to do" not in accepted


def test_after_an_update_nothing_is_missing() -> None:
    """A new network is told of, and no longer unjudged."""
    check = Check([budget(grow_params=1)], {"net": entry()}, {}, updated=True)
    assert (check.findings, check.notes) == ([], ["New in the baseline: net."])
    timing = Check(
        [budget(max_overhead_percent=5)], {"net": entry(SMALL, timed())}, {}, updated=True
    )
    assert [finding.doubt for finding in timing.findings] == [NEW_TIME]
    better = Check([budget(LEANER)], {"net": entry(LEANER)}, {"net": entry()}, updated=True)
    assert better.notes[0].endswith("%.")


def test_annotations_have_the_worst_first() -> None:
    """Errors, then warnings, then notices; each names its network and limit."""
    limits = budget(max_overhead_percent=5, max_params=1)
    found = annotations(Check([limits], {"net": entry()}, {}))
    assert [level for level, _, _ in found] == ["error", "warning", "notice"]
    assert [title for _, _, title in found] == [
        *("net: max-params", "net: max-overhead-percent", "se-cost check"),
    ]


def test_nasty_names_are_harmless_in_every_format() -> None:
    """Bars, backticks and tags in a name do not become structure anywhere."""
    found = page(over(NASTY))
    html = MarkdownIt("commonmark").enable("table").render(as_markdown(found))
    assert "<script>" not in html
    assert "<code>b" not in html
    assert html.count("<tr>") == 3
    assert html.count("<td") == 12
    assert NASTY in as_text(found)
    assert json.loads(as_json(found))["findings"][0]["network"] == NASTY
    assert NASTY.replace('"', '""') in as_csv(found)


def test_values_of_a_document_cannot_command_a_terminal() -> None:
    """Escape codes in a time's environment or settings are spelled out."""
    nasty: dict[str, Any] = {"settings": {**timed().settings, "mode": "\x1b[2Jinfer\n| x"}}
    time = timed(overhead=50, **nasty)
    check = Check(
        [budget(max_overhead_percent=5)],
        {"net": entry(SMALL, time)},
        {"net": entry(SMALL, time)},
    )
    for form in (as_text, as_markdown, as_csv, as_json):
        assert "\x1b" not in form(page(check), width=80, color=False)


def test_checked_reads_nothing_that_is_not_there(tmp_path: Path) -> None:
    """Without a baseline the caps are held, and no file appears."""
    check = checked([budget(max_params=1)], tmp_path / "base.json")
    assert len(check.over) == 1
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - names, not paths


def test_checked_writes_only_if_asked(tmp_path: Path) -> None:
    """An update is judged against what was before, and writes what is now."""
    file = tmp_path / "base.json"
    assert not checked([budget()], file, update=True).over
    assert read(file) == {"net": counted(SMALL)}
    grown = checked([budget(RICHER)], file)
    assert len(grown.over) == 3
    assert read(file) == {"net": counted(SMALL)}
    assert not checked([budget(RICHER)], file, update=True).over
    assert read(file) == {"net": counted(RICHER)}
    assert not checked([budget(RICHER)], file).over


def test_update_into_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """That is found out before anything is counted."""
    with pytest.raises(BadInput, match="cannot write"):
        checked([budget()], tmp_path / "missing" / "base.json", update=True)


def test_times_go_to_the_budgets_of_their_recipe(tmp_path: Path) -> None:
    """Two budgets may hold one network; a third one has no part in it."""
    file = tmp_path / "base.json"
    time = written(tmp_path / "time.json", time_document(overhead=10))
    limits = [
        budget(name="a", max_overhead_percent=15),
        budget(name="b", max_overhead_percent=5),
        budget(RICHER, name="c", max_overhead_percent=5),
    ]
    checked(limits, file, [time], update=True)
    check = checked(limits, file, [time])
    assert {f.budget.name: f.verdict.value for f in check.findings if f.limit[:5] == "max-o"} == {
        "a": "within",
        "b": "over",
        "c": "not judged",
    }


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (time_document(recipe("se_vgg16")), "timed 'se_vgg16' by a recipe that is in no"),
        (time_document() | {"recipe": {"arch": "x"}}, "timed 'x' by a recipe that is in no budget"),
        (time_document() | {"command": "flops"}, "is no document of `se-cost time`"),
        (time_document() | {"schema_version": 7}, "has schema_version 7"),
        (time_document() | {"overhead": 3}, "'overhead' is no table"),
    ],
)
def test_times_that_do_not_belong(tmp_path: Path, document: Any, message: str) -> None:
    """A time of something else is never taken for the network's."""
    with pytest.raises(BadInput, match=message):
        checked([budget()], tmp_path / "base.json", [written(tmp_path / "time.json", document)])
