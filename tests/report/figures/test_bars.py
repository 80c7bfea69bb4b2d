"""One bar for each network."""

from report.figures.reader import shapes, title, words
from se_cost.report.figures.bars import bars
from se_cost.report.figures.style import BLUE


def test_bars_show_every_network() -> None:
    """Each with its number, from top to bottom, above an axis that says what it is."""
    svg = bars({"SE-ResNet-50": 9.9033, "SE-VGG-16 (BN)": 0.16687}, "growth, %")
    said = words(svg)
    assert {"9.9", "0.167", "growth, %"} <= set(said)
    assert [word for word in said if word.startswith("SE-")] == ["SE-ResNet-50", "SE-VGG-16 (BN)"]
    assert len(shapes(svg, f"fill: {BLUE.lower()}")) == 2
    assert title(svg) == "growth, %"


def test_long_names_leave_room() -> None:
    """They are broken into lines, so that bars are wider than names."""
    said = words(bars({"SE-ResNet-50, r 16, stages 2,3,4, input 64x64, classes 10": 1.0}, "x"))
    assert {"SE-ResNet-50, r 16, stages 2,3,4,", "input 64x64, classes 10"} <= set(said)


def test_a_picture_is_as_high_as_its_bars_are_many() -> None:
    """Each network more makes it higher."""
    heights = [
        float(bars({str(i): 1.0 for i in range(n)}, "x").split('height="')[1].split("pt")[0])
        for n in (1, 2, 30)
    ]
    assert heights[1] - heights[0] > 20
    assert abs(heights[2] - heights[0] - 29 * (heights[1] - heights[0])) < 0.1
