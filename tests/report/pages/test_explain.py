"""The page of an explanation, made of a timing and a machine whose truth is known."""

import pytest
from documents.every import SE50
from measure.made_up import explanation

from report.pages.tables import column, row, sentences, titled
from se_cost.documents.explain import ExplainDocument, explained
from se_cost.measure.explain.prediction import only_stage
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.arms import NETWORK
from se_cost.paper.references import REFERENCES
from se_cost.report.formats.terminal import layout
from se_cost.report.pages import time
from se_cost.report.pages.explain import page, sentence

DOCUMENT = explained(explanation(SE50, machine=Machine(bandwidth=2e10, launch=1e-6)))
PAGE = page(DOCUMENT)
ADDED, BY_OPERATOR = "What the attention adds; ", "What the attention adds, by"
TIMES = "Inference of one image"
STAGES = (2, 3, 4, 5)


def test_the_answer_is_a_sentence() -> None:
    """It has the growth of both, what is moved and launched, and the quotient of the two."""
    assert sentence(DOCUMENT) == (
        f"+0.07 % MACs, {time.sentence(DOCUMENT.time)} The attention moves 73.2 MiB more, as much "
        "as 3.5 passes over every gated map, in 96 more operators. Arithmetic intensity of the "
        "forward pass: 0.033 MAC/byte for the attention, 9.3 for the plain network."
    )


def test_what_it_assumes_is_said() -> None:
    """Below the answer, as sentences; then how much was measured."""
    answer, *assumptions, basis = sentences(PAGE)
    assert answer == f"SE-ResNet-50, r = 16, input 3x224x224: {sentence(DOCUMENT)}"
    assert [text.lower() for text in assumptions] == [
        f"{text.lower()}." for text in DOCUMENT.assumptions
    ]
    assert all(text[0].isupper() for text in assumptions)
    assert basis == time.QUICK


@pytest.mark.parametrize(("title", "first"), [(ADDED, 1), (BY_OPERATOR, 2)])
def test_columns_add_up(title: str, first: int) -> None:
    """Of what is added, the last row is the sum of the others, by stage and by operator."""
    table = titled(PAGE, title)
    assert table.totals == 1
    assert "all" in table.rows[-1]
    for heading, cells in list(zip(table.header, zip(*table.rows, strict=True), strict=True))[
        first:
    ]:
        if heading != "MACs/byte":
            *parts, whole = [float(cell or 0) for cell in cells]
            assert sum(parts) == pytest.approx(whole), heading


def test_times_stand_beside_each_other() -> None:
    """Predicted from a made-up machine, measured from a made-up timing, in milliseconds."""
    table = titled(PAGE, TIMES)
    assert [row[0] for row in table.rows] == [*STAGES, "all"]
    memory, launches, predicted, measured, low, high, passes, *_ = (
        float(cell or 0) for cell in table.rows[-1][1:]
    )
    assert memory == pytest.approx(1000 * 76_733_888 / 2e10)
    assert launches == pytest.approx(0.096)
    assert predicted == pytest.approx(memory + launches)
    assert low < measured < high
    assert measured == pytest.approx(1, rel=1e-3)
    assert passes == pytest.approx(1e-3 * 2e10 / (4 * 5_519_360), rel=1e-3)
    assert row(table, 5)["measured ms"] == pytest.approx(-0.1, rel=1e-2)


def test_the_machine_is_in_its_units() -> None:
    """Gigabytes a second and microseconds."""
    (_, bandwidth, gigabytes), (_, launch, microseconds) = titled(PAGE, "The machine").rows
    assert (bandwidth, launch) == pytest.approx((20, 1))
    assert (gigabytes, microseconds) == ("GB/s", "µs")


def test_references_are_quoted_with_their_source() -> None:
    """As many as there are."""
    table = titled(PAGE, "Published overheads")
    assert len(table.rows) == len(REFERENCES)
    assert all(column(table, "source").values())


def test_a_hundred_columns_are_wide_enough() -> None:
    """No table is broken into bands."""
    assert all(len(layout(table, 100).bands) == 1 for table in PAGE.tables)


def partly() -> ExplainDocument:
    """Return an explanation in which only stage 2 was timed by itself."""
    return explained(explanation(SE50, truth={NETWORK: 1.1, only_stage(2): 1.04}))


def test_what_was_not_timed_is_missing() -> None:
    """After Ctrl-C a stage may have no measurement: dashes."""
    assert titled(page(partly()), TIMES).rows[3][4:] == (None,) * 6


def test_the_picture() -> None:
    """A page that is written begins with its question, and its picture has words."""
    assert PAGE.title == "Why SE-ResNet-50 takes more time than ResNet-50"
    (picture,) = PAGE.pictures
    assert "Predicted and measured" in picture.words
    svg = picture.draw()
    for words in ("SE-ResNet-50: the time of its attention, by stage", "stage 2", "stage 5"):
        assert words in svg
    (few,) = page(explained(explanation(SE50, quads=3))).pictures
    assert "no interval" in few.draw()
