"""The choices that no other beats in two costs at once, and the best of every set of sites."""

from collections.abc import Sequence
from itertools import product

from se_cost.planning.labels import EMPTY, Items, Label, Rank, extended, unbeaten

MOST_SITES = 6  # whose sets are tried one by one; nobody reads a table of more


def frontier(sites: Sequence[Items]) -> list[tuple[int, ...]]:
    """Return the choices that cost less in something than every choice of no less value.

    They come with the most valued first; of several that are equal in all, the first is there.
    """
    return [label[0][3] for label in _complete(sites, None)]


def by_sites(sites: Sequence[Items], limits: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the best choice of every set of sites that hold attention, if any of it fits.

    The last item of every site is nothing. The choices come with the most valued first.
    """
    found: list[tuple[Rank, tuple[int, ...]]] = []
    for some in product((True, False), repeat=len(sites)):
        kept = [site[:-1] if there else site[-1:] for site, there in zip(sites, some, strict=True)]
        firsts = [0 if there else len(site) - 1 for site, there in zip(sites, some, strict=True)]
        for label in _complete(kept, limits)[: any(some)]:
            choice = tuple(i + j for i, j in zip(label[0][3], firsts, strict=True))
            worth, widths, amounts, _ = label[0]
            found.append(((worth, widths, amounts, choice), choice))
    return [choice for _, choice in sorted(found)]


def _complete(sites: Sequence[Items], limits: Sequence[int] | None) -> list[Label]:
    """Return the complete choices that nothing beats, the best first, within limits if any."""
    labels: list[Label] = [(EMPTY[0], (0,) * len(sites[0][0].costs), 0.0)]
    for site in sites:
        longer = [extended(one, item, i, 0, 0.0) for one in labels for i, item in enumerate(site)]
        labels = unbeaten([label for label in longer if limits is None or _within(label, limits)])
    return labels


def _within(label: Label, limits: Sequence[int]) -> bool:
    return all(cost <= limit for cost, limit in zip(label[1], limits, strict=True))
