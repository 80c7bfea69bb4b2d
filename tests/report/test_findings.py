"""What is known of one network, and what of it matters most."""

import pytest

from report.made_up import ENVIRONMENT, timing
from se_cost.measure.result import NETWORK
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.registry import recipe
from se_cost.report.findings import Findings, environment, final_stage, growth, summary

SE50 = recipe("se_resnet50")
RUNS = [timing(SE50), timing(SE50, Settings(mode=Mode.TRAIN), {NETWORK: 1.2})]


def test_final_stage() -> None:
    """The last stage of SE-ResNet-50 has 62 % of the parameters: 9.90 % growth become 3.72 %."""
    table = final_stage(Findings(SE50, timings=RUNS))
    assert table.header[2] == "without stage 5"
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["parameters"] == pytest.approx((9.9033, 3.7234), abs=1e-4)
    assert rows["MACs"] == pytest.approx((0.0652, 0.0244), abs=1e-4)
    whole, trimmed = rows["float32 bytes moved"]
    assert isinstance(whole, float)
    assert isinstance(trimmed, float)
    assert 0 < trimmed < whole
    assert rows["time of inference"] == pytest.approx((10, 4), abs=0.1)
    assert rows["time of a training step"][0] == pytest.approx(20, abs=0.1)
    assert rows["time of a training step"][1] is None


def test_pages_are_the_answers_in_order() -> None:
    """Counts first, then what was timed; without torch the counts alone."""
    assert list(Findings(SE50, timings=RUNS).pages) == [
        *("Parameters", "Computing", "Time of inference", "Time of a training step")
    ]
    assert list(Findings(SE50).pages) == ["Parameters", "Computing"]
    assert Findings(SE50).pages["Parameters"].data["attention"]["params"] == 2_530_992


def test_environment_is_all_that_times_depend_on() -> None:
    """Nothing of the fingerprint is left out."""
    rows = environment(RUNS[0]).rows
    assert rows == tuple((name.replace("_", " "), str(v)) for name, v in ENVIRONMENT.items())


def test_summary_without_times() -> None:
    """Counts alone make a sentence too."""
    expected = "SE-ResNet-50 beside ResNet-50: +9.90 % parameters, +0.065 % MACs."
    assert summary(Findings(SE50)) == expected


def test_without_intervals_there_are_none() -> None:
    """Too few timings give a value and no brackets."""
    few = growth(Findings(SE50, timings=[timing(SE50, quads=2)]))
    assert few.endswith("+10.0 % time of inference")
    assert "[" not in few
    assert "[" in growth(Findings(SE50, timings=RUNS))
