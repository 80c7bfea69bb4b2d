"""Tables on a terminal, drawn by rich: as wide as it allows, with no number cut.

A table that is too wide moves its columns together and breaks its headings; then it leaves out
its minor columns; then it goes below itself in bands of fewer columns, each of which begins with
the columns that tell the rows apart.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from se_cost.record import Record
from se_cost.report.page import Table
from se_cost.text import joined, printable

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod
    from rich.table import Table as RichTable

BOUNDS = ("low", "high", "verdict")  # columns that are read with the one before them
TEXT = 20  # signs of a text that stay in one line, or it becomes a tower of words
GAP, ROOMY_GAP = 2, 3  # between two columns


class Layout(Record):
    """Which columns stand beside each other, band by band, and how wide they must be for that.

    A roomy layout is as wide as it likes, and its `width` is None.
    """

    bands: tuple[tuple[int, ...], ...]
    width: int | None = None


def print_table(console: "Console", table: Table, width: int | None) -> None:
    """Print a table below its title; a `width` of None is as wide as it needs."""
    from rich.text import Text

    if table.title:
        console.print(Text(printable(table.title), style="bold"), width=width)
    found = layout(table, width)
    for i, band in enumerate(found.bands):
        if found.width is not None and (i or table.title):
            console.print()
        console.print(_drawn(table, band, found.width))
    left_out = set(range(len(table.columns))).difference(*found.bands)
    if left_out:
        names = joined(table.header[i] for i in sorted(left_out))
        console.print(Text(f"\nLeft out in {width} columns: {names}."), width=width)


def layout(table: Table, width: int | None) -> Layout:
    """Return the layout that shows most of a table in a `width`; None is as wide as it needs."""
    every = tuple(range(len(table.columns)))
    if width is None or _roomy(table) <= width:
        return Layout((every,))
    least = _least(table)
    shown = list(every)
    for i in reversed(every):
        if table.columns[i].minor and _wide(least, shown) > width:
            shown.remove(i)
    bands = _bands(table, least, _labels(table, least, shown, width), shown, width)
    return Layout(bands, max(width, *(_wide(least, band) for band in bands)))


def _bands(
    table: Table, least: Sequence[int], labels: Sequence[int], shown: Sequence[int], width: int
) -> tuple[tuple[int, ...], ...]:
    """Return as few bands as fit, with about as many columns each.

    An interval stays beside its estimate if that fits, even if it takes more bands.
    """
    others = shown[len(labels) :]
    apart = range(len(others) + 1)
    ends = (0, len(others))
    together = [k for k in apart if k in ends or table.header[others[k]] not in BOUNDS]
    bands: tuple[tuple[int, ...], ...] = (tuple(shown),)
    for starts in (together, apart):
        for count in range(1, len(starts)):
            even = (k * len(others) / count for k in range(count + 1))
            edges = sorted({min(starts, key=lambda start: abs(start - edge)) for edge in even})
            bands = tuple((*labels, *others[a:b]) for a, b in pairwise(edges))
            if all(_wide(least, band) <= width for band in bands):
                return bands
    return bands


def _labels(table: Table, least: Sequence[int], shown: Sequence[int], width: int) -> Sequence[int]:
    """Return the first columns that tell the rows apart, if any other fits beside them."""
    for count in range(1, len(shown)):
        labels, others = shown[:count], shown[count:]
        if any(_wide(least, (*labels, other)) > width for other in others):
            break
        if len({tuple(row[i] for i in labels) for row in table.rows}) == len(table.rows):
            return labels
    return shown[:1]


def _roomy(table: Table) -> int:
    """Return how wide a table is if nothing is broken, with its edges."""
    from rich.cells import cell_len

    columns = zip(table.header, *table.cells(), strict=True)
    return 1 + sum(max(map(cell_len, column)) + ROOMY_GAP for column in columns)


def _wide(least: Sequence[int], columns: Sequence[int]) -> int:
    """Return how wide a tight table of some columns must be at least."""
    return sum(least[i] + GAP for i in columns) - GAP


def _least(table: Table) -> list[int]:
    """Return how wide each column must be at least: as its numbers, words and short texts."""
    from rich.cells import cell_len

    found = []
    for numeric, *texts in zip(table.numeric, table.header, *table.cells(), strict=True):
        words = [cell_len(word) for text in texts for word in text.split()]
        longest = max(map(cell_len, texts[1:]), default=0)
        found.append(max(1, *words, longest if numeric else min(TEXT, longest)))
    return found


def _widths(table: Table, columns: Sequence[int], width: int) -> list[int]:
    """Return how wide each of some columns is, if they share what is left of a `width`."""
    from rich.cells import cell_len

    cells, widths = table.cells(), [_least(table)[i] for i in columns]
    longest = [max((cell_len(row[i]) for row in cells), default=0) for i in columns]
    wishes = [max(wish - least, 0) for wish, least in zip(longest, widths, strict=True)]
    spare = width - _wide(widths, range(len(widths)))
    for n, i in enumerate(sorted(range(len(widths)), key=wishes.__getitem__)):
        more = min(wishes[i], spare // (len(widths) - n))
        widths[i], spare = widths[i] + more, spare - more
    return widths


def _drawn(table: Table, columns: Sequence[int], width: int | None) -> "RichTable":
    """Return some columns as rich draws them, totals in bold below an empty line."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    roomy = width is None
    padding = (0, 1) if roomy else (0, 1, 0, 0)
    drawn = RichTable(box=box.SIMPLE_HEAD, padding=padding, pad_edge=roomy, show_edge=roomy)
    widths = [None] * len(columns) if width is None else _widths(table, columns, width)
    cells, header, numeric = table.cells(), table.header, table.numeric
    for i, wide in zip(columns, widths, strict=True):
        justify: JustifyMethod = "right" if numeric[i] else "left"
        drawn.add_column(Text(header[i]), justify=justify, width=wide, overflow="fold")
    first_total = len(cells) - table.totals
    for n, row in enumerate(cells):
        if n == first_total:
            drawn.add_section()
        style = "bold" if n >= first_total else None
        drawn.add_row(*(Text(row[i]) for i in columns), style=style)
    return drawn
