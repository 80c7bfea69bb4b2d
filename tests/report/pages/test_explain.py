"""The page of an explanation, made of a timing and a machine whose truth is known."""

import pytest
from documents.every import SE50
from measure.made_up import explanation

from report.pages.tables import column, row, sentences, titled
from se_cost.documents.explain import ExplainDocument, explained
from se_cost.measure.explain.alone import CALLS
from se_cost.measure.explain.prediction import only_stage
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.arms import NETWORK
from se_cost.paper.references import REFERENCES
from se_cost.record import replace
from se_cost.report.formats.all import Format
from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.formats.terminal import layout
from se_cost.report.pages import time
from se_cost.report.pages.alone import SLOWEST
from se_cost.report.pages.explain import page, predicted, sentence

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
    answer, *rest, basis = sentences(PAGE)
    assumptions = rest[-len(DOCUMENT.assumptions) :]
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
    memory, launches, bound, alone, least, most, measured, low, high, left, *_ = (
        float(cell or 0) for cell in table.rows[-1][1:] if cell != "slower"
    )
    assert row(table, "all")["verdict"] == "slower"
    assert row(table, 5)["verdict"] == "faster"
    assert memory == pytest.approx(1000 * 76_733_888 / 2e10)
    assert launches == pytest.approx(0.096)
    assert bound == pytest.approx(memory + launches)
    assert least < alone < most
    assert alone == pytest.approx(16 * 0.040)
    assert left == pytest.approx(measured - alone)
    assert low < measured < high
    assert measured == pytest.approx(1, rel=1e-3)
    passes = row(titled(PAGE, "Measured time in E-passes"), "all")["E-passes"]
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
    assert titled(page(partly()), TIMES).rows[3][-6:] == (None,) * 6


def test_no_overhead_is_shown_without_its_interval() -> None:
    """Three comparisons make none: dashes, and no sentence with what was measured or left over."""
    few = explained(explanation(SE50, quads=3))
    found = page(few)
    assert set(titled(found, TIMES).rows[-1][-6:]) == {None}
    assert set(titled(found, "Measured time in E-passes").rows[-1][1:]) == {None}
    assert not any("left over are" in said or "were measured" in said for said in predicted(few))


def test_the_prediction_is_a_sentence() -> None:
    """With its interval, beside the bound, what was measured, and what is left over."""
    (said,) = predicted(DOCUMENT)
    assert said.startswith("By themselves its operators take 0.64 ms [0.64, 0.64]; ")
    assert "and launches, 3.93 ms; 1.00 ms [0.99, 1.01] were measured" in said
    assert said.endswith("+0.36 ms [+0.35, +0.37] are left over.")
    assert not list(predicted(replace(DOCUMENT, total=replace(DOCUMENT.total, alone_seconds=None))))


def test_what_stands_between_operators_is_named() -> None:
    """Older documents have none, and blocks that are no modules of their own."""
    calls = replace(DOCUMENT.alone[0], operator=CALLS)
    (said,) = predicted(replace(DOCUMENT, alone=(calls, *DOCUMENT.alone[1:])))
    assert said.startswith("By themselves its operators, and the calls between them, take 0.64 ms")


def test_operators_add_up_to_the_prediction() -> None:
    """Counts, bounds and times by themselves; each with how far it is from its bound."""
    table = titled(PAGE, "Operators by themselves")
    *lines, whole = ([row[i] for i in (5, 6, 7)] for row in table.rows)
    for number, sum_of in enumerate(whole):
        assert sum(float(line[number] or 0) for line in lines) == pytest.approx(float(sum_of or 0))
    pool = dict(zip(table.header, table.rows[0], strict=True))
    assert pool["largest operand"] == "1x256x56x56"
    assert pool["torch's call"] == "mean.dim"
    assert pool["alone ms"] == pytest.approx(0.030)
    assert pool["lower bound ms"] == pytest.approx(3 * (4 * 256 * 56**2 / 2e7 + 1e-3))
    assert pool["times bound"] == pytest.approx(0.030 / (3 * (4 * 256 * 56**2 / 2e7 + 1e-3)))


def test_a_terminal_shows_one_screen() -> None:
    """The answer, times by stage, the slowest operators, and how to get the rest."""
    first = PAGE.first_screen
    assert [table.title for table in first.tables] == [titled(PAGE, TIMES).title, SLOWEST]
    times = [float(cells[7] or 0) for cells in first.tables[1].rows]
    assert times == sorted(times, reverse=True)
    assert len(Format.TEXT.write(Answer(DOCUMENT, first), Screen(100)).splitlines()) < 50


def test_an_older_document_has_no_prediction() -> None:
    """Its table has no column for it, and no table of operators by themselves."""
    old = page(replace(DOCUMENT, alone=(), total=replace(DOCUMENT.total, alone_seconds=None)))
    assert "predicted ms" not in titled(old, TIMES).header
    assert not any(table.title.startswith("Operators by") for table in old.tables)


def test_the_picture() -> None:
    """A page that is written begins with its question, and its picture has words."""
    assert PAGE.title == "Why SE-ResNet-50 takes more time than ResNet-50"
    (picture,) = PAGE.pictures
    assert "predicted and measured" in picture.words
    svg = picture.draw()
    for words in ("SE-ResNet-50: the time of its attention, by stage", "stage 2", "stage 5"):
        assert words in svg
    (few,) = page(explained(explanation(SE50, quads=3))).pictures
    assert "no interval" in few.draw()
