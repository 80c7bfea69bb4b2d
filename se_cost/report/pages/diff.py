"""The page of `diff`: what became of each network, then every figure and where it changed."""

from se_cost.documents.diff import ChangedLayer, DiffDocument, QuantityChange, Trend
from se_cost.gate.quantities import MIB, QUANTITIES, interval
from se_cost.ledger.rows import in_words
from se_cost.report.page import Column, Page, Table, answer
from se_cost.report.pages.words import rounded
from se_cost.text import joined, plural

CHANGES = (
    Column("network", lambda change: change.network),
    Column("figure", lambda change: QUANTITIES[change.figure].title),
    Column("old", lambda change: rounded(change.old), ","),
    Column("new", lambda change: rounded(change.new), ","),
    Column("change", lambda change: _difference(change), "+,"),
    Column("%", lambda change: change.percent, "+.2f"),
    Column("verdict", lambda change: change.verdict.value),
)
TIMES = (
    Column("old time", lambda change: interval(change.old_overhead) or None),
    Column("new time", lambda change: interval(change.new_overhead) or None),
)
LAYERS = (
    Column("network", lambda layer: layer.network),
    Column("stage", lambda layer: in_words(layer.stage)),
    Column("operator", lambda layer: layer.operator),
    Column("layers", lambda layer: layer.layers, "+,d"),
    Column("parameters", lambda layer: layer.params, "+,d"),
    Column("MACs", lambda layer: layer.macs, "+,d"),
    Column("activations MiB", lambda layer: _mebibytes(layer), "+,.3f"),
)


def page(document: DiffDocument) -> Page:
    """Return the page."""
    shown = [change for change in document.changes if change.old != change.new]
    timed = any(change.old_overhead or change.new_overhead for change in shown)
    tables = (
        Table.of("What changed", (*CHANGES, *TIMES * timed), shown),
        Table.of("Where it changed", LAYERS, document.sites),
    )
    lines = (_total(document), *document.stories.values(), *_only(document))
    return answer(lines, [table for table in tables if table.rows], document.doubts)


def _total(document: DiffDocument) -> str:
    trends = (Trend.WORSE, Trend.BETTER, Trend.UNJUDGED)
    counts = {trend: len(document.of(trend)) for trend in trends}
    told = joined(f"{count} {trend}" for trend, count in counts.items() if count)
    networks = plural(len(document.networks), "network")
    return f"{networks} compared: {told or 'no figure changed'}."


def _only(document: DiffDocument) -> list[str]:
    """Return the sentences on networks that only one document has."""
    only = {"old": document.only_old, "new": document.only_new}
    return [f"Only in the {which}: {joined(names)}." for which, names in only.items() if names]


def _difference(change: QuantityChange) -> float | None:
    if change.old is None or change.new is None:
        return None
    return rounded(change.new - change.old)


def _mebibytes(layer: ChangedLayer) -> float | None:
    return None if layer.activation_bytes is None else layer.activation_bytes / MIB
