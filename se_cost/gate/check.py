"""`check`: which network is over its budget, where, and what to do."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from se_cost.documents.baseline import TimeEntry
from se_cost.documents.check import CheckDocument, LimitFinding, LimitVerdict
from se_cost.documents.files import read as read_document
from se_cost.documents.report import ReportDocument, ReportsDocument
from se_cost.documents.time import BatchesDocument, TimeDocument
from se_cost.errors import UsageError
from se_cost.files import expect_writable
from se_cost.gate.baseline import read
from se_cost.gate.baseline import update as write_into
from se_cost.gate.budgets import Budget
from se_cost.gate.entry import Entries, counted, entries
from se_cost.gate.judging import (
    NEW_TIME,
    NO_BASELINE,
    NO_COUNT,
    NO_TIME_BEFORE,
    UPDATE,
    Judgement,
    judge,
)
from se_cost.gate.quantities import percent
from se_cost.gate.reasons import reason, stage, to_do
from se_cost.nets.model import Model
from se_cost.record import replace
from se_cost.text import joined

NOTHING = (
    "nothing was judged: there is no limit that can be judged here, and no baseline of these "
    "networks; give one, for instance --max-params 28M, or write one: `se-cost check --update`"
)

NO_TIME_JUDGED = (
    "no time was judged, and --require-time asks for one: give --from TIME.json and a limit, for "
    "instance --max-overhead-percent 5"
)
TIMED = (TimeDocument, BatchesDocument, ReportDocument, ReportsDocument)


def checked(
    budgets: Sequence[Budget],
    baseline: Path,
    times: Sequence[Path] = (),
    *,
    update: bool = False,
    complete: bool = False,
) -> CheckDocument:
    """Count the networks of the budgets and hold them against the file of the baseline.

    `times` are documents of `time`; `update` writes the figures into the baseline; `complete` says
    that there are no other budgets. Raises UsageError if a file cannot be read or written, or is
    of a network that is in no budget.
    """
    if update:
        expect_writable(baseline)
    found = {path: _timings(path, budgets) for path in times}
    for path, timings in found.items() if update else ():
        _expect_conclusive(path, timings)
    timed = list(chain.from_iterable(found.values()))
    after = {
        budget.name: replace(
            counted(budget.model),
            times=tuple(time for model, time in timed if model == budget.model),
        )
        for budget in budgets
    }
    before = read(baseline) if baseline.exists() else {}
    document = check(budgets, after, before, updated=update, complete=complete)
    if update:
        write_into(baseline, after)
    return document


def check(
    budgets: Sequence[Budget],
    after: Entries,
    before: Entries,
    *,
    updated: bool = False,
    complete: bool = False,
) -> CheckDocument:
    """Hold the figures of networks now, by name, against budgets and a baseline.

    `updated` says that the figures become the baseline, so that growth is accepted.
    """
    judgements = [
        judgement
        for budget in budgets
        for judgement in judge(budget, after[budget.name], before.get(budget.name))
    ]
    if updated:
        judgements = list(_accepted(judgements))
    findings = tuple(map(_finding, judgements))
    notes = [
        *_unknown(after, before, updated),
        *(_forgotten(after, before) if complete else ()),
        *_better(judgements, updated),
    ]
    return CheckDocument(
        verdict=_verdict(findings),
        networks=dict(after),
        findings=findings,
        notes=tuple(notes),
        doubts=tuple(f.sentence for f in findings if f.verdict is LimitVerdict.UNJUDGED),
    )


def annotations(document: CheckDocument) -> list[tuple[str, str, str]]:
    """Return (level, message, title) of what a code host is to show, what is over first."""
    levels = {LimitVerdict.OVER: "error", LimitVerdict.UNJUDGED: "warning"}
    found = [
        (level, finding.sentence, f"{finding.network}: {finding.limit}")
        for verdict, level in levels.items()
        for finding in document.of(verdict)
    ]
    return found + [("notice", note, "se-cost check") for note in document.notes]


def _timings(path: Path, budgets: Sequence[Budget]) -> list[tuple[Model, TimeEntry]]:
    """Return what was timed in a document of `time`, with the model of one of the budgets."""
    document = read_document(path, "let `se-cost time` write it again")
    if not isinstance(document, TIMED):
        raise UsageError(f"{str(path)!r} is no document of `se-cost time`, or of `report`")
    try:
        found = [
            (entry.recipe, time) for entry in entries(document).values() for time in entry.times
        ]
    except UsageError as error:
        raise UsageError(f"{str(path)!r}: {error}") from None
    models = [budget.model for budget in budgets]
    known = [(model, time) for model, time in found if model in models]
    if not known:
        timed = joined(dict.fromkeys(repr(model.arch) for model, _ in found)) or "nothing"
        raise UsageError(f"{str(path)!r} timed {timed}, with options that no budget has")
    return known


def _expect_conclusive(path: Path, timed: Iterable[tuple[Model, TimeEntry]]) -> None:
    """Raise UsageError for a time that is no measure of later ones."""
    for model, time in timed:
        if time.interval is None:
            raise UsageError(
                f"{str(path)!r}: the time of {model.arch} is not conclusive, and beside it nothing "
                "could be judged later; measure again with a smaller --target"
            )


def _accepted(judgements: Iterable[Judgement]) -> Iterator[Judgement]:
    """Yield the judgements after the figures became the baseline's: growth is fine then."""
    for judgement in judgements:
        if judgement.verdict is LimitVerdict.OVER and judgement.grows:
            yield replace(judgement, verdict=LimitVerdict.ACCEPTED)
        elif judgement.doubt == NO_TIME_BEFORE:
            yield replace(judgement, doubt=NEW_TIME)
        elif judgement.doubt not in (NO_BASELINE, NO_COUNT):
            yield judgement


