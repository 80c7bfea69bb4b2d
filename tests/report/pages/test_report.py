"""The page of one network."""

import xml.etree.ElementTree as ET
from itertools import chain

import pytest
from documents.every import SE50, SMALL, of_one
from measure.made_up import ENVIRONMENT, timing

from report.pages.tables import row
from se_cost.documents.report import report
from se_cost.documents.time import timed
from se_cost.measure.timing.arms import NETWORK
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.zoo.model import model
from se_cost.record import replace
from se_cost.report.page import Beside, Block, Details, Page, Section, Table, Text, console, flat
from se_cost.report.pages import flops, params, time
from se_cost.report.pages.report import page

DOCUMENT = of_one(SE50, *Mode)
PAGE = page(DOCUMENT)
TEN = "+10.0 [+9.9, +10.1], slower"
FINAL, WHY = "Should the final stage keep its attention?", "Why the time grows more than the MACs"
QUESTIONS = ("Time of inference", "Time of a training step", "Parameters", "Computing", FINAL, WHY)


def headings(found: Page) -> list[str]:
    """Return the headings of the sections of a page."""
    return [block.heading for block in found.blocks if isinstance(block, Section)]


def section(found: Page, heading: str) -> Section:
    """Return the section under a heading."""
    (one,) = [
        block for block in found.blocks if isinstance(block, Section) and block.heading == heading
    ]
    return one


def unfolded(found: Section) -> tuple[Block, ...]:
    """Return the blocks of a section, those behind a fold in its place."""
    folds = [block.blocks if isinstance(block, Details) else (block,) for block in found.blocks]
    return tuple(chain.from_iterable(folds))


def only_table(found: Section) -> Table:
    """Return the one table of a section."""
    (table,) = [block for block in flat(found.blocks) if isinstance(block, Table)]
    return table


def test_a_section_for_each_question() -> None:
    """One title, then the questions, what the times depend on, and how to get them again."""
    assert PAGE.title == "What attention costs ResNet-50"
    assert headings(PAGE) == [*QUESTIONS, "Environment", "Reproduce"]


def test_without_times_nothing_is_said_of_them() -> None:
    """Nor of what they depend on."""
    asked = [question for question in QUESTIONS if not question.startswith("Time of")]
    found = page(of_one(SE50))
    assert headings(found) == [*asked, "Reproduce"]
    assert [picture.name for picture in found.pictures] == ["stages"]
    assert only_table(section(found, FINAL)).header == [
        *("growth of the network, %", "attention in all its stages", "without stage 5")
    ]


def test_sections_hold_the_pages_of_the_commands() -> None:
    """What `params`, `flops` and `time` show."""
    assert unfolded(section(PAGE, "Parameters")) == params.page(DOCUMENT.params).blocks
    assert unfolded(section(PAGE, "Computing")) == flops.page(DOCUMENT.flops).blocks
    for heading, document in zip(QUESTIONS[:2], DOCUMENT.time, strict=True):
        assert unfolded(section(PAGE, heading)) == time.page(document).blocks


def test_the_lead_has_the_numbers_that_matter() -> None:
    """Growth of parameters and MACs, and both overheads with their intervals."""
    assert PAGE.lead == (
        "SE-ResNet-50 beside ResNet-50: time of inference +10.0 % [+9.9, +10.1] (slower), "
        "time of a training step +10.0 % [+9.9, +10.1] (slower), parameters +9.90 %, MACs +0.065 %."
    )


def test_the_final_stage() -> None:
    """It has 62 % of the parameters: 9.90 % growth become 3.72 %; times have intervals."""
    table = only_table(section(PAGE, FINAL))
    whole, trimmed = "attention in all its stages", "without stage 5"
    for measure, figures in {
        "parameters": ("+9.903", "+3.723"),
        "MACs": ("+0.065", "+0.024"),
        "float32 bytes moved": ("+18.573", "+16.133"),
    }.items():
        cells = row(table, measure)
        assert (cells[whole], cells[trimmed]) == figures
    assert table.rows[3] == ("time of inference", TEN, "+4.0 [+3.9, +4.1], slower")
    assert table.title == ""


def test_several_timings_of_one_mode() -> None:
    """None is left out: each has its section, its row and its bars, which say what differs."""
    document = of_one(SMALL)
    runs = [timed(timing(SMALL, Settings(batch=batch))) for batch in (1, 8)]
    found = page(report(document.params, document.flops, runs))
    ways = ["one image, float32, nchw", "8 images, float32, nchw"]
    assert headings(found)[:2] == [f"Time of inference: {way}" for way in ways]
    rows = only_table(section(found, FINAL)).rows
    assert [row[0] for row in rows[-2:]] == [f"time of inference: {way}" for way in ways]
    svg = "".join(found.pictures[0].draw().split())
    assert "infer:8images" in svg


