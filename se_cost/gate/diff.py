"""`diff`: what changed from one document to another, by how much, and where."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from se_cost.documents.base import Document
from se_cost.documents.diff import DiffDocument, ModelPair, QuantityChange, Trend
from se_cost.documents.files import parse
from se_cost.errors import MeasurementError
from se_cost.gate.baseline import REMEDY, expect_baseline, read
from se_cost.gate.budgets import Budget
from se_cost.gate.changes import changes, layers, pairs
from se_cost.gate.entry import Entries, counted, entries
from se_cost.gate.git import file_at
from se_cost.gate.stories import doubt, story
from se_cost.text import joined

NOT_JUDGED = "nothing was judged: no figure that both documents hold can be compared"


def compared(old: Document | Entries, new: Document | Entries) -> DiffDocument:
    """Return what changed; raise MeasurementError if the documents have nothing in common.

    Raises UsageError for a document of a kind that holds no figures to compare.
    """
    before, after = _entries(old), _entries(new)
    both = pairs(before, after)
    found = tuple(change for name, pair in both.items() for change in changes(name, *pair))
    if not found:
        raise MeasurementError(
            f"nothing to compare: the old document holds {_held(before)}, "
            f"the new one {_held(after)}"
        )
    where = tuple(layer for name, pair in both.items() for layer in layers(name, *pair))
    stories = {name: story(name, pair, found, where) for name, pair in both.items()}
    alone = len(before) == len(after) == 1  # then they are compared, whatever their names
    return DiffDocument(
        verdict=_verdict(found),
        networks={name: ModelPair(a.recipe, b.recipe) for name, (a, b) in both.items()},
        changes=found,
        sites=where,
        only_old=() if alone else tuple(name for name in before if name not in both),
        only_new=() if alone else tuple(name for name in after if name not in both),
        stories={name: told for name, told in stories.items() if told},
        doubts=tuple(doubt(change) for change in found if change.verdict is Trend.UNJUDGED),
    )


def since(revision: str, baseline: Path, budgets: Sequence[Budget] = ()) -> DiffDocument:
    """Return what changed since a revision of git, whose baseline is compared with the budgets now.

    Without budgets it is compared with the baseline as it is now. Raises UsageError if git does
    not know the revision, MeasurementError if that has no baseline.
    """
    name = f"{baseline.name} of {revision}"
    before = parse(file_at(revision, baseline), name, REMEDY)
    now = {budget.name: counted(budget.model) for budget in budgets}
    return compared(expect_baseline(before, name), now or read(baseline))


def annotations(document: DiffDocument) -> list[tuple[str, str, str]]:
    """Return (level, message, title) of what a code host is to show, what is worse first."""
    worse = dict.fromkeys(change.network for change in document.of(Trend.WORSE))
    errors = [("error", document.stories[name], f"{name} costs more") for name in worse]
    return errors + [("warning", doubt, "se-cost diff") for doubt in document.doubts]


def _entries(document: Document | Entries) -> Entries:
    return entries(document) if isinstance(document, Document) else document


def _verdict(found: Iterable[QuantityChange]) -> Trend:
    """Return what came out for all networks together; shares have no part in it."""
    trends = {change.verdict for change in found}
    order = (Trend.WORSE, Trend.BETTER, Trend.SAME)
    return next((trend for trend in order if trend in trends), Trend.UNJUDGED)


def _held(found: Entries) -> str:
    """Return what a document holds, in words."""
    return (
        joined(
            f"{joined([*entry.counts, *['times'] * bool(entry.times)], ' and ')} of {name}"
            for name, entry in found.items()
        )
        or "nothing"
    )
