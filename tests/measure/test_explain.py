"""What is timed and measured to explain, with both handed in, and once for real."""

from collections.abc import Mapping

import pytest
from report.explained import explanation

from se_cost.errors import BadInput, CannotMeasure
from se_cost.measure.explain import explain
from se_cost.measure.explanation import Machine, networks
from se_cost.measure.protocol import Plan, Progress
from se_cost.measure.result import Timing
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import recipe

NET = recipe("se_resnet18", input=32)
MACHINE = Machine(1e10, 1e-6)


def test_times_every_stage_and_surveys_the_machine() -> None:
    """The timing is of all networks, the machine of the same settings."""
    asked: list[object] = []

    def time_arms(
        net: Recipe, arms: Mapping[str, Recipe], settings: Settings, plan: Plan, progress: Progress
    ) -> Timing:
        asked.extend((net, arms, settings, plan))
        return explanation(net, settings).timing

    def survey(settings: Settings) -> Machine:
        asked.append(settings)
        return MACHINE

    settings, plan = Settings(device="cpu", threads=1), Plan(quads=3)
    found = explain(NET, settings, plan, time_arms=time_arms, survey=survey)
    assert asked == [settings, NET, networks(NET), settings, plan]
    assert found.machine == MACHINE


@pytest.mark.parametrize("mode", Mode)
def test_for_real(mode: Mode) -> None:
    """A small network on this CPU: every part has a prediction and a measurement."""
    settings = Settings(device="cpu", mode=mode, batch=2)
    plan = Plan(quads=1, max_time=10, shortest=0.001)
    found = explain(recipe("se_resnet18", input=32), settings, plan, survey=lambda _: MACHINE)
    assert [part.stage for part in found.stages] == [2, 3, 4, 5]
    for part in (*found.stages, found.whole):
        assert part.predicted > 0
        assert part.measured is not None


def test_a_plain_network_needs_no_explanation() -> None:
    """Without attention there is nothing to explain."""
    with pytest.raises(CannotMeasure, match="nothing to explain: resnet18 has no attention"):
        explain(recipe("resnet18"), Settings(device="cpu"))


@pytest.mark.parametrize(
    ("settings", "option"),
    [
        (Settings(compile=True), "--compile"),
        (Settings(autocast=True), "--autocast"),
        (Settings(cuda_graphs=True), "--cuda-graphs"),
        (Settings(optimizer=True), "--optimizer"),
        (Settings(nproc=2), "--nproc"),
    ],
)
def test_other_operators_are_not_predicted(settings: Settings, option: str) -> None:
    """Settings that run other operators are refused, before anything is timed."""
    with pytest.raises(BadInput, match=f"in one process: leave out {option}"):
        explain(NET, settings, survey=lambda _: MACHINE)
