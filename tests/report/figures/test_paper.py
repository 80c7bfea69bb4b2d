"""Error against cost, as the paper has it."""

from report.figures.reader import shapes, title, words
from se_cost.record import replace
from se_cost.report.figures.paper import Dot, PlottedPair, errors
from se_cost.report.figures.style import BLUE, ORANGE

RESNET = PlottedPair("ResNet-50", Dot(3.86e9, 25.6e6, 24.8), Dot(3.87e9, 28.1e6, 23.29))
RESNEXT = PlottedPair(
    "ResNeXt-50", Dot(4.24e9, 25.0e6, 22.11), Dot(4.25e9, 27.6e6, 21.1), left=True
)


def test_every_network_is_there_twice_in_each_panel() -> None:
    """A dot plain and one with SE, named once, over FLOPs and over parameters."""
    svg = errors([RESNET, RESNEXT])
    said = words(svg)
    assert said.count("ResNet-50") == said.count("ResNeXt-50") == 2
    assert {"FLOPs as the paper counts them, G", "parameters, M", "plain", "with SE"} <= set(said)
    assert "top-1 error on ImageNet, %, as published" in said
    assert "error" in (title(svg) or "")
    for color in (BLUE, ORANGE):
        assert len([e for e in shapes(svg, f"fill: {color.lower()}") if e.tag.endswith("use")]) == 5


def test_names_stand_on_the_side_that_they_are_given() -> None:
    """Where another dot is on the right, the name ends on the left of its own."""
    right, left = errors([RESNET]), errors([replace(RESNET, left=True)])
    assert right != left
    assert "text-anchor: end" not in right.split("ResNet-50")[0].rsplit("<text", 1)[1]
    assert "text-anchor: end" in left.split("ResNet-50")[0].rsplit("<text", 1)[1]


def test_a_panel_is_drawn_in_its_unit() -> None:
    """Giga and mega: dots stand between the ticks of their decade, as far as they are from them."""
    places = [
        float(e.get("x", ""))
        for e in shapes(errors([RESNET]), f"fill: {BLUE.lower()}")
        if e.tag.endswith("use")
    ]
    assert len(places) == 3
    heavier = PlottedPair("x", Dot(3.86e10, 25.6e7, 24.8), RESNET.with_se)
    moved = [
        float(e.get("x", ""))
        for e in shapes(errors([heavier]), f"fill: {BLUE.lower()}")
        if e.tag.endswith("use")
    ]
    assert sum(there > here + 50 for here, there in zip(places, moved, strict=True)) == 2
