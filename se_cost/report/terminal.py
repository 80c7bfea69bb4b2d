"""Tables on a terminal, drawn by rich: as wide as it allows, with no number cut.

A table that is too wide moves its columns together and breaks its headings; then it leaves out
its minor columns; then it goes below itself in bands of fewer columns, each of which begins with
the columns that tell the rows apart.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import fill
from typing import TYPE_CHECKING

from se_cost.report.page import Table

if TYPE_CHECKING:
    from rich.table import Table as RichTable

UNLIMITED = 10_000  # columns; where there is no terminal, nothing needs to be broken
TEXT = 20  # signs of a text that stay in one line, or it becomes a tower of words


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns stand beside each other, band by band, and whether with room between them."""

    bands: tuple[tuple[int, ...], ...]
    roomy: bool

    def left_out(self, table: Table) -> list[str]:
        """Return the headings that no band shows."""
        return [name for i, name in enumerate(table.header) if not any(i in b for b in self.bands)]


def as_lines(lines: Sequence[str], tables: Sequence[Table], width: int | None, color: bool) -> str:
    """Return sentences and tables for a terminal of `width`; None is as wide as they need."""
    from rich.console import Console
    from rich.text import Text

    out = io.StringIO()
    layouts = [layout(table, width) for table in tables]
    console = Console(
        file=out,
        width=_needed(tables, layouts, width) if width else UNLIMITED,
        force_terminal=color,
        color_system="standard" if color else None,
        legacy_windows=False,
        _environ={},  # what it says of colour has been read already
    )
    for line in lines:
        console.print(Text(line))
    for table, found in zip(tables, layouts, strict=True):
        console.print(Text(f"\n{table.title}", style="bold"))
        for columns in found.bands:
            console.print(*[""] * (not found.roomy), _drawn(table, columns, found.roomy), sep="\n")
        if left_out := found.left_out(table):
            console.print(Text(f"\nLeft out in {width} columns: {', '.join(left_out)}."))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _needed(tables: Sequence[Table], layouts: Sequence[Layout], width: int) -> int:
    """Return the width, or what keeps numbers whole on a terminal that is too narrow for them."""
    found = [
        _width(table, band)
        for table, layout in zip(tables, layouts, strict=True)
        for band in layout.bands
        if not layout.roomy
    ]
    return max(width, *found, 0)


def layout(table: Table, width: int | None) -> Layout:
    """Return the layout that shows most of a table in a `width`; None is as wide as it needs."""
    every = tuple(range(len(table.columns)))
    if width is None or _width(table, every, roomy=True) <= width:
        return Layout((every,), roomy=True)
    shown = list(every)
    for i in reversed(every):
        if table.columns[i].minor and _width(table, shown) > width:
            shown.remove(i)
    return Layout(_bands(table, shown, width), roomy=False)


def _bands(table: Table, shown: Sequence[int], width: int) -> tuple[tuple[int, ...], ...]:
    """Return as few bands as fit, with about as many columns each."""
    labels = _labels(table, shown, width)
    others = shown[len(labels) :]
    for count in range(1, len(others) + 1):
        edges = [round(k * len(others) / count) for k in range(count + 1)]
        bands = tuple((*labels, *others[a:b]) for a, b in pairwise(edges))
        if count == len(others) or all(_width(table, band) <= width for band in bands):
            return bands
    return (tuple(shown),)


def _labels(table: Table, shown: Sequence[int], width: int) -> Sequence[int]:
    """Return the first columns that tell the rows apart, if any other fits beside them."""
    for count in range(1, len(shown)):
        labels, others = shown[:count], shown[count:]
        if any(_width(table, (*labels, other)) > width for other in others):
            break
        if len({tuple(row[i] for i in labels) for row in table.rows}) == len(table.rows):
            return labels
    return shown[:1]


def _width(table: Table, columns: Iterable[int], *, roomy: bool = False) -> int:
    """Return how wide a table of these columns is, or if it is not roomy, must at least be."""
    from rich.console import Console
    from rich.measure import Measurement

    console = Console(width=UNLIMITED, file=io.StringIO(), _environ={})
    found = Measurement.get(console, console.options, _drawn(table, columns, roomy))
    return found.maximum if roomy else found.minimum


def _drawn(table: Table, columns: Iterable[int], roomy: bool) -> "RichTable":
    """Return some columns as rich draws them, totals in bold below an empty line."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(
        box=box.SIMPLE_HEAD, collapse_padding=not roomy, pad_edge=roomy, show_edge=roomy
    )
    cells, chosen = table.cells(), tuple(columns)
    for i in chosen:
        longest = max((len(row[i]) for row in cells), default=0)
        heading, numeric = table.header[i], table.numeric[i]
        words = max(map(len, heading.split()), default=0)
        drawn.add_column(
            Text(heading if roomy else fill(heading, max(longest, words, 1))),
            justify="right" if numeric else "left",
            no_wrap=numeric,
            min_width=None if numeric else min(TEXT, longest),
        )
    first_total = len(cells) - table.totals
    for n, row in enumerate(cells):
        if n == first_total:
            drawn.add_section()
        style = "bold" if n >= first_total else None
        drawn.add_row(*(Text(row[i]) for i in chosen), style=style)
    return drawn
