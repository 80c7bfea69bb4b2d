"""The answer of `check`: what is over its budget, where, and what to do."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from se_cost.errors import BadInput
from se_cost.nets.recipe import Recipe
from se_cost.report.files import expect_writable
from se_cost.report.gate.baseline import read
from se_cost.report.gate.baseline import update as write_into
from se_cost.report.gate.budgets import Budget
from se_cost.report.gate.documents import time_entry
from se_cost.report.gate.entry import Entry, Time, counted
from se_cost.report.gate.judging import (
    NEW_TIME,
    NO_BASELINE,
    NO_COUNT,
    NO_TIME_BEFORE,
    UPDATE,
    Finding,
    Verdict,
    judge,
)
from se_cost.report.gate.quantities import percent
from se_cost.report.gate.reading import load
from se_cost.report.gate.reasons import reason, sentence, stage, to_do
from se_cost.report.page import SCHEMA_VERSION, Cell, Column, Data, Page, Table

NOTHING = (
    "nothing was judged: there is no limit that can be judged here, and no baseline of these "
    "networks; give one, for instance --max-params 28M, or write one: `se-cost check --update`"
)
COLUMNS = (
    Column("network"),
    Column("limit"),
    Column("baseline", ",", minor=True),
    Column("now", ","),
    Column("at most", ","),
    Column("verdict"),
)
DIGITS = 4  # of a share, behind the point


@dataclass(frozen=True)
class Check:
    """The figures of networks now, by name, held against budgets and a baseline."""

    budgets: Sequence[Budget]
    after: Mapping[str, Entry]
    before: Mapping[str, Entry]
    updated: bool = False  # whether the figures were written into the baseline
    complete: bool = False  # whether these are all budgets that there are

    @cached_property
    def findings(self) -> list[Finding]:
        """Return a finding for every limit of every network."""
        found = [
            finding
            for budget in self.budgets
            for finding in judge(budget, self.after[budget.name], self.before.get(budget.name))
        ]
        return list(_accepted(found)) if self.updated else found

    @property
    def over(self) -> list[Finding]:
        """Return what is over its limit."""
        return [finding for finding in self.findings if finding.verdict is Verdict.OVER]

    @property
    def judged(self) -> bool:
        """Return whether anything was."""
        return any(finding.verdict is not Verdict.UNJUDGED for finding in self.findings)

    @property
    def notes(self) -> list[str]:
        """Return what is worth a word though it is no trouble."""
        return [*_unknown(self), *_forgotten(self), *_better(self)]


def checked(
    budgets: Sequence[Budget],
    baseline: Path,
    times: Sequence[Path] = (),
    *,
    update: bool = False,
    complete: bool = False,
) -> Check:
    """Count the networks of the budgets and hold them against the file of the baseline.

    `times` are documents of `time`; `update` writes the figures into the baseline. Raises BadInput
    if a file cannot be read or written, or is of a network that is in no budget.
    """
    if update:
        expect_writable(baseline)
    timed = [timing for path in times for timing in _timings(path, budgets)]
    after = {
        budget.name: replace(
            counted(budget.recipe),
            times=tuple(time for recipe, time in timed if recipe == budget.recipe),
        )
        for budget in budgets
    }
    before = read(baseline) if baseline.exists() else {}
    check = Check(budgets, after, before, update, complete)
    if update:
        write_into(baseline, after)
    return check


def _timings(path: Path, budgets: Sequence[Budget]) -> list[tuple[Recipe, Time]]:
    """Return what was timed in a document of `time`, with the recipe of one of the budgets."""
    document = load(path, "let `se-cost time` write it again")
    entry = time_entry(document)
    recipe = entry.rebuilt and entry.rebuilt.recipe
    if recipe is None or recipe not in [budget.recipe for budget in budgets]:
        name = document["recipe"]["arch"].text()
        raise BadInput(f"{str(path)!r} timed {name!r} by a recipe that is in no budget")
    return [(recipe, time) for time in entry.times]


def _accepted(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings after the figures became the baseline's: growth is fine then."""
    for finding in findings:
        if finding.verdict is Verdict.OVER and finding.grows:
            yield replace(finding, verdict=Verdict.ACCEPTED)
        elif finding.doubt == NO_TIME_BEFORE:
            yield replace(finding, doubt=NEW_TIME)
        elif finding.doubt not in (NO_BASELINE, NO_COUNT):
            yield finding


