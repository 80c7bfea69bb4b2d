"""Pictures: well-formed, the same each time, and of the right numbers."""

import xml.etree.ElementTree as ET

import pytest

from report.hostile import NASTY
from report.made_up import timing
from se_cost.ledger.compare import compare
from se_cost.measure.result import NETWORK, TRIMMED
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.registry import recipe
from se_cost.report.figures import bars, intervals, overheads, stages
from se_cost.report.formats import visible

SE50 = recipe("se_resnet50")
TEXT = "{http://www.w3.org/2000/svg}text"


def words(svg: str) -> list[str]:
    """Return the texts in a picture; raise ParseError if it is not well-formed."""
    root = ET.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return ["".join(text.itertext()) for text in root.iter(TEXT)]


def test_stages_show_shares() -> None:
    """Each bar carries its share; those of the parameters follow from shared/counting.md."""
    said = words(stages(compare(SE50)))
    assert [word for word in said if word.startswith("stage ")] == [
        *("stage 2", "stage 3", "stage 4", "stage 5")
    ]
    assert "SE-ResNet-50: what its attention costs, by stage" in said
    assert {"parameters", "MACs", "bytes moved"} <= set(said)
    bars = [word for word in said if word.isdigit()]
    # 25,392 133,248 792,960 1,579,392 of 2,530,992 parameters
    # 24,576 131,072 786,432 1,572,864 of 2,514,944 MACs
    for share, times in {"1": 2, "5": 2, "31": 2, "62": 1, "63": 1}.items():
        assert bars.count(share) >= times, share


def test_intervals_show_every_arm_of_every_timing() -> None:
    """Both networks are there in both modes, each with its overhead."""
    runs = [timing(SE50), timing(SE50, Settings(mode=Mode.TRAIN), {NETWORK: 1.2, TRIMMED: 0.9})]
    said = words(intervals(runs))
    for label in (
        *("SE-ResNet-50, infer", "without stage 5, infer"),
        *("SE-ResNet-50, train", "without stage 5, train"),
        *("+10.0 %", "+4.0 %", "+20.0 %", "-10.0 %"),
        "time beside ResNet-50, %, with 95 % interval",
        "indifference, ±0.5 %",
    ):
        assert label in said


def test_no_interval_is_drawn_as_a_point() -> None:
    """With too few timings for an interval the value is still shown."""
    assert "+10.0 %" in words(intervals([timing(SE50, quads=2)]))


def test_drawn_twice_is_the_same() -> None:
    """Pictures are identical for the same numbers, so that a version control sees no change."""
    run = [timing(SE50)]
    assert intervals(run) == intervals(run)
    assert stages(compare(SE50)) == stages(compare(SE50))


def test_other_numbers_are_another_picture() -> None:
    """The pictures do depend on their numbers."""
    assert intervals([timing(SE50)]) != intervals([timing(SE50, truth={NETWORK: 1.2})])
    assert stages(compare(SE50)) != stages(compare(recipe("se_resnet50", r=(2, 4, 8, 16))))


def test_bars_show_every_network() -> None:
    """Each with its number, below an axis that says what it is."""
    said = words(bars({"SE-ResNet-50": 9.9033, "SE-VGG-16 (BN)": 0.16687}, "growth, %"))
    assert {"SE-ResNet-50", "SE-VGG-16 (BN)", "9.9", "0.167", "growth, %"} <= set(said)


def test_overheads_show_every_network_in_every_mode() -> None:
    """By name, with all of its attention; the trimmed networks are for another picture."""
    runs = {"A": [timing(SE50), timing(SE50, Settings(mode=Mode.TRAIN))], "B": [timing(SE50)]}
    said = words(overheads(runs))
    assert [word for word in said if word[0] in "AB"] == ["A, infer", "A, train", "B, infer"]
    assert said.count("+10.0 %") == 3
    assert "time beside the plain network, %, with 95 % interval" in said


def test_hostile_names_are_drawn_as_they_are() -> None:
    """Neither XML nor formulas nor what a terminal obeys comes of a name."""
    said = words(bars({NASTY: 1.0, "a $x^2$ b": 2.0}, NASTY))
    assert "a $x^2$ b" in said
    shown = "".join(visible(NASTY).split())
    assert "".join("".join(said).split()).count(shown) == 2
    assert shown in "".join("".join(words(overheads({NASTY: [timing(SE50)]}))).split())


def test_long_names_leave_room() -> None:
    """They are broken into lines, so that bars are wider than names."""
    name = "SE-ResNet-50, r 16, stages 2,3,4, input 64x64, classes 10"
    said = words(bars({name: 1.0}, "x"))
    assert {"SE-ResNet-50, r 16, stages 2,3,4,", "input 64x64, classes 10"} <= set(said)


@pytest.mark.parametrize("svg", [stages(compare(SE50)), intervals([timing(SE50)])])
def test_pictures_hold_neither_dates_nor_trailing_space(svg: str) -> None:
    """Nothing in a picture depends on the day, nor on the version of what drew it."""
    assert "<metadata>" not in svg
    assert "Matplotlib v" not in svg
    assert all(line == line.rstrip() for line in svg.splitlines())
    assert svg.endswith("</svg>\n")
