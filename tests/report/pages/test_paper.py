"""The page of the paper: its figures beside ours, and what SE takes off the error."""

from pathlib import Path

import pytest
from documents.every import SE50
from measure.made_up import ENVIRONMENT, full, timing

from report.figures.reader import words
from report.pages.tables import sentences, titled
from se_cost.documents.doubts import INTERRUPTED, NOT_WARM
from se_cost.documents.paper import published
from se_cost.documents.time import timed
from se_cost.ledger.conventions import paper, total
from se_cost.ledger.costs import costs
from se_cost.measure.timing.arms import NETWORK
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.zoo.model import model
from se_cost.paper.published import Match
from se_cost.record import replace
from se_cost.report.formats import markdown
from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.formats.text import write
from se_cost.report.pages.paper import page
from se_cost.report.pages.time import QUICK, basis

REPORTS = Path(__file__).parents[3] / "reports"
COMMAND = "se-cost paper --output reports/paper.md --figure reports/paper-errors.svg"
DOCUMENT = published()
PAGE = page(DOCUMENT)
COUNTED = [row for row in DOCUMENT.rows if row.ours is not None]
COSTS = PAGE.tables[:3]


def test_reports_paper_is_up_to_date() -> None:
    """The copy in reports/ is what the command writes today."""
    file, picture = REPORTS / "paper.md", REPORTS / "paper-errors.svg"
    today = markdown.page(PAGE, figures={"errors": markdown.link(picture, file)})
    assert file.read_text(encoding="utf-8") == today, f"run {COMMAND}"


def test_reports_paper_errors_is_up_to_date() -> None:
    """The picture in reports/ has today's words and points; its bytes are matplotlib's affair."""
    drawn = (REPORTS / "paper-errors.svg").read_text(encoding="utf-8")
    today = PAGE.pictures[0].draw()
    assert words(drawn) == words(today), f"run {COMMAND}"
    assert drawn.count("<use") == today.count("<use")


def test_the_verdicts_are_counted() -> None:
    """The first line says how many figures there are of each."""
    assert sentences(PAGE)[0].endswith(": 87 costs and differences, 62 exact, 15 close, 10 differ.")


def test_gain_is_that_of_the_tables() -> None:
    """ResNeXt-101 gains least (21.18 - 20.70), MobileNet most (28.4 - 25.3)."""
    gain = sentences(PAGE)[3]
    assert "0.48 to 3.10 points" in gain
    growths = [
        100 * total(whole.attention, paper) / whole.plain.macs
        for whole in (costs(model(f"se_{name}")) for name in ("vgg16", "shufflenet"))
    ]
    assert f"for {growths[0]:.2f} to {growths[1]:.2f} % more FLOPs" in gain


def test_every_count_stands_once() -> None:
    """Totals, differences and the text are three tables that leave nothing out."""
    shown = [row[:4] for table in COSTS for row in table.rows]
    known = [
        (row.table, row.row, f"{row.quantity.split(',')[0]} {row.unit}", row.printed)
        for row in COUNTED
    ]
    assert sorted(map(str, shown)) == sorted(map(str, known))
    totals, added, text = COSTS
    assert totals.rows[0][:5] == ("2", "ResNet-50", "FLOPs G", "3.86", 3.857973248)
    assert added.rows[0][3:5] == ("0.01", 0.008034304)
    assert [row[0] for row in text.rows] == ["section 4"] * 4


def test_whatever_differs_says_how_far_and_why() -> None:
    """A distance, and the number of a note."""
    for table in COSTS:
        for *_, off, verdict, see in table.rows:
            if verdict == Match.DIFFERS:
                assert off
                assert see


def test_notes_are_numbered_in_order() -> None:
    """Every number in a table is one of the notes, and they appear in their order."""
    notes = {str(number): text for number, text in titled(PAGE, "Notes").rows}
    assert list(notes) == [str(i) for i in range(1, len(notes) + 1)]
    seen = [str(row[-1]) for table in COSTS for row in table.rows if row[-1]]
    assert list(dict.fromkeys(seen)) == list(notes)
    assert len(set(notes.values())) == len(notes)


