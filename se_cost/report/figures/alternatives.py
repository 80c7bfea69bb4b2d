"""Kinds of attention by two costs: the parameters they add, and bytes or time."""

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import SymmetricalLogLocator

from se_cost.record import Record
from se_cost.report.figures.intervals import Interval
from se_cost.report.figures.style import BLUE, LETTERS, literal, svg
from se_cost.text import joined

APART = 100  # from one tick to the next, where there is little room
ONE = 10  # parameters: the axis is linear below it, and none is at its end


class Point(Record):
    """One kind; the interval has no bounds where it is no measurement."""

    name: str
    params: int
    height: Interval


def kinds(title: str, axis: str, points: Sequence[Point]) -> str:
    """Draw every kind as a point; `axis` says what the heights are."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        axes.set_xscale("symlog", linthresh=ONE)
        axes.grid(color="#eeeeee")
        axes.set_axisbelow(True)
        for point in points:
            at, height = point.params, point.height
            if height.low is not None and height.high is not None:
                axes.plot([at, at], [height.low, height.high], color=BLUE, linewidth=2)
            axes.plot(at, height.value, "o", color=BLUE)
            axes.annotate(
                literal(joined(filter(None, (point.name, height.verdict)))),
                (at, height.value),
                xytext=(6, 4),
                textcoords="offset points",
                fontsize=LETTERS,
            )
        axes.margins(x=0.12, y=0.12)
        if all(point.params >= 0 for point in points):
            axes.set_xlim(left=-ONE / 2)
        else:  # both signs have a scale
            axes.xaxis.set_major_locator(SymmetricalLogLocator(base=APART, linthresh=APART))
        axes.set_xlabel("parameters added")
        axes.set_ylabel(literal(axis))

    return svg(title, (7, 4.5), draw)