def _unknown(check: Check) -> list[str]:
    names = ", ".join(name for name in check.after if name not in check.before)
    if not names:
        return []
    if check.updated:
        return [f"New in the baseline: {names}."]
    return [f"Not in the baseline, so growth was not judged: {names}. {UPDATE} adds what is new."]


def _forgotten(check: Check) -> list[str]:
    names = ", ".join(name for name in check.before if name not in check.after)
    if not names or not check.complete:
        return []
    return [f"In the baseline, but in no budget: {names}."]


def _better(check: Check) -> list[str]:
    """Return what went below the baseline, which so far may grow back unseen."""
    better = [
        f"{f.budget.name} {f.quantity.title} {percent(100 * (f.now / f.was - 1), '+')}"
        for f in check.findings
        if f.quantity.total and f.grows and f.now is not None and f.was and f.now < f.was
    ]
    if not better:
        return []
    end = "" if check.updated else f" {UPDATE} keeps it so."
    return [f"Below the baseline: {', '.join(better)}.{end}"]


def page(check: Check) -> Page:
    """Return the page: what is over first, then every limit."""
    verdicts = Counter(finding.verdict for finding in check.findings)
    counts = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in Verdict if verdicts[verdict])
    things = (_plural(len(check.budgets), "network"), _plural(len(check.findings), "limit"))
    total = f"{', '.join(things)}: {counts or 'nothing to judge'}."
    shown = (Verdict.OVER, Verdict.ACCEPTED)
    lines = [sentence(finding) for finding in check.findings if finding.verdict in shown]
    doubts = [sentence(f) for f in check.findings if f.verdict is Verdict.UNJUDGED]
    rows = tuple(_row(finding) for finding in check.findings if _worth_a_row(finding))
    return Page(
        lines=(total, *lines, *check.notes),
        tables=(Table("Limits", COLUMNS, rows),) if rows else (),
        data=data(check),
        warnings=tuple(doubts),
        failed=bool(check.over),
    )


def _worth_a_row(finding: Finding) -> bool:
    """Return whether a limit is shown: not what nobody asked to be held, and what did not move."""
    return finding.asked or finding.now != finding.was


def _plural(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _row(finding: Finding) -> tuple[Cell, ...]:
    figures = map(_rounded, (finding.was, finding.now, finding.most))
    return (finding.budget.name, finding.limit, *figures, finding.verdict.value)


def _rounded(value: float | None) -> float | None:
    return value if value is None or isinstance(value, int) else round(value, DIGITS)


def data(check: Check) -> Data:
    """Return the json document."""
    judged = Verdict.OVER if check.over else Verdict.WITHIN
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "check",
        "verdict": (judged if check.judged else Verdict.UNJUDGED).value,
        "networks": {name: entry.data for name, entry in check.after.items()},
        "findings": [_data(finding) for finding in check.findings],
        "notes": check.notes,
    }


def _data(finding: Finding) -> Data:
    settings = finding.time.data["settings"] if finding.time else None
    return {
        "network": finding.budget.name,
        "limit": finding.limit,
        "unit": finding.quantity.unit.value,
        "verdict": finding.verdict.value,
        "baseline": finding.was,
        "now": finding.now,
        "at_most": finding.most,
        "settings": settings,
        "stage": stage(finding),
        "reason": reason(finding),
        "remedies": to_do(finding),
    }


def annotations(check: Check) -> list[tuple[str, str, str]]:
    """Return (level, message, title) of what a code host is to show, what is over first."""
    levels = {Verdict.OVER: "error", Verdict.UNJUDGED: "warning"}
    found = [
        (levels[verdict], sentence(finding), f"{finding.budget.name}: {finding.limit}")
        for verdict in levels
        for finding in check.findings
        if finding.verdict is verdict
    ]
    return found + [("notice", note, "se-cost check") for note in check.notes]
