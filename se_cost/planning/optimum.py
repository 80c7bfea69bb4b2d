"""The best choice within budgets, exactly.

First the most worth that fits is found, then, among the choices of that worth, the one of the
widest bottlenecks (the sum of log widths, compared as the product: whole numbers are exact). Both
searches go from site to site and drop what another partial choice beats (labels.py), and what
cannot come up to a choice that is known already (relaxation.py): its bounds are floating-point and
leave room for their roundings; what decides are whole numbers.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from math import log

from se_cost.planning.labels import EMPTY, Item, Items, Label, extended, unbeaten
from se_cost.planning.relaxation import Relaxation, relaxed
from se_cost.record import Record, replace

BEAM = 200  # labels that a quick search keeps, whose answer is where the exact one begins


class Demands(Record):
    """What a label must keep: the budgets, and the bound on what it can become."""

    sites: Sequence[Items]
    limits: tuple[int, ...]
    relaxation: Relaxation
    runs: Sequence[int]  # how many sites before each are like it
    worth: int  # at least
    floor: float  # of the bound


def best(sites: Sequence[Items], limits: Sequence[int]) -> tuple[int, ...]:
    """Return the best choice: for every site the place of an item in its list.

    The last item of every site is nothing, so that there always is a choice. No limit is below 0.
    """
    fitting, kept = _that_bind([_possible(items, limits) for items in sites], limits)
    original = [[i for i, _ in site] for site in fitting]
    items = [tuple(item for _, item in site) for site in fitting]
    worth, choice = _most_worth(items, kept)
    found = _widest(items, kept, worth, choice)
    return tuple(places[i] for places, i in zip(original, found, strict=True))


Indexed = list[tuple[int, Item]]


def _possible(items: Items, limits: Sequence[int]) -> Indexed:
    """Return the items that fit by themselves, with their places."""
    return [(i, item) for i, item in enumerate(items) if _within(item.costs, limits)]


def _within(costs: Iterable[int], limits: Sequence[int]) -> bool:
    return all(cost <= limit for cost, limit in zip(costs, limits, strict=True))


def _that_bind(sites: list[Indexed], limits: Sequence[int]) -> tuple[list[Indexed], list[int]]:
    """Leave out the costs that no choice has too much of."""
    binding = [
        k
        for k, limit in enumerate(limits)
        if sum(max(item.costs[k] for _, item in site) for site in sites) > limit
    ]
    shorter = [
        [(i, replace(item, costs=tuple(item.costs[k] for k in binding))) for i, item in site]
        for site in sites
    ]
    return shorter, [limits[k] for k in binding]


def _most_worth(sites: Sequence[Items], limits: Sequence[int]) -> tuple[int, tuple[int, ...]]:
    """Return the most worth that fits, and a choice that has it."""
    few = [_cheapest(site) for site in sites]
    items = [
        tuple(_plain(site[i]) for i in picked) for site, picked in zip(sites, few, strict=True)
    ]
    wares = [tuple((float(item.worth), _shares(item, limits)) for item in site) for site in items]
    budgets = [1.0] * len(limits)
    search = Demands(items, tuple(limits), relaxed(wares, budgets, 0), _runs(items), 0, 0)
    found = _reached(search, BEAM)[0]
    more = 1 - found[0][0]  # worth is whole
    if search.relaxation.most[0] >= more - search.relaxation.slack:
        prices = relaxed(wares, budgets, more - 1)
        better = _reached(replace(search, relaxation=prices, floor=more))
        found = next(iter(better), found)
    choice = tuple(places[i] for places, i in zip(few, found[0][3], strict=True))
    return -found[0][0], choice


def _plain(item: Item) -> Item:
    """Return an item of which only the worth counts."""
    return replace(item, widths=1, amounts=(0,) * len(item.amounts))


def _cheapest(site: Items) -> list[int]:
    """Return the places of the items that are worth more than any that costs no more."""
    order = sorted(range(len(site)), key=lambda i: (-site[i].worth, site[i].costs))
    kept: list[int] = []
    for i in order:
        if not any(_within(site[j].costs, site[i].costs) for j in kept):
            kept.append(i)
    return sorted(kept)


def _widest(
    sites: Sequence[Items], limits: Sequence[int], worth: int, known: tuple[int, ...]
) -> tuple[int, ...]:
    """Return the best choice of those that are worth so much; one of them is `known`."""
    limits_and_worth = [1.0] * len(limits) + [-1.0] * bool(worth)
    wares = [
        tuple(
            (log(item.widths), (*_shares(item, limits), *([-item.worth / worth] if worth else [])))
            for item in site
        )
        for site in sites
    ]
    reached = sum(log(site[i].widths) for site, i in zip(sites, known, strict=True))
    prices = relaxed(wares, limits_and_worth, reached)
    search = Demands(sites, tuple(limits), prices, _runs(sites), worth, reached)
    quick = _reached(search, BEAM)
    reached = max([reached, *(log(-label[0][1]) for label in quick[:1])])
    prices = relaxed(wares, limits_and_worth, reached)
    return _reached(replace(search, relaxation=prices, floor=reached))[0][0][3]


def _shares(item: Item, limits: Sequence[int]) -> tuple[float, ...]:
    """Return the costs of an item as shares of the limits."""
    return tuple(cost / max(1, limit) for cost, limit in zip(item.costs, limits, strict=True))


def _runs(sites: Sequence[Items]) -> list[int]:
    """Return for every site how many just before it are like it."""
    runs = [0]
    for before, site in pairwise(sites):
        runs.append(runs[-1] + 1 if before == site else 0)
    return runs


def _reached(search: Demands, width: int | None = None) -> list[Label]:
    """Return the complete labels that nothing beats, the best first; a `width` makes it quick."""
    labels = [(EMPTY[0], (0,) * len(search.limits), 0.0)]
    most = list(
        accumulate((max(item.worth for item in site) for site in reversed(search.sites)), initial=0)
    )[::-1]
    for n, site in enumerate(search.sites):
        labels = _step(search, n, site, labels, most[n + 1])
        labels = unbeaten(labels)
        if width and len(labels) > width:
            labels = sorted(labels, key=lambda label: -label[2])[:width]
    return labels


def _step(search: Demands, n: int, site: Items, labels: Sequence[Label], most: int) -> list[Label]:
    """Return every label with every item of the next site that keeps what must be kept."""
    profits, run = search.relaxation.profits[n], search.runs[n]
    floor = search.floor - search.relaxation.slack - search.relaxation.most[n + 1]
    found = []
    for label in labels:
        (worth, *_), costs, profit = label
        for i, item in enumerate(site):
            if profit + profits[i] < floor or item.worth - worth + most < search.worth:
                continue
            if _within(map(int.__add__, costs, item.costs), search.limits):
                found.append(extended(label, item, i, run, profits[i]))
    return found
