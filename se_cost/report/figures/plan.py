"""The frontier of two costs, and a heat map of a share over inputs and batches."""

from collections.abc import Sequence

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from se_cost.record import Record
from se_cost.report.figures.style import (
    GREY,
    HEADING,
    LETTERS,
    ORANGE,
    literal,
    svg,
    wrapped,
)

COLORS = "viridis"  # rises evenly, for people with any colour vision and in grey
DARK = 0.55  # of the range; letters on darker fields are white


class Marker(Record):
    """A choice by two costs; it is named if that is not empty."""

    x: float
    y: float
    blocks: int
    name: str
    on_frontier: bool


class Heat(Record):
    """One field of a heat map, in the row of an input and the column of a batch."""

    row: str
    column: str
    value: float  # per cent
    note: str


def frontier(title: str, x: str, y: str, spots: Sequence[Marker]) -> str:
    """Draw choices by two costs, coloured by the number of gated blocks; some have a name.

    The first axis is logarithmic: what costs nothing along it is left out.
    """
    there = [spot for spot in spots if spot.x > 0]

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        axes.set_axisbelow(True)
        axes.grid(color="#eeeeee")
        axes.set_xscale("log")
        others = [spot for spot in there if not spot.on_frontier]
        label = "not on the frontier"
        axes.plot([s.x for s in others], [s.y for s in others], "x", color=GREY, label=label)
        front = [spot for spot in there if spot.on_frontier]
        drawn = axes.scatter(
            [spot.x for spot in front],
            [spot.y for spot in front],
            c=[spot.blocks for spot in front],
            cmap=COLORS,
            s=22,
        )
        _named(axes, [spot for spot in there if spot.name])
        axes.set_xlabel(literal(x))
        axes.set_ylabel(literal(y))
        axes.set_title(wrapped(title, 80), fontsize=HEADING)
        axes.legend(frameon=False, fontsize=LETTERS)
        figure.colorbar(drawn, label="gated blocks", location="bottom", aspect=50)

    return svg(title, (8.5, 5.5), draw)


def _named(axes: Axes, spots: Sequence[Marker]) -> None:
    """Write the names in a column beside the axes, with a line to each, so that none overlap."""
    for i, spot in enumerate(sorted(spots, key=lambda spot: (-spot.y, spot.x))):
        axes.plot(spot.x, spot.y, "o", color=ORANGE, markersize=9, fillstyle="none")
        axes.annotate(
            wrapped(spot.name, 30),
            (spot.x, spot.y),
            xytext=(1.03, 1 - (i + 0.5) / len(spots)),
            textcoords="axes fraction",
            va="center",
            fontsize=LETTERS,
            arrowprops={"arrowstyle": "-", "color": ORANGE, "linewidth": 0.6},
        )


def heat(title: str, fields: Sequence[Heat]) -> str:
    """Draw a field for every input and batch, coloured by its value."""
    rows = list(dict.fromkeys(field.row for field in fields))
    columns = list(dict.fromkeys(field.column for field in fields))
    top = max((field.value for field in fields), default=0) or 1

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for field in fields:
            share = field.value / top
            x, y = columns.index(field.column), rows.index(field.row)
            axes.fill_between([x, x + 1], y, y + 1, color=colormaps[COLORS](share))
            axes.text(
                x + 0.5,
                y + 0.5,
                f"{field.value:.0f} %\n{literal(field.note)}",
                ha="center",
                va="center",
                fontsize=LETTERS,
                color="white" if share < DARK else "black",
            )
        axes.set_xticks([i + 0.5 for i in range(len(columns))], [literal(c) for c in columns])
        axes.set_yticks([i + 0.5 for i in range(len(rows))], [literal(r) for r in rows])
        axes.set_xlim(0, len(columns))
        axes.set_ylim(len(rows), 0)
        axes.set_xlabel("batch")
        axes.set_ylabel("input")
        axes.set_title(wrapped(title, 60), fontsize=HEADING)

    return svg(title, (1.8 + 1.4 * len(columns), 1.4 + 0.6 * len(rows)), draw)
