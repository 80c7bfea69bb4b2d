"""What all pictures share: well-formed, literal, and the same each time for the same numbers."""

from collections.abc import Callable
from functools import partial

import matplotlib
import pytest

from report.figures.reader import title, words
from report.hostile import NASTY
from se_cost.report.figures import alternatives, bars, explain, intervals, paper, plan, stages
from se_cost.report.figures.style import wrapped
from se_cost.text import printable

CHANGE = intervals.Interval(8.17, 5.72, 9.97)
LIGHT, HEAVY = paper.Dot(3.86e9, 25.6e6, 24.8), paper.Dot(3.87e9, 28.1e6, 23.29)


def drawn(name: str) -> dict[str, Callable[[], str]]:
    """Return every picture there is, with a name in every place that takes one."""
    return {
        "stages": partial(stages.stages, name, {"MACs": [40.0, 60.0]}, [name, "stage 5"]),
        "bars": partial(bars.bars, {name: 1.0, "other": 2.5}, name),
        "intervals": partial(intervals.intervals, {name: CHANGE}, name, 0.5),
        "explain": partial(explain.times, name, [explain.StageBar(name, 0.3, 0.1, CHANGE, CHANGE)]),
        "frontier": partial(
            plan.frontier, name, "MACs", "bytes", [plan.Marker(1, 2, 3, name, True)]
        ),
        "heat": partial(plan.heat, name, [plan.Heat(name, "1", 40.0, name)]),
        "alternatives": partial(
            alternatives.kinds, name, name, [alternatives.Point(name, 100, CHANGE)]
        ),
        "paper": partial(paper.errors, [paper.PlottedPair(name, LIGHT, HEAVY)]),
    }


PICTURES = tuple(drawn(""))


@pytest.mark.parametrize("picture", PICTURES)
def test_drawn_twice_is_the_same(picture: str) -> None:
    """Version control sees no change where no number has changed."""
    assert drawn("name")[picture]() == drawn("name")[picture]()
    assert drawn("name")[picture]() != drawn("other")[picture]()


@pytest.mark.parametrize("picture", PICTURES)
def test_neither_dates_nor_versions_nor_trailing_space(picture: str) -> None:
    """Nothing in a picture depends on the day, nor on what drew it."""
    svg = drawn("name")[picture]()
    assert "<metadata>" not in svg
    assert "Matplotlib v" not in svg
    assert "matplotlib.org" not in svg
    assert all(line == line.rstrip() for line in svg.splitlines())
    assert svg.endswith("</svg>\n")


@pytest.mark.parametrize("picture", PICTURES)
def test_settings_of_the_user_do_not_leak_in(picture: str) -> None:
    """A matplotlibrc of thick lines and great letters changes nothing, and stays what it was."""
    plain = drawn("name")[picture]()
    with matplotlib.rc_context():
        matplotlib.rc("font", size=33)
        matplotlib.rc("axes", facecolor="red", grid=True)
        matplotlib.rc("svg", fonttype="path")
        matplotlib.rc("text", usetex=True)
        assert drawn("name")[picture]() == plain
        assert matplotlib.rcParams["font.size"] == 33


@pytest.mark.parametrize("picture", PICTURES)
def test_no_backend_is_chosen(picture: str) -> None:
    """Whoever draws on a screen beside us still chooses their own."""
    with matplotlib.rc_context():
        matplotlib.rcParams["backend"] = "pdf"
        drawn("name")[picture]()
        assert matplotlib.rcParams["backend"] == "pdf"


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_has_a_title(picture: str) -> None:
    """It is said to those who do not see the picture."""
    assert len((title(drawn("ResNet-50: its attention")[picture]()) or "").split()) >= 3


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("text", [NASTY, "a $x^2$ b", "_a", "]]>"])
@pytest.mark.filterwarnings("ignore:constrained_layout not applied")  # a name of 200 signs
def test_hostile_names_are_drawn_as_they_are(picture: str, text: str) -> None:
    """Neither XML nor formulas nor what a terminal obeys comes of a name."""
    svg = drawn(text)[picture]()
    shown = "".join("".join(words(svg)).split())
    assert "".join(printable(text).split()) in shown
    assert svg.replace("\n", "").isprintable()


@pytest.mark.parametrize("picture", PICTURES)
def test_a_dark_page_has_a_dark_picture(picture: str) -> None:
    """White paper becomes black where the page around it is dark."""
    svg = drawn("x")[picture]()
    assert svg.count("@media (prefers-color-scheme: dark)") == 1


def test_wrapped_breaks_between_words() -> None:
    """A long name leaves room for what is drawn beside it."""
    name = "SE-ResNet-50, r 16, stages 2,3,4, input 64x64, classes 10"
    assert wrapped(name).splitlines() == [
        "SE-ResNet-50, r 16, stages 2,3,4,",
        "input 64x64, classes 10",
    ]
    assert wrapped(NASTY).count("\n") < 20
