"""The picture of an explanation: well-formed, the same each time, and of the right numbers."""

from report.explained import explanation
from report.test_figures import words
from se_cost.measure.explanation import alone
from se_cost.measure.result import NETWORK
from se_cost.nets.registry import recipe
from se_cost.report.explain_figure import times

SE50 = recipe("se_resnet50")


def test_every_stage_has_both_times() -> None:
    """Predicted and measured milliseconds are written on the bars."""
    found = explanation(SE50)
    said = words(times(found))
    assert {"stage 2", "stage 3", "stage 4", "stage 5"} <= set(said)
    assert "SE-ResNet-50: the time of its attention, by stage" in said
    assert {f"{1000 * part.predicted:.2f}" for part in found.stages} <= set(said)
    assert {"0.40", "0.20", "0.30", "-0.10"} <= set(said)


def test_a_stage_that_was_not_timed_has_one_bar() -> None:
    """Its prediction is drawn, and no measurement is made up."""
    said = words(times(explanation(SE50, truth={NETWORK: 1.1, alone(2): 1.04})))
    assert "0.40" in said
    assert "0.20" not in said
    assert "stage 5" in said


def test_the_same_numbers_are_the_same_picture() -> None:
    """And other numbers another one; with no interval the value is still drawn."""
    assert times(explanation(SE50)) == times(explanation(SE50))
    assert times(explanation(SE50)) != times(explanation(SE50, bandwidth=1e10))
    assert "0.40" in words(times(explanation(SE50, quads=2)))
