"""The page of a plan: what it says is what the document holds."""

import re

import pytest
from documents.every import EVERY

from se_cost.documents.plan import PlanDocument
from se_cost.record import replace
from se_cost.report.page import Code, Table, Text, console
from se_cost.report.pages.plan import page


def document(name: str) -> PlanDocument:
    """Return a plan that is made without measuring."""
    found = EVERY[name]()
    assert isinstance(found, PlanDocument)
    return found


PLAN, BLOCKS, NONE, TIMED = (
    document(name) for name in ("plan", "plan by block", "plan impossible", "plan verified")
)


def text(of: PlanDocument) -> str:
    """Return the sentences of a page."""
    return "\n".join(block.text for block in page(of).blocks if isinstance(block, Text))


def table(of: PlanDocument, begins: str) -> list[dict[str, object]]:
    """Return the rows of the table whose title begins so, by the names of their columns."""
    (found,) = (one for one in page(of).tables if one.title.startswith(begins))
    names = [column.name for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in found.rows]


def test_the_choice_and_how_to_have_it() -> None:
    """In a sentence, as a command, as a budget, and in Python."""
    assert "se r=4 in stage 2, se r=16 in stage 3, se r=64 in stage 4, se r=64 in stage 5" in text(
        PLAN
    )
    assert PLAN.chosen
    assert [block for block in page(PLAN).blocks if isinstance(block, Code)] == [
        console(f"se-cost params {PLAN.chosen.options}"),
        Code("toml", tuple(PLAN.toml.splitlines())),
        Code("python", (PLAN.python,)),
    ]


def test_what_leaving_out_the_final_stage_saves() -> None:
    """Much of the parameters, and little of the bytes."""
    shares = re.findall(r"(\d+) % of ", text(PLAN))
    whole = next(one for one in PLAN.choices if "paper: r=16" in one.marks)
    kept = next(one for one in PLAN.choices if "without the final stage" in one.marks)
    assert [int(share) for share in shares] == [
        round(100 * (1 - kept.params / whole.params)),
        round(100 * (1 - kept.bytes / whole.bytes)),
        round(100 * (1 - kept.operators / whole.operators)),
        round(100 * (1 - (kept.time_ms or 0) / (whole.time_ms or 1))),
    ]
    assert shares[:2] == ["62", "13"]


def test_what_beats_the_usual_configuration() -> None:
    """It keeps as much and costs no more, or nothing is said."""
    said = re.search(r"224 is not on the frontier of params and time: (.*) keeps", text(PLAN))
    assert said
    usual = next(one for one in PLAN.choices if "paper: r=16" in one.marks)
    better = next(
        one
        for one in PLAN.choices
        if ", ".join(f"{s.kind} r={s.r} in stage {s.stage}" for s in one.sites) == said[1]
    )
    assert better.params <= usual.params
    assert (better.time_ms or 0) <= (usual.time_ms or 0)
    assert (better.blocks, better.log_widths) >= (usual.blocks, usual.log_widths)
    alone = replace(PLAN, choices=tuple(replace(o, on_frontier=False) for o in PLAN.choices))
    assert "not on the frontier" not in text(alone)


def test_the_frontier_is_thinned_to_what_is_worth_a_line() -> None:
    """The ends of every set of stages and all that has a name; the title says of how many."""
    rows = table(PLAN, "The frontier")
    every = [one for one in PLAN.choices if one.on_frontier]
    assert f"of {len(every)} choices" in page(PLAN).tables[2].title
    assert len(rows) < len(every)
    named = {row["known as"] for row in rows if row["known as"]}
    assert {"chosen", "paper: r=16", "without the final stage"} <= named


def test_budgets_and_best() -> None:
    """Every choice that is called best fits, and is no better than the one before it."""
    (budget,) = table(PLAN, "Budgets")
    assert (budget["budget"], budget["at most"]) == ("max-attention-params", "1,000,000")
    rows = table(PLAN, "The most of every set")
    assert {row["fits"] for row in rows} == {"yes"}
    blocks = [row["blocks"] for row in rows]
    assert blocks == sorted(blocks, reverse=True)  # type: ignore[type-var]
    assert rows[0]["known as"] == "chosen"


def test_block_by_block() -> None:
    """No option names it, which is said, and each block is listed."""
    assert "No option names this choice: blocks of one stage differ." in text(BLOCKS)
    assert len(table(BLOCKS, "The choice, block by block")) == 8


def test_impossible() -> None:
    """It says what the least would be."""
    assert NONE.failed
    assert "No attention fits. --max-attention-params: the cheapest is" in text(NONE)
    both = replace(NONE, budgets=tuple(replace(b, at_most=10**9) for b in NONE.budgets))
    assert "No choice keeps all budgets at once" in text(both)


def test_map() -> None:
    """The sentence names the pairs at which the final stage costs most, the table all."""
    rows = table(PLAN, "The attention of SE-ResNet-50")
    assert [(row["input"], row["batch"]) for row in rows] == [
        *(("64x64", 1), ("64x64", 8), ("224x224", 1), ("224x224", 8))
    ]
    final = [row for row in rows if row["most time"] == 5]
    assert [f"{row['input']} with batch {row['batch']}" for row in final] == ["64x64 with batch 1"]
    assert "The advice flips: the final stage costs most predicted time at 64x64 with" in text(PLAN)


@pytest.mark.parametrize(("stage", "words"), [(5, "everywhere"), (2, "nowhere")])
def test_advice_that_does_not_flip(stage: int, words: str) -> None:
    """One stage costs most in all pairs."""
    cells = tuple(replace(cell, costliest_time=stage) for cell in PLAN.map)
    assert f"costs most predicted time {words}" in text(replace(PLAN, map=cells))


def test_verified() -> None:
    """Rank, error and wrong pairs stand in a sentence, all choices in a table."""
    found = TIMED.verification
    assert found
    assert len(table(TIMED, "Time that attention adds")) == 3
    assert f"rank correlation {found.rank_correlation:.2f}" in text(TIMED)
    assert f"largest error {found.largest_error_percent:+.0f} %" in text(TIMED)
    assert found.wrong
    assert f"{found.wrong[0].quicker} before {found.wrong[0].slower}" in text(TIMED)


def test_errors_of_the_paper_stand_beside_their_network() -> None:
    """As printed, with the table."""
    rows = table(TIMED, "The frontier")
    quoted = [row["top-1 / top-5 error %"] for row in rows if row["top-1 / top-5 error %"]]
    assert any("23.03 / 6.48 (table 13)" in str(one) for one in quoted)


def test_no_time_is_claimed_of_a_machine_that_is_not_known() -> None:
    """Nor is there a column for it."""
    unknown = replace(PLAN, machine=None)
    assert "No time is claimed" in text(unknown)
    tables: list[Table] = page(unknown).tables
    assert not any("time" in column.name for one in tables for column in one.columns)