def _finding(judgement: Judgement) -> LimitFinding:
    return LimitFinding(
        network=judgement.budget.name,
        limit=judgement.limit,
        unit=judgement.quantity.unit,
        verdict=judgement.verdict,
        baseline=judgement.was,
        now=judgement.now,
        at_most=judgement.most,
        settings=judgement.time.settings if judgement.time else None,
        stage=stage(judgement),
        reason=reason(judgement),
        remedies=tuple(to_do(judgement)),
        asked=judgement.asked,
        overhead=judgement.quantity.overhead(judgement.time),
        baseline_overhead=judgement.quantity.overhead(judgement.then),
    )


def _verdict(findings: Iterable[LimitFinding]) -> LimitVerdict:
    """Return what came out for all limits together."""
    verdicts = {finding.verdict for finding in findings} - {LimitVerdict.UNJUDGED}
    if LimitVerdict.OVER in verdicts:
        return LimitVerdict.OVER
    return LimitVerdict.WITHIN if verdicts else LimitVerdict.UNJUDGED


def _unknown(after: Entries, before: Entries, updated: bool) -> list[str]:
    names = joined(name for name in after if name not in before)
    if not names:
        return []
    if updated:
        return [f"New in the baseline: {names}."]
    return [f"Not in the baseline, so growth was not judged: {names}. {UPDATE} adds what is new."]


def _forgotten(after: Entries, before: Entries) -> list[str]:
    names = joined(name for name in before if name not in after)
    return [f"In the baseline, but in no budget: {names}."] if names else []


def _better(judgements: Iterable[Judgement], updated: bool) -> list[str]:
    """Return what went below the baseline, which so far may grow back unseen."""
    better = [
        f"{j.budget.name} {j.quantity.title} {percent(100 * (j.now / j.was - 1), '+')}"
        for j in judgements
        if j.quantity.total and j.grows and j.now is not None and j.was and j.now < j.was
    ]
    if not better:
        return []
    end = "" if updated else f" {UPDATE} keeps it so."
    return [f"Below the baseline: {joined(better)}.{end}"]
