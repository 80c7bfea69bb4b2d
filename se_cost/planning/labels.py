"""Partial choices, and which of them no other beats.

A partial choice is judged by its rank, which sorts the better one first, and by the costs that
matter. All of these grow alike whatever is added, so a partial choice that is ranked worse and
costs no less in anything can be dropped: what completes it completes the other one better.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from se_cost.record import Record

# -worth, -product of the widths, amounts that break ties, choice
Rank = tuple[int, int, tuple[int, ...], tuple[int, ...]]
Label = tuple[Rank, tuple[int, ...], float]  # with the costs, and the profit of a relaxation
EMPTY: Label = ((0, -1, (0,) * 6, ()), (), 0.0)


class Item(Record):
    """A candidate of a site, as the search sees it."""

    worth: int
    widths: int  # the product of the hidden widths
    amounts: tuple[int, ...]  # the less of them decides between two of equal value
    costs: tuple[int, ...]  # those that matter


Items = tuple[Item, ...]  # the candidates of a site


def extended(label: Label, item: Item, i: int, run: int, profit: float) -> Label:
    """Return a label with item `i` of the next site.

    The last `run` sites are like that one, and it does not matter which of them takes what: the
    one that stands first takes what was listed first.
    """
    (worth, widths, amounts, choice), costs, profits = label
    if run and choice[-1] > i:
        tail = sorted((*choice[-run:], i))
        choice = (*choice[:-run], *tail)
    else:
        choice = (*choice, i)
    rank = (
        worth - item.worth,
        widths * item.widths,
        tuple([a + b for a, b in zip(amounts, item.amounts, strict=True)]),
        choice,
    )
    together = tuple([a + b for a, b in zip(costs, item.costs, strict=True)])
    return rank, together, profits + profit


def unbeaten(labels: list[Label]) -> list[Label]:
    """Return the labels that no better ranked one is as cheap as, the best ranked first."""
    labels = _once(labels)
    match len(labels[0][1]) if labels else 0:
        case 0:
            return labels[:1]
        case 1:
            return _in_one(labels)
        case 2:
            return _in_two(labels)
        case 3:
            return _in_three(labels)
        case _:
            return _in_many(labels)


def _once(labels: list[Label]) -> list[Label]:
    """Return the labels in order; the same choice may be reached in several ways."""
    labels.sort()
    return [label for i, label in enumerate(labels) if not i or label[0] != labels[i - 1][0]]


def _in_one(labels: Sequence[Label]) -> list[Label]:
    kept: list[Label] = []
    for label in labels:
        if not kept or label[1] < kept[-1][1]:
            kept.append(label)
    return kept


def _in_two(labels: Sequence[Label]) -> list[Label]:
    """Keep the steps below which a label must be: the seconds fall where the firsts rise."""
    kept: list[Label] = []
    firsts: list[int] = []
    seconds: list[int] = []
    for label in labels:
        first, second = label[1]
        at = bisect_right(firsts, first)
        if at and seconds[at - 1] <= second:
            continue
        kept.append(label)
        begin = end = bisect_left(firsts, first)
        while end < len(firsts) and seconds[end] >= second:
            end += 1
        firsts[begin:end], seconds[begin:end] = [first], [second]
    return kept


def _in_three(labels: Sequence[Label]) -> list[Label]:
    """Compare each with those kept so far; written out, since most of the time is spent here."""
    kept: list[Label] = []
    steps: list[tuple[int, ...]] = []
    for label in labels:
        a, b, c = label[1]
        for first, second, third in steps:
            if first <= a and second <= b and third <= c:
                break
        else:
            kept.append(label)
            steps.append(label[1])
    return kept


def _in_many(labels: Sequence[Label]) -> list[Label]:
    kept: list[Label] = []
    for label in labels:
        costs = label[1]
        if not any(all(map(int.__le__, other[1], costs)) for other in kept):
            kept.append(label)
    return kept
