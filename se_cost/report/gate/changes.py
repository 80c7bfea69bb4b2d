"""What changed from one document to another: one change for each quantity of each network."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from se_cost.ledger.rows import Ledger
from se_cost.report.gate.entry import COUNTED, Entry, Time, stage_name
from se_cost.report.gate.judging import elsewhere
from se_cost.report.gate.quantities import OVERHEAD, QUANTITIES, Quantity
from se_cost.report.gate.where import growth

UNSURE = "the {} time is not conclusive; measure for longer"
Entries = Mapping[str, Entry]


class Trend(StrEnum):
    """What a change means."""

    WORSE = "worse"
    BETTER = "better"
    SAME = "same"
    SHARE = "–"  # a share may also grow because the rest shrank
    UNJUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Change:
    """One quantity of one network, before and after."""

    network: str
    quantity: Quantity
    old: float
    new: float
    trend: Trend
    time: Time | None = None  # the newer one, if it is measured
    doubt: str = ""  # why it was not judged

    @property
    def percent(self) -> float | None:
        """Return by how many per cent it changed; None for a share, which changes by points."""
        return 100 * (self.new / self.old - 1) if self.old and not self.quantity.relative else None


@dataclass(frozen=True, slots=True)
class Site:
    """What changed in one stage: in the layers of one operator, or in all if that is unknown.

    `growths` are of the counts that both documents have.
    """

    network: str
    stage: str
    op: str | None
    layers: int | None
    growths: Mapping[str, int]


def pairs(old: Entries, new: Entries) -> dict[str, tuple[Entry, Entry]]:
    """Return the networks to compare: those of one name, or the only ones, whatever their names."""
    if len(old) == len(new) == 1:
        (a, before), (b, after) = *old.items(), *new.items()
        return {a if a == b else f"{a} → {b}": (before, after)}
    return {name: (entry, new[name]) for name, entry in old.items() if name in new}


def changes(network: str, old: Entry, new: Entry) -> Iterator[Change]:
    """Yield a change for every quantity that both entries have."""
    for quantity in QUANTITIES.values():
        before, after = quantity.of(old), quantity.of(new)
        if before is not None and after is not None:
            trend = Trend.SHARE if quantity.relative else _trend(before, before, after, after)
            yield Change(network, quantity, before, after, trend)
    for time in new.times if old.times else ():
        yield from _timed(network, old, time)


def _trend(old_low: float, old_high: float, low: float, high: float) -> Trend:
    """Return what a change between two intervals means."""
    if low > old_high:
        return Trend.WORSE
    return Trend.BETTER if high < old_low else Trend.SAME


def _timed(network: str, old: Entry, time: Time) -> Iterator[Change]:
    """Yield what changed in a timed comparison, beside the older one of the same environment."""
    same = [before for before in old.times if before.where == time.where]
    before = (same or old.times)[0]
    for quantity in (q for q in QUANTITIES.values() if not q.count):
        was, now = quantity.measured(before), quantity.measured(time)
        if was is None or now is None:
            continue
        change = Change(network, quantity, was, now, Trend.UNJUDGED, time)
        if not same:
            yield replace(change, doubt=elsewhere(time, before))
        elif quantity is not OVERHEAD:
            yield replace(change, trend=_trend(was, was, now, now))
        elif before.interval is None or time.interval is None:
            yield replace(change, doubt=UNSURE.format("new" if before.interval else "old"))
        else:
            yield replace(change, trend=_trend(*before.interval, *time.interval))


def sites(network: str, old: Entry, new: Entry) -> list[Site]:
    """Return where the counts changed, by stage and operator if both ledgers can be had again."""
    counts = [name for name in COUNTED if name in old.counts and name in new.counts]
    if old.rebuilt and new.rebuilt:
        return _by_operator(network, old.rebuilt.network, new.rebuilt.network, counts)
    grown = {name: _by_stage(old, new, name) for name in counts}
    stages = dict.fromkeys(stage for growths in grown.values() for stage in growths)
    found = [
        Site(network, stage, None, None, {name: grown[name].get(stage, 0) for name in counts})
        for stage in stages
    ]
    return [site for site in found if any(site.growths.values())]


def _by_stage(old: Entry, new: Entry, name: str) -> dict[str, int]:
    """Return the growth of a count by stage, that of attention if no more is known of one."""
    before, after = old.counts[name], new.counts[name]
    if before.stages and after.stages:
        return growth(after.stages, before.stages)
    return growth(after.attention, before.attention)


def _by_operator(network: str, old: Ledger, new: Ledger, counts: list[str]) -> list[Site]:
    before, after = _grouped(old), _grouped(new)
    empty = Ledger(())
    found = []
    for stage, op in {**before, **after}:
        was, now = before.get((stage, op), empty), after.get((stage, op), empty)
        growths = {name: COUNTED[name](now) - COUNTED[name](was) for name in counts}
        layers = len(now.rows) - len(was.rows)
        if layers or any(growths.values()):
            found.append(Site(network, stage, op, layers, growths))
    return found


def _grouped(ledger: Ledger) -> dict[tuple[str, str], Ledger]:
    return {
        (stage_name(stage), op): rows
        for stage, part in ledger.by_stage().items()
        for op, rows in part.by_op().items()
    }
