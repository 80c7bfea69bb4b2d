"""What became of a network between two documents, in sentences."""

from collections.abc import Sequence

from se_cost.documents.baseline import Entry
from se_cost.documents.diff import ChangedLayer, QuantityChange, Trend
from se_cost.gate.quantities import QUANTITIES, Quantity, interval, percent
from se_cost.gate.where import largest, model_change
from se_cost.ledger.rows import in_words
from se_cost.measure.timing.verdict import Overhead
from se_cost.text import joined


def story(
    network: str,
    pair: tuple[Entry, Entry],
    changes: Sequence[QuantityChange],
    layers: Sequence[ChangedLayer],
) -> str:
    """Return what became of a network, why, and where; nothing if it is as it was."""
    mine = [change for change in changes if change.network == network]
    told = {
        trend: [change for change in mine if change.verdict is trend]
        for trend in (Trend.WORSE, Trend.BETTER)
    }
    moved = [change for change in mine if change.verdict in told]
    if not moved:
        return ""
    what = joined(
        (f"{trend}: {joined(map(_words, found))}" for trend, found in told.items() if found), "; "
    )
    old, new = pair
    options = model_change(new, old)
    why = f" Its options changed: {options}." if options else ""
    return f"{network} {what}.{why}{_where(network, moved, layers)}"


def doubt(change: QuantityChange) -> str:
    """Return why a change was not judged."""
    title = QUANTITIES[change.figure].title
    return f"{change.network}: {title} was not judged: {change.reason}."


def _words(change: QuantityChange) -> str:
    quantity = QUANTITIES[change.figure]
    share = f" ({percent(change.percent, '+')})" if change.percent is not None else ""
    old = _told(quantity, change.old, change.old_overhead)
    values = f"{old} → {_told(quantity, change.new, change.new_overhead)}"
    return f"{quantity.title} {values}{share}"


def _told(quantity: Quantity, value: float | None, overhead: Overhead | None) -> str:
    """Return a value with its unit; an overhead with its interval and verdict."""
    told, shown = interval(overhead), quantity.shown(value or 0)
    return f"{shown} ({told})" if told else shown


def _where(network: str, moved: Sequence[QuantityChange], layers: Sequence[ChangedLayer]) -> str:
    """Return the sentence that names the stage in which the first of the counts changed most."""
    counted = [QUANTITIES[change.figure] for change in moved if QUANTITIES[change.figure].count]
    if not counted:
        return ""
    quantity, stages = counted[0], dict[str, int]()
    for layer in layers:
        if layer.network == network:
            grown = getattr(layer, quantity.count or "")
            stages[layer.stage] = stages.get(layer.stage, 0) + grown
    stage = largest({name: abs(growth) for name, growth in stages.items()})
    if stage is None:
        return ""
    more = "more" if stages[stage] > 0 else "less"
    shown = quantity.shown(abs(stages[stage]))
    return f" Most of the {quantity.title} in {in_words(stage)}: {shown} {more}."
