"""Shares of the attention by stage."""

import pytest

from report.figures.reader import shapes, title, words
from se_cost.report.figures.stages import stages
from se_cost.report.figures.style import BLUE, GREEN, ORANGE

HEADING = "SE-ResNet-50: what its attention costs, by stage"
STAGES = [f"stage {stage}" for stage in (2, 3, 4, 5)]
# of 2,530,992 parameters, 2,514,944 MACs: shared/counting.md
SHARES = {
    "parameters": [1.003, 5.265, 31.330, 62.402],
    "MACs": [0.977, 5.212, 31.270, 62.541],
    "bytes moved": [38.0, 26.0, 23.0, 13.0],
}


def test_each_bar_carries_its_share() -> None:
    """Stages below, measures in the legend, and a number on every bar."""
    svg = stages(HEADING, SHARES, STAGES)
    said = words(svg)
    assert [word for word in said if word.startswith("stage ")] == STAGES
    assert {HEADING, "share of the attention, %", *SHARES} <= set(said)
    numbers = sorted(int(word) for word in said if word.isdigit() and int(word) % 10)
    assert numbers == [1, 1, 5, 5, 13, 23, 26, 31, 31, 38, 62, 63]
    assert title(svg) == HEADING


@pytest.mark.parametrize("color", [BLUE, ORANGE, GREEN])
def test_measures_are_told_apart_by_colour(color: str) -> None:
    """Four bars of each, and one in the legend."""
    assert len(shapes(stages(HEADING, SHARES, STAGES), f"fill: {color.lower()}")) == 5


def test_a_share_that_is_not_there_is_no_bar() -> None:
    """An attention without parameters has no shares of them, not shares of nothing."""
    bare = SHARES | {"parameters": [None] * 4}
    svg = stages(HEADING, bare, STAGES)
    assert len(shapes(svg, f"fill: {BLUE.lower()}")) <= 1
    assert "nan" not in svg
    assert [word for word in words(svg) if word.startswith("stage ")] == STAGES
