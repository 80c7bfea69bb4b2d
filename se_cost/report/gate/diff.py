"""The answer of `diff`: what changed from one document to another, by how much, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from se_cost.errors import CannotMeasure
from se_cost.report.gate.changes import Change, Entries, Site, Trend, changes, pairs, sites
from se_cost.report.gate.entry import ACTIVATIONS, COUNTED, MACS, PARAMS, Entry
from se_cost.report.gate.quantities import MIB, percent
from se_cost.report.gate.where import in_words, largest, recipe_change
from se_cost.report.page import SCHEMA_VERSION, Cell, Column, Data, Page, Table

DIGITS = 4  # of a share, behind the point
CHANGES = (
    Column("network"),
    Column("figure"),
    Column("old", ","),
    Column("new", ","),
    Column("change", "+,"),
    Column("%", "+.2f"),
    Column("verdict"),
)
SITES = (
    Column("network"),
    Column("stage"),
    Column("operator"),
    Column("layers", "+,d"),
    Column("parameters", "+,d"),
    Column("MACs", "+,d"),
    Column("activations MiB", "+,.3f"),
)


@dataclass(frozen=True)
class Diff:
    """Two documents: the networks of each, by name."""

    old: Entries
    new: Entries

    @cached_property
    def pairs(self) -> Mapping[str, tuple[Entry, Entry]]:
        """Return the networks that can be compared."""
        return pairs(self.old, self.new)

    @cached_property
    def changes(self) -> list[Change]:
        """Return a change for every quantity of every network."""
        return [change for name, pair in self.pairs.items() for change in changes(name, *pair)]

    @cached_property
    def sites(self) -> list[Site]:
        """Return where in the networks the counts changed."""
        return [site for name, pair in self.pairs.items() for site in sites(name, *pair)]

    def only(self, entries: Entries) -> list[str]:
        """Return the networks of one of the documents that the other does not have."""
        alone = len(self.old) == len(self.new) == 1  # then they are compared, whatever their names
        return [] if alone else [name for name in entries if name not in self.pairs]

    def of(self, trend: Trend) -> list[Change]:
        """Return the changes that mean the same."""
        return [change for change in self.changes if change.trend is trend]

    @property
    def judged(self) -> bool:
        """Return whether anything could be compared."""
        return any(change.trend not in (Trend.UNJUDGED, Trend.SHARE) for change in self.changes)


def page(diff: Diff) -> Page:
    """Return the page; raise CannotMeasure if the documents have nothing in common."""
    if not diff.changes:
        raise CannotMeasure(
            f"nothing to compare: the old document holds {_held(diff.old)}, "
            f"the new one {_held(diff.new)}"
        )
    shown = [change for change in diff.changes if _worth_a_row(diff, change)]
    tables = (
        Table("What changed", CHANGES, tuple(map(_row, shown))),
        Table("Where it changed", SITES, tuple(map(_site_row, diff.sites))),
    )
    stories = filter(None, (story(diff, name) for name in diff.pairs))
    return Page(
        lines=(_summary(diff), *stories, *_alone(diff)),
        tables=tuple(table for table in tables if table.rows),
        data=data(diff),
        warnings=tuple(map(doubt, diff.of(Trend.UNJUDGED))),
        failed=bool(diff.of(Trend.WORSE)),
    )


def story(diff: Diff, network: str) -> str:
    """Return what became of a network, why, and where; nothing if it is as it was."""
    changes = [change for change in diff.changes if change.network == network]
    moved = [change for change in changes if change.trend in (Trend.WORSE, Trend.BETTER)]
    if not moved:
        return ""
    old, new = diff.pairs[network]
    recipe = recipe_change(new, old)
    why = f" In the recipe {recipe}." if recipe else ""
    told = "; ".join(
        f"{trend}: {', '.join(words)}"
        for trend in (Trend.WORSE, Trend.BETTER)
        if (words := [_words(change) for change in moved if change.trend is trend])
    )
    return f"{network} {told}.{why}{_where(diff, network, moved)}"


def doubt(change: Change) -> str:
    """Return why a change was not judged."""
    return f"{change.network}: {change.quantity.title} was not judged: {change.doubt}."


def annotations(diff: Diff) -> list[tuple[str, str, str]]:
    """Return (level, message, title) of what a code host is to show, what is worse first."""
    worse = dict.fromkeys(change.network for change in diff.of(Trend.WORSE))
    errors = [("error", story(diff, name), f"{name} costs more") for name in worse]
    return errors + [("warning", doubt(c), "se-cost diff") for c in diff.of(Trend.UNJUDGED)]


def data(diff: Diff) -> Data:
    """Return the json document."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "diff",
        "verdict": _verdict(diff).value,
        "networks": {
            name: {"old": old.recipe, "new": new.recipe} for name, (old, new) in diff.pairs.items()
        },
        "changes": [_data(change) for change in diff.changes],
        "sites": [_site_data(site) for site in diff.sites],
        "only_old": diff.only(diff.old),
        "only_new": diff.only(diff.new),
    }


