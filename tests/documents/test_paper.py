"""The document of the paper's figures beside ours."""

from fractions import Fraction

import pytest
from measure.made_up import timing

from se_cost.documents.doubts import INTERRUPTED, NOT_WARM
from se_cost.documents.files import encode, parse
from se_cost.documents.paper import PaperDocument, published
from se_cost.errors import UsageError
from se_cost.ledger.costs import costs
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.zoo.model import model
from se_cost.paper.published import Match, findings, judge

SE50 = model("se_resnet50")
DOCUMENT = published()
FOUND = findings()


def test_a_row_for_every_finding() -> None:
    """With ours, the verdict on it, and the digits that are printed."""
    assert len(DOCUMENT.rows) == len(FOUND)
    for row, finding in zip(DOCUMENT.rows, FOUND, strict=True):
        figure = finding.figure
        assert (row.table, row.row, row.quantity, row.unit) == (
            *(figure.table, figure.row, figure.quantity, figure.unit),
        )
        assert (row.printed, row.published) == (figure.published, float(figure.published))
        if row.ours is None:
            assert row.verdict is Match.QUOTED
        else:
            assert judge(row.printed, Fraction(row.ours)) is row.verdict
            assert row.off == pytest.approx(row.ours - row.published, abs=1e-9)


def test_verdicts() -> None:
    """62 figures are met exactly, 15 to one in the last digit, 10 are not."""
    verdicts = [row.verdict for row in DOCUMENT.rows]
    known = {Match.EXACT: 62, Match.CLOSE: 15, Match.DIFFERS: 10}
    assert {verdict: verdicts.count(verdict) for verdict in known} == known


def test_every_figure_that_differs_says_how_far_and_why() -> None:
    """None is left without its distance and an explanation."""
    differing = [row for row in DOCUMENT.rows if row.verdict is Match.DIFFERS]
    for row in differing:
        assert row.off is not None
        unit = row.unit.replace("%", "points")
        distance, _, reason = row.note.partition("; ")
        share = 100 * row.off / row.published
        assert distance == f"ours is off by {row.off:+.4f} {unit} ({share:+.2f} %)"
        assert len(reason) > 40


def test_errors_stand_beside_costs() -> None:
    """Each network has its errors and the plain one's, as printed, and both networks' costs."""
    rows = {(row.table, row.row): row for row in DOCUMENT.errors}
    row = rows["2", "SE-ResNet-50"]
    assert (row.errors.top_1, row.plain.top_1) == ("23.29", "24.80")
    assert (row.errors.top_5, row.plain.top_5) == ("6.62", "7.48")
    whole = costs(SE50)
    assert (row.params.network, row.params.baseline) == (whole.network.params, whole.plain.params)
    maps = 5_519_360
    assert (row.flops.network, row.flops.baseline) == (
        *(whole.network.macs + maps, whole.plain.macs),
    )
    assert rows["4", "SE-ResNet-164"].errors.top_5 is None
    assert rows["8", "SENet-154"].plain.top_1 is None


def test_times_are_in_it_where_there_are_any() -> None:
    """With their samples and their doubts, each doubt once."""
    runs = [
        timing(SE50, Settings(mode=Mode.TRAIN), warm=False),
        timing(SE50, interrupted=True, warm=False),
    ]
    document = published(runs)
    assert isinstance(document.time, tuple)
    assert [len(time.samples.quads) for time in document.time] == [16, 16]
    assert sorted(document.doubts) == sorted({NOT_WARM, INTERRUPTED})
    assert document.rows == DOCUMENT.rows
    assert not isinstance(DOCUMENT.time, tuple)


def test_printed_digits_are_digits() -> None:
    """What no number could be read from is refused."""

    text = encode(DOCUMENT)
    assert isinstance(parse(text.encode(), "paper.json"), PaperDocument)
    with pytest.raises(UsageError, match="errors"):
        parse(text.replace('"top_1": "23.29"', '"top_1": "about 23"').encode(), "paper.json")
