"""The attention before and after it is fused, on the page of an explanation."""

from measure.made_up import explanation

from report.pages.tables import row, sentences, titled
from se_cost.documents.explain import explained
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.settings import Settings
from se_cost.nets.zoo.model import model
from se_cost.report.pages.explain import page
from se_cost.report.pages.fusing import FUSED

SE50 = model("se_resnet50")
FOUND = explanation(SE50, Settings(fold_norms=True), machine=Machine(2e10, 1e-6), fuse=True)
PAGE = page(explained(FOUND))


def test_by_stage() -> None:
    """Passes, bytes, operators and lower bounds of each stage, and of all."""
    table = titled(PAGE, FUSED)
    assert [cells[0] for cells in table.rows] == [2, 3, 4, 5, "all"]
    every = FOUND.fused_times[-1]
    assert table.rows[-1] == (
        *("all", 16, 3.0, 0.25),
        *(every.before.bytes / 2**20, every.after.bytes / 2**20, 96, 80),
        1000 * every.predicted_before.seconds,
        1000 * every.predicted_after.seconds,
    )
    assert row(table, 3)["blocks"] == 4


def test_in_a_sentence() -> None:
    """Bytes and operators instead of those before, their bound, and what was measured."""
    (said,) = [text for text in sentences(PAGE) if text.startswith("Fused")]
    assert said.startswith(
        "Fused, the attention moves 7.32 MiB in 80 operators instead of 73.18 MiB in 96 operators: "
        "at least 0.46 ms instead of 3.93 ms; measured were +0.10 ms ["
    )
    assert "] instead of +1.00 ms [" in said
    few = explained(explanation(SE50, Settings(fold_norms=True), quads=2, fuse=True))
    (said,) = [text for text in sentences(page(few)) if text.startswith("Fused")]
    assert "measured" not in said


def test_nothing_without_it() -> None:
    """An explanation of attention as it is says nothing of it."""
    usual = page(explained(explanation(SE50)))
    assert not any(text.startswith("Fused") for text in sentences(usual))
    assert FUSED not in [table.title for table in usual.tables]
