"""Kinds by two costs."""

from report.figures.reader import title, words
from se_cost.report.figures.alternatives import Point, kinds
from se_cost.report.figures.intervals import Interval
from se_cost.report.figures.style import BLUE

COUNTED = [
    Point("SE", 2_530_992, Interval(73.2, None, None)),
    Point("GE", 0, Interval(63, None, None)),
]


def test_every_kind_is_named() -> None:
    """Also one without parameters, on an axis that reaches none."""
    svg = kinds("Parameters against bytes", "MiB moved", COUNTED)
    assert {"SE", "GE", "MiB moved", "parameters added"} <= set(words(svg))
    assert title(svg) == "Parameters against bytes"


def test_intervals_are_drawn() -> None:
    """A measured height has a line."""
    timed = [Point(point.name, point.params, Interval(5, 4, 6)) for point in COUNTED]
    line = f"stroke: {BLUE.lower()}; stroke-width: 2"
    assert (kinds("a", "b", timed).count(line), kinds("a", "b", COUNTED).count(line)) == (2, 0)
