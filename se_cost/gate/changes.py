"""What changed from one document to another: one change for each quantity of each network."""

from collections.abc import Iterator

from se_cost.documents.baseline import Entry, Figure, TimeEntry
from se_cost.documents.diff import ChangedLayer, QuantityChange, Trend
from se_cost.gate.entry import COUNTED, Entries, rebuilt
from se_cost.gate.judging import elsewhere
from se_cost.gate.quantities import QUANTITIES, Quantity
from se_cost.gate.where import growth
from se_cost.ledger.rows import Ledger, stage_name
from se_cost.record import replace

UNSURE = "the {} time is not conclusive; measure again with a smaller --target"


def pairs(old: Entries, new: Entries) -> dict[str, tuple[Entry, Entry]]:
    """Return the networks to compare: those of one name, or the only ones, whatever their names."""
    if len(old) == len(new) == 1:
        (a, before), (b, after) = *old.items(), *new.items()
        return {a if a == b else f"{a} → {b}": (before, after)}
    return {name: (entry, new[name]) for name, entry in old.items() if name in new}


def changes(network: str, old: Entry, new: Entry) -> Iterator[QuantityChange]:
    """Yield a change for every quantity that both entries have."""
    for quantity in QUANTITIES.values():
        before, after = quantity.of(old), quantity.of(new)
        if before is not None and after is not None:
            trend = Trend.SHARE if quantity.relative else _trend(before, before, after, after)
            yield _change(network, quantity, before, after, trend)
    for time in new.times if old.times else ():
        yield from _timed(network, old, time)


def _change(
    network: str, quantity: Quantity, old: float | None, new: float | None, trend: Trend
) -> QuantityChange:
    percent = None
    if old and new is not None and not quantity.relative:
        percent = 100 * (new / old - 1)
    return QuantityChange(network, quantity.key, quantity.unit, old, new, percent, trend)


def _trend(old_low: float, old_high: float, low: float, high: float) -> Trend:
    """Return what a change between two intervals means."""
    if low > old_high:
        return Trend.WORSE
    return Trend.BETTER if high < old_low else Trend.SAME


def _timed(network: str, old: Entry, time: TimeEntry) -> Iterator[QuantityChange]:
    """Yield what changed in a timed comparison, beside the older one of the same environment."""
    same = [before for before in old.times if before.where == time.where]
    before = (same or old.times)[0]
    for quantity in QUANTITIES.values():
        was, now = quantity.measured(before), quantity.measured(time)
        if quantity.key is Figure.OVERHEAD:
            trend, why = _of_overheads(before, time)
        elif was is not None and now is not None:
            trend, why = _trend(was, was, now, now), ""
        else:
            continue
        if not same:
            trend, why = Trend.UNJUDGED, elsewhere(time, before)
        yield replace(
            _change(network, quantity, was, now, trend),
            settings=time.settings,
            reason=why,
            old_overhead=quantity.overhead(before),
            new_overhead=quantity.overhead(time),
        )


def _of_overheads(old: TimeEntry, new: TimeEntry) -> tuple[Trend, str]:
    """Return what the change of an overhead means, and why that is not judged, if it is not."""
    if old.interval is None or new.interval is None:
        return Trend.UNJUDGED, UNSURE.format("new" if old.interval else "old")
    return _trend(*old.interval, *new.interval), ""


def layers(network: str, old: Entry, new: Entry) -> list[ChangedLayer]:
    """Return where the counts changed, by stage and operator if both ledgers can be had again."""
    counts = [name for name in COUNTED if name in old.counts and name in new.counts]
    before, after = rebuilt(old), rebuilt(new)
    if before and after:
        return _by_operator(network, before.network, after.network, counts)
    grown = {name: _by_stage(old, new, name) for name in counts}
    stages = dict.fromkeys(stage for growths in grown.values() for stage in growths)
    found = {
        stage: {name: growths.get(stage, 0) for name, growths in grown.items()} for stage in stages
    }
    return [
        ChangedLayer(network, stage, None, None, **growths)
        for stage, growths in found.items()
        if any(growths.values())
    ]


def _by_stage(old: Entry, new: Entry, name: str) -> dict[str, int]:
    """Return the growth of a count by stage, that of attention if no more is known of one."""
    before, after = old.counts[name], new.counts[name]
    if before.stages and after.stages:
        return growth(after.stages, before.stages)
    return growth(after.attention, before.attention)


def _by_operator(network: str, old: Ledger, new: Ledger, counts: list[str]) -> list[ChangedLayer]:
    before, after = _grouped(old), _grouped(new)
    empty = Ledger(())
    found = []
    for stage, op in {**before, **after}:
        was, now = before.get((stage, op), empty), after.get((stage, op), empty)
        growths = {name: COUNTED[name](now) - COUNTED[name](was) for name in counts}
        number = len(now.rows) - len(was.rows)
        if number or any(growths.values()):
            found.append(ChangedLayer(network, stage, op, number, **growths))
    return found


def _grouped(ledger: Ledger) -> dict[tuple[str, str], Ledger]:
    return {
        (stage_name(stage), op): rows
        for stage, part in ledger.by_stage().items()
        for op, rows in part.by_op().items()
    }