def test_printed_digits_are_kept() -> None:
    """7.60 is not 7.6: its last digit is what is judged."""
    assert " 7.60 " in write(Answer(DOCUMENT, PAGE), Screen())


def test_errors_stand_beside_costs() -> None:
    """Each network with SE has its errors and the plain one's, as printed, and what SE adds."""
    found = {row[:2]: row[2:] for row in titled(PAGE, "Errors, quoted").rows}
    assert found["2", "SE-ResNet-50"][:4] == ("23.29", "24.80", "6.62", "7.48")
    assert found["2", "SE-ResNet-50"][4:] == pytest.approx((9.903, 0.20825), abs=0.001)
    assert found["4", "SE-ResNet-164"][:4] == ("4.39", "5.46", None, None)
    assert found["8", "SENet-154"][:4] == ("18.68", None, "4.47", None)
    assert ("2", "ResNet-50") not in found
    # table 16: 2,514,944 weights, at every place of the maps instead of once
    assert found["16", "SE-ResNet-50 squeeze=none"][5] == pytest.approx(10.8, abs=0.01)


def test_published_times() -> None:
    """190 and 209 ms, 164 and 167 ms are quoted with their hardware."""
    first, second = titled(PAGE, "Time of ResNet-50").rows
    assert first[0] == "forward + backward time, batch 256 on 8 Titan X GPUs"
    assert first[1:4] == pytest.approx((190, 209, 10))
    assert second[0] == "CPU inference time, one 224x224 image"
    assert second[1:4] == pytest.approx((164, 167, 1.829), abs=0.001)
    assert first[4:] == second[4:] == (None, None, "quoted")
    assert QUICK not in sentences(PAGE)


def test_measured_times_stand_below_the_published() -> None:
    """A timing adds a row with its interval, and its doubts."""
    runs = [
        timing(SE50, Settings(mode=Mode.TRAIN), {NETWORK: 1.2}, warm=False),
        timing(SE50, interrupted=True, warm=False),
    ]
    found = page(published(runs))
    table = titled(found, "Time of ResNet-50")
    assert len(table.rows) == 4
    what, plain, with_se, *interval, verdict = table.rows[2]
    assert isinstance(what, str)
    assert what.startswith("Forward, loss and backward pass of one image")
    assert ENVIRONMENT.device_name in what
    assert (plain, with_se) == pytest.approx((10, 12), rel=0.01)
    assert interval == pytest.approx([20, 20, 20], abs=0.3)
    assert verdict == "slower"
    assert set(found.warnings) == {NOT_WARM, INTERRUPTED}
    assert sentences(found).count(QUICK) == 1


def test_how_much_was_measured() -> None:
    """A timing of many processes says so."""
    run = full(SE50)
    assert basis(timed(run)) in sentences(page(published([run])))


def test_the_picture_names_every_network() -> None:
    """Both panels show the ten networks of tables 2 and 3, plain and with SE."""
    assert PAGE.title == "The costs in the SE paper, recomputed"
    (picture,) = PAGE.pictures
    svg = picture.draw()
    names = ("ResNet-50", "VGG-16 (BN)", "Inception-ResNet-v2", "MobileNet", "ShuffleNet")
    for name in names:
        assert svg.count(f">{name}<") == 2
    assert "FLOPs as the paper counts them, G" in svg


def test_an_older_document() -> None:
    """It has no error rates, no digits and one note for all: what it has is shown."""
    rows = tuple(
        replace(row, printed="", off=None, added=False, remark="") for row in DOCUMENT.rows
    )
    older = page(replace(DOCUMENT, rows=rows, errors=()))
    assert [len(table.rows) for table in older.tables[:3]] == [len(t.rows) for t in COSTS]
    assert older.tables[0].rows[0][3:6] == (3.86, 3.857973248, None)
    assert older.pictures == []
    assert len(sentences(older)) == 3
    notes = [str(text) for _, text in titled(older, "Notes").rows]
    assert any(note.startswith("ours is off by") for note in notes)
