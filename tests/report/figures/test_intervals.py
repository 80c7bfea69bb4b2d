"""Changes of time with their intervals."""

import pytest

from report.figures.reader import shapes, title, words
from se_cost.report.figures.intervals import Interval, intervals
from se_cost.report.figures.style import BLUE

LINE = f"stroke: {BLUE.lower()}; stroke-width: 2"
CHANGES = {
    "SE-ResNet-50, infer": Interval(10.04, 8, 12, "slower"),
    "without stage 5, infer": Interval(-4, -6, -1, "faster"),
}


def test_every_change_is_there() -> None:
    """Each with its label, its value with one digit, and a line for its interval."""
    svg = intervals(CHANGES, "ResNet-50", 0.5)
    said = words(svg)
    assert {*CHANGES, "+10.0 %, slower", "-4.0 %, faster", "indifference, ±0.5 %"} <= set(said)
    assert "time beside ResNet-50, %, with 95 % interval" in said
    assert title(svg) == "time beside ResNet-50, %, with 95 % interval"
    assert len(shapes(svg, LINE)) == 2


def test_the_interval_is_as_wide_as_it_is() -> None:
    """A line is drawn from low to high, on the scale of all the others."""
    svg = intervals({"a": Interval(2, 0, 4), "b": Interval(2, 1, 3)}, "x", 0.5)
    widths = []
    for line in shapes(svg, LINE):
        points = line.get("d", "").replace("M", "L").split("L")[1:]
        left, right = (float(point.split()[0]) for point in points)
        widths.append(right - left)
    assert widths[0] == pytest.approx(2 * widths[1], rel=1e-3)


@pytest.mark.parametrize("bounds", [(None, None), (None, 12.0), (8.0, None)])
def test_no_interval_is_a_note_and_no_point(bounds: tuple[float | None, float | None]) -> None:
    """Too few timings for an interval are not shown as a certain value."""
    svg = intervals({"SE-ResNet-50, infer": Interval(10, *bounds)}, "ResNet-50", 0.5)
    assert "not measured well enough" in words(svg)
    assert shapes(svg, BLUE.lower()) == []


def test_the_margin_is_the_one_that_is_said() -> None:
    """The picture has no margin of its own."""
    assert "indifference, ±2 %" in words(intervals(CHANGES, "x", 2.0))
    assert intervals(CHANGES, "x", 2.0) != intervals(CHANGES, "x", 0.5)
