"""Charts as text: the syntax that mermaid draws, and names that stay within it."""

import re

from hypothesis import given
from hypothesis import strategies as st

from report.hostile import NASTY
from se_cost.report.figures.mermaid import bars, literal, pie

QUOTED = re.compile(r'"([^"]*)"')


def test_bars() -> None:
    """The chart that mermaid 11.17 was seen to draw, number for number."""
    chart = bars("Growth", "of parameters, %", {"SE-ResNet-50": 9.9033, "SE-VGG-16 (BN)": 0.327})
    assert chart.splitlines() == [
        *("---", "config:", "  xyChart:", "    height: 178"),
        *("    showDataLabel: true", "    showDataLabelOutsideBar: true", "---"),
        "xychart-beta horizontal",
        '  title "Growth"',
        '  x-axis ["SE-ResNet-50", "SE-VGG-16 (BN)"]',
        '  y-axis "of parameters, %" 0 --> 11.3888',
        "  bar [9.9, 0.327]",
    ]


def test_bars_are_as_high_as_they_are_many() -> None:
    """Each network more makes the chart higher, so that names do not overlap."""
    heights = [
        int(re.findall(r"height: (\d+)", bars("", "", {str(i): i for i in range(n)}))[0])
        for n in (1, 2, 30)
    ]
    assert heights[1] - heights[0] >= 20
    assert heights[2] - heights[0] == 29 * (heights[1] - heights[0])


def test_bars_without_length_have_an_axis() -> None:
    """An axis from 0 to 0 is an error to mermaid."""
    assert '"x" 0 --> 1\n' in bars("t", "x", {"a": 0.0})
    assert '"x" 0 --> 1\n' in bars("t", "x", {})


def test_pie_leaves_out_what_is_nothing() -> None:
    """A slice of 0 is an error to mermaid."""
    assert pie("By stage", {"stage 2": 25392, "stage 3": 0}).splitlines() == [
        "pie showData title By stage",
        '  "stage 2" : 25392',
    ]


def test_hostile_names_stay_names() -> None:
    """The lines of a chart are as many, and its quotes where they were, whatever a name holds."""
    chart, tame = bars(NASTY, NASTY, {NASTY: 1, "b": 2}), bars("t", "t", {"a": 1, "b": 2})
    assert len(chart.splitlines()) == len(tame.splitlines())
    assert len(QUOTED.findall(chart)) == len(QUOTED.findall(tame)) == 4
    assert len(pie(NASTY, {NASTY: 1}).splitlines()) == 2
    assert "```" not in chart
    assert "<script" not in chart


@given(st.text())
def test_literal_has_no_syntax(text: str) -> None:
    """No quote, no end of a line, no directive, no comment, no entity."""
    said = literal(text)
    assert said.isprintable()
    assert not set('"`<>;#{}') & set(said)
    assert "%%" not in said


def test_literal_leaves_names_alone() -> None:
    """Names of networks come out as they are."""
    assert literal("SE-ResNeXt-50 (32x4d), r 8, 12.5 %") == "SE-ResNeXt-50 (32x4d), r 8, 12.5 %"