def test_where_the_trimmed_network_was_not_timed() -> None:
    """With attention in one stage only, a dash stands for it."""
    single = model("se_resnet50", stages=(5,))
    document = of_one(single)
    run = timed(timing(single, truth={NETWORK: 1.1}))
    table = only_table(section(page(report(document.params, document.flops, [run])), FINAL))
    assert table.rows[-1][2] is None


def test_environment_is_all_that_times_depend_on() -> None:
    """Nothing of the fingerprint is left out, and nothing that is not known is in it."""
    table = only_table(section(PAGE, "Environment"))
    assert dict(table.rows) == {  # type: ignore[arg-type]
        "se cost": "0.0",
        "torch": "2.99",
        "python": "3.99",
        "system": "Linux",
        "device": "cpu",
        "device name": ENVIRONMENT.device_name,
        "cores": "8",
        "threads": "4",
        "dtype": "float32",
        "layout": "nchw",
    }


def test_pictures() -> None:
    """The overheads of both modes, and the shares of the stages: drawn, and the latter as a pie."""
    times, stages = PAGE.pictures
    assert (times.name, stages.name) == ("time", "stages")
    svg = times.draw()
    for words in ("SE-ResNet-50, infer", "SE-ResNet-50, train", "without stage 5, infer"):
        assert words in svg
    assert "indifference, ±0.5 %" in svg
    assert '"stage 5" : 1579392' in stages.mermaid
    svg = stages.draw()
    for words in ("SE-ResNet-50: what its attention costs, by stage", ">62<", "bytes moved"):
        assert words in svg
    assert all(ET.fromstring(picture.draw()).tag.endswith("svg") for picture in PAGE.pictures)


def test_pictures_are_not_drawn_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A format that shows none needs no matplotlib."""
    import se_cost.report.figures.stages as figure

    monkeypatch.setattr(figure, "stages", lambda *given: pytest.fail("drawn"))
    found = page(of_one(SMALL))
    assert found.tables
    with pytest.raises(pytest.fail.Exception, match="drawn"):
        found.pictures[0].draw()


def test_an_overhead_without_interval_is_a_note() -> None:
    """It is no point in a picture, and not bare in a sentence."""
    document = of_one(SMALL)
    run = timed(timing(SMALL, quads=2))
    found = page(report(document.params, document.flops, [run]))
    assert ": time of inference not measured well enough, parameters" in found.lead
    assert "not measured well enough" in found.pictures[0].draw()
    assert only_table(section(found, FINAL)).rows[-1][1:] == ("not measured well enough",) * 2


def test_the_decision_is_a_sentence() -> None:
    """What leaving out the final stage saves, with the interval of a direct comparison."""
    first = section(PAGE, FINAL).blocks[0]
    assert isinstance(first, Text)
    begun = "Leaving out the attention of stage 5 saves 62 % of the added parameters and 13 % of"
    assert first.text.startswith(begun)
    assert "changes the time of inference by -5.5 % [-5." in first.text
    few = timed(timing(SMALL, quads=2))
    found = page(report(of_one(SMALL).params, of_one(SMALL).flops, [few]))
    (said, *_) = section(found, FINAL).blocks
    assert isinstance(said, Text)
    assert "changes" not in said.text, "without an interval nothing is said"


def test_the_end_says_how_to_get_it_again() -> None:
    """The command, what depends on the machine, and where everything is."""
    blocks = section(PAGE, "Reproduce").blocks
    assert blocks == (
        console("se-cost report --arch se_resnet50 --r 16 --batch 1 --quick"),
        Beside(
            "Counts come out the same anywhere, times are this machine's.",
            "Every timing is in",
            ".json",
        ),
    )
    (beside,) = [block for block in flat(page(of_one(SE50)).blocks) if isinstance(block, Beside)]
    assert beside.text == "Counts come out the same anywhere."


def test_doubts_stand_in_their_section() -> None:
    """One of a timing, and one of a count."""
    document = of_one(SMALL)
    run = timed(timing(SMALL, Settings(mode=Mode.TRAIN), warm=False))
    wrong = replace(document.flops, disagreements=("THE COUNTS DISAGREE: torch",))
    found = page(report(document.params, wrong, [run]))
    assert Page(section(found, "Computing").blocks).warnings == ["THE COUNTS DISAGREE: torch"]
    (doubt,) = Page(section(found, "Time of a training step").blocks).warnings
    assert doubt.startswith("the timings had not become steady")
    assert len(found.warnings) == 2
