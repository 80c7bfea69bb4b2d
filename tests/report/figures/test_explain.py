"""Predicted and measured times of the stages."""

from report.figures.reader import shapes, title, words
from se_cost.report.figures.explain import StageBar, times
from se_cost.report.figures.intervals import Interval
from se_cost.report.figures.style import BLUE, GREEN, ORANGE, SKY

HEADING = "SE-ResNet-50: the time of its attention, by stage"
LINE = "stroke: #444444"


def test_every_stage_has_both_times() -> None:
    """Predicted and measured milliseconds are written on the bars."""
    svg = times(
        HEADING,
        [
            StageBar("stage 2", 0.25, 0.06, Interval(0.35, 0.3, 0.4), Interval(0.4, 0.37, 0.44)),
            StageBar("stage 3", 0.13, 0.06, Interval(0.2, 0.1, 0.3), Interval(-0.1, -0.2, 0.1)),
        ],
    )
    said = words(svg)
    assert {
        "stage 2",
        "stage 3",
        "ms",
        HEADING,
        "0.31",
        "0.19",
        "0.35",
        "0.20",
        "0.40",
        "-0.10",
    } <= set(said)
    assert title(svg) == HEADING
    for color in (BLUE, GREEN, SKY, ORANGE):
        assert len(shapes(svg, f"fill: {color.lower()}")) == 3  # one is the legend's
    assert len(shapes(svg, LINE)) == 4


def test_a_stage_that_was_not_timed_has_no_bar_for_it() -> None:
    """Its bound is drawn, and no measurement is made up; no prediction is drawn where none is."""
    svg = times(
        HEADING,
        [
            StageBar("stage 2", 0.25, 0.06, None, Interval(0.4, 0.37, 0.44)),
            StageBar("stage 3", 0.125, 0.06, None, None),
        ],
    )
    assert len(shapes(svg, f"fill: {ORANGE.lower()}")) == 2
    assert shapes(svg, f"fill: {SKY.lower()}") == []
    assert "no interval" in words(svg)
    assert "stage 3" in words(svg)


def test_no_interval_is_a_note_and_no_line() -> None:
    """No bar stands for it, nor its value: nothing is known of its error."""
    svg = times(HEADING, [StageBar("stage 2", 0.25, 0.06, None, Interval(0.4, None, None))])
    assert "no interval" in words(svg)
    assert "0.40" not in words(svg)
    assert shapes(svg, LINE) == []
