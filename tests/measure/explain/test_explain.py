"""What is timed and measured to explain, with both handed in, and once for real."""

from collections.abc import Mapping
from math import inf

import pytest

from measure.made_up import explanation
from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.explain.explain import explain
from se_cost.measure.explain.prediction import networks
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing import protocol
from se_cost.measure.timing.protocol import Progress
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.settings import Mode, QuickPlan, Settings
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

NET = model("se_resnet18", input=32)
MACHINE = Machine(1e10, 1e-6)


@pytest.fixture(autouse=True)
def _soon_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait until a busy machine is steady."""
    monkeypatch.setattr(protocol, "WINDOW", 1)
    monkeypatch.setattr(protocol, "STEADY", inf)


def test_times_every_stage_and_surveys_the_machine() -> None:
    """The timing is of all networks, the machine of the same settings."""
    asked: list[object] = []

    def time(
        net: Model,
        arms: Mapping[str, Model],
        settings: Settings,
        plan: QuickPlan,
        progress: Progress,
    ) -> Timing:
        asked.extend((net, arms, settings, plan))
        return explanation(net, settings).timing

    def survey(settings: Settings) -> Machine:
        asked.append(settings)
        return MACHINE

    settings, plan = Settings(device="cpu", threads=1), QuickPlan(quads=3)
    found = explain(NET, settings, plan, time=time, survey=survey)
    assert asked == [settings, NET, networks(NET), settings, plan]
    assert found.machine == MACHINE


@pytest.mark.parametrize("mode", Mode)
def test_for_real(mode: Mode) -> None:
    """A small network on this CPU: every part has a prediction and a measurement."""
    settings = Settings(device="cpu", mode=mode, batch=2)
    plan = QuickPlan(quads=1, max_time=60, shortest=0.001)
    found = explain(NET, settings, plan, survey=lambda _: MACHINE)
    assert [part.stage for part in found.stages] == [2, 3, 4, 5]
    for part in (*found.stages, found.whole):
        assert part.predicted.seconds > 0
        assert part.measured_seconds is not None


@pytest.mark.parametrize("mode", Mode)
def test_what_was_not_measured_is_predicted_all_the_same(mode: Mode) -> None:
    """The line that says why there is no timing holds what the machine's figures say."""

    def no_time(*given: object) -> Timing:
        raise MeasurementError("not one comparison fits")

    settings = Settings(device="cpu", mode=mode)
    known = explanation(NET, settings)
    whole = replace(known, machine=MACHINE).whole.predicted
    with pytest.raises(MeasurementError) as refused:
        explain(NET, settings, time=no_time, survey=lambda _: MACHINE)
    assert f"the attention should take {1000 * whole.seconds:.3g} ms" in str(refused.value)
    assert str(refused.value).endswith("but was not measured; not one comparison fits")


def test_a_plain_network_needs_no_explanation() -> None:
    """Without attention there is nothing to explain."""
    with pytest.raises(MeasurementError, match="nothing to explain: resnet18 has no attention"):
        explain(model("resnet18"), Settings(device="cpu"))


@pytest.mark.parametrize(
    ("settings", "option"),
    [
        (Settings(compile=True), "--compile"),
        (Settings(autocast=True), "--autocast"),
        (Settings(cuda_graphs=True), "--cuda-graphs"),
        (Settings(fold_norms=True), "--fold-norms"),
        (Settings(optimizer=True), "--optimizer"),
        (Settings(nproc=2), "--nproc"),
    ],
)
def test_other_operators_are_not_predicted(settings: Settings, option: str) -> None:
    """Settings that run other operators are refused, before anything is timed."""
    with pytest.raises(UsageError, match=f"in one process: leave out {option}"):
        explain(NET, settings, survey=lambda _: MACHINE)