def _verdict(diff: Diff) -> Trend:
    """Return what came out for all networks together."""
    if not diff.judged:
        return Trend.UNJUDGED
    order = (Trend.WORSE, Trend.BETTER)
    return next((trend for trend in order if diff.of(trend)), Trend.SAME)


def _summary(diff: Diff) -> str:
    networks = f"{len(diff.pairs)} network{'s' * (len(diff.pairs) != 1)} compared"
    counts = {trend: len(diff.of(trend)) for trend in (Trend.WORSE, Trend.BETTER, Trend.UNJUDGED)}
    told = [f"{count} {trend}" for trend, count in counts.items() if count]
    return f"{networks}: {', '.join(told) or 'no figure changed'}."


def _words(change: Change) -> str:
    quantity = change.quantity
    share = f" ({percent(change.percent, '+')})" if change.percent is not None else ""
    values = f"{quantity.shown(change.old)} → {quantity.shown(change.new)}"
    return f"{quantity.title} {values}{share}"


def _where(diff: Diff, network: str, moved: list[Change]) -> str:
    """Return the sentence that names the stage in which the first of the counts changed most."""
    counted = [change.quantity for change in moved if change.quantity.count]
    if not counted:
        return ""
    quantity, stages = counted[0], dict[str, int]()
    for site in diff.sites:
        if site.network == network:
            growth = site.growths[quantity.count or ""]
            stages[site.stage] = stages.get(site.stage, 0) + growth
    stage = largest({name: abs(growth) for name, growth in stages.items()})
    if stage is None:
        return ""
    more = "more" if stages[stage] > 0 else "less"
    shown = quantity.shown(abs(stages[stage]))
    return f" Most of the {quantity.title} in {in_words(stage)}: {shown} {more}."


def _alone(diff: Diff) -> list[str]:
    """Return the sentences on networks that only one document has."""
    alone = {"old": diff.only(diff.old), "new": diff.only(diff.new)}
    return [f"Only in the {which}: {', '.join(names)}." for which, names in alone.items() if names]


def _held(entries: Entries) -> str:
    """Return what a document holds, in words."""
    return (
        ", ".join(
            f"{' and '.join([*entry.counts, *['times'] * bool(entry.times)])} of {name}"
            for name, entry in entries.items()
        )
        or "nothing"
    )


def _worth_a_row(diff: Diff, change: Change) -> bool:
    """Return whether a change is shown: of one network all are, of many those that are some."""
    return len(diff.pairs) == 1 or change.old != change.new


def _row(change: Change) -> tuple[Cell, ...]:
    old, new = (round(value, DIGITS) for value in (change.old, change.new))
    moved = round(change.new - change.old, DIGITS)
    title = change.quantity.title
    return (change.network, title, old, new, moved, change.percent, change.trend.value)


def _site_row(site: Site) -> tuple[Cell, ...]:
    grown = site.growths.get
    moved = grown(ACTIVATIONS)
    return (
        site.network,
        in_words(site.stage),
        site.op,
        site.layers,
        grown(PARAMS),
        grown(MACS),
        None if moved is None else moved / MIB,
    )


def _data(change: Change) -> Data:
    return {
        "network": change.network,
        "figure": change.quantity.key,
        "unit": change.quantity.unit.value,
        "old": change.old,
        "new": change.new,
        "percent": change.percent,
        "verdict": change.trend.value,
        "settings": change.time.data["settings"] if change.time else None,
        "reason": change.doubt,
    }


def _site_data(site: Site) -> Data:
    growths = {name: site.growths[name] for name in COUNTED if name in site.growths}
    where = {"network": site.network, "stage": site.stage, "operator": site.op}
    return where | {"layers": site.layers} | growths
