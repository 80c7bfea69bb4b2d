"""The page of several networks."""

import re

import pytest
from documents.every import SMALL, of_one
from measure.made_up import timing

from report.pages.test_report import FINAL, QUESTIONS, WHY, headings, section
from se_cost.documents.report import ReportDocument, ReportsDocument, report, reports
from se_cost.documents.time import timed
from se_cost.measure.timing.settings import Mode
from se_cost.nets.zoo.model import model
from se_cost.record import replace
from se_cost.report.page import Details, Page, Section
from se_cost.report.pages.reports import page

OTHER, MOBILENET = model("se_resnet18", input=64, r=8), model("se_mobilenet")
BESIDE = [question for question in QUESTIONS if question != WHY]
BY_ITSELF = "Every network by itself"


def of(*networks: ReportDocument) -> Page:
    """Return the page of some networks."""
    document = reports(networks)
    assert isinstance(document, ReportsDocument)
    return page(document)


PAGE = of(of_one(SMALL, *Mode), of_one(OTHER, *Mode), of_one(MOBILENET))


def folds(found: Page) -> list[Details]:
    """Return what is folded away."""
    return [block for block in section(found, BY_ITSELF).blocks if isinstance(block, Details)]


def test_a_section_for_each_question() -> None:
    """The same as of one network, then every network by itself behind a fold with its numbers."""
    assert PAGE.title == "What attention costs 3 networks"
    assert headings(PAGE) == [*BESIDE, BY_ITSELF, "Environment", "Reproduce"]
    summaries = [fold.summary for fold in folds(PAGE)]
    assert [summary.split(":")[0] for summary in summaries] == [
        *("SE-ResNet-18, r 16", "SE-ResNet-18, r 8", "SE-MobileNet")
    ]
    assert summaries[2] == "SE-MobileNet: parameters +11.49 %, MACs +0.084 %"
    for fold, timed_too in zip(folds(PAGE), (True, True, False), strict=True):
        inside = [block for block in fold.blocks if isinstance(block, Section)]
        assert [block.heading for block in inside] == [
            question for question in QUESTIONS if timed_too or not question.startswith("Time of")
        ]
        assert {block.level for block in inside} == {3}


def test_one_table_for_each_question() -> None:
    """One row for each network, of times only for those that were timed."""
    tables = {heading: Page(section(PAGE, heading).blocks).tables for heading in BESIDE}
    assert all(len(found) == 1 for found in tables.values())
    assert [len(found[0].rows) for found in tables.values()] == [2, 2, 3, 3, 3]


def test_without_times_nothing_is_said_of_them() -> None:
    """No section, no picture, no environment."""
    found = of(of_one(SMALL), of_one(MOBILENET))
    asked = [question for question in BESIDE if not question.startswith("Time of")]
    assert headings(found) == [*asked, BY_ITSELF, "Reproduce"]
    assert "time" not in [picture.name for picture in found.pictures]


def test_the_lead() -> None:
    """The least and the greatest growth, and of which network."""
    growth = "; parameters +0.76 % for SE-ResNet-18, r 16 to +11.49 % for SE-MobileNet; MACs"
    assert growth in PAGE.lead
    assert PAGE.lead.startswith("What attention adds: time of inference +10.0 % [")


def test_pictures_are_told_apart() -> None:
    """Those of networks of one name by a number."""
    assert [picture.name for picture in PAGE.pictures] == [
        *("time", "params", "macs"),
        *("se_resnet18-time", "se_resnet18-stages"),
        *("se_resnet18-2-time", "se_resnet18-2-stages"),
        "se_mobilenet-stages",
    ]


def test_charts_have_the_numbers_of_the_tables() -> None:
    """A bar for each network, drawn and as a chart in text.

    SE-VGG-16 has 2/16 * (2*64^2 + 2*128^2 + 3*256^2 + 6*512^2) = 226,304 weights in its FCs, each
    used once for an image: 0.00146 % of 15.47 G MACs; with biases 0.167 % of 138.4 M parameters.
    """
    found = of(of_one(model("se_resnet50")), of_one(model("se_vgg16")))
    params, macs, *_ = found.pictures
    assert "bar [9.9, 0.167]" in params.mermaid
    assert "bar [0.0652, 0.00146]" in macs.mermaid
    for chart in (params, macs):
        assert chart.simple
        svg = chart.draw()
        assert all(name in svg and name in chart.mermaid for name in ("SE-ResNet-50", "SE-VGG-16"))


def test_the_picture_of_times_has_those_that_were_timed() -> None:
    """With their names and modes."""
    (picture,) = [picture for picture in PAGE.pictures if picture.name == "time"]
    svg = picture.draw()
    assert "SE-ResNet-18, r 8, train" in svg
    assert "SE-MobileNet" not in svg


def wrong(document: ReportDocument) -> ReportDocument:
    """Return a report with a count that disagrees and a timing that was too short."""
    flops = replace(document.flops, disagreements=("THE COUNTS DISAGREE: torch",))
    run = timed(timing(document.recipe, warm=False))
    return report(document.params, flops, [run])


def test_doubts_are_told_once_and_by_name() -> None:
    """Above every fold, below the table that they are about; none is folded away."""
    found = of(of_one(SMALL, Mode.INFER), wrong(of_one(MOBILENET)))
    (count,) = Page(section(found, "Computing").blocks).warnings
    (doubt,) = Page(section(found, "Time of inference").blocks).warnings
    assert count == "SE-MobileNet: THE COUNTS DISAGREE: torch"
    assert doubt.startswith("SE-MobileNet: the timings had not become steady")
    assert found.warnings == [doubt, count]
    assert not any(Page((fold,)).warnings for fold in folds(found))


@pytest.mark.parametrize("found", [PAGE, of(of_one(SMALL), of_one(OTHER))], ids=["timed", "not"])
def test_no_overhead_is_without_its_interval(found: Page) -> None:
    """Wherever a time is said in a sentence or an arrow, brackets follow."""
    said = [found.lead, *(fold.summary for fold in folds(found))]
    for text in said:
        for time in re.findall(r"\+\d+\.\d %(?= )[^,;]*?time of", text):
            assert "[" in time
    for row in Page(section(found, FINAL).blocks).tables[0].cells():
        assert all("[" in cell for cell in row[5:] if cell != "–")
