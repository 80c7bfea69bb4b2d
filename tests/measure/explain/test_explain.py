"""What is timed and measured to explain, with both handed in, and once for real."""

from collections.abc import Callable
from math import inf
from time import sleep

import pytest

from measure.made_up import explanation, operators, result
from se_cost.errors import MeasurementError, OutOfMemoryError, UsageError
from se_cost.measure.explain import explain as explaining
from se_cost.measure.explain.explain import ALONE, Operators, explain, timed_with
from se_cost.measure.explain.prediction import networks
from se_cost.measure.fuse.traffic import fused_traffic
from se_cost.measure.machine.figures import Machine
from se_cost.measure.session.jobs import Job, TimeJob
from se_cost.measure.session.quick import time_quick
from se_cost.measure.timing import protocol
from se_cost.measure.timing.arms import FUSED, Networks, fusing
from se_cost.measure.timing.protocol import Progress
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import Mode, Protocol, QuickPlan, Settings, StoppingRule
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

NET = model("se_resnet18", input=32)
MACHINE = Machine(1e10, 1e-6)
SETTINGS = Settings("cpu")


@pytest.fixture(autouse=True)
def _soon_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait until a busy machine is steady."""
    monkeypatch.setattr(protocol, "WINDOW", 1)
    monkeypatch.setattr(protocol, "STEADY", inf)


class Known:
    """Operators that take a known time, and how long they were asked to be timed."""

    def __init__(self, settings: Settings) -> None:
        self.asked: list[float] = []
        self.operators = tuple(operators(NET, settings))

    def run(self, seconds: float) -> None:
        """Note what was asked for."""
        self.asked.append(seconds)


def ready(net: Model, settings: Settings) -> Known:
    """Return operators that need not be prepared."""
    return Known(settings)


def noting(asked: list[object]) -> Callable[..., Timing]:
    """Return what makes a timing up, and notes what it was asked for."""

    def time(
        found: Operators,
        net: Model,
        arms: Networks,
        settings: Settings,
        plan: Protocol,
        progress: Progress,
    ) -> Timing:
        asked.extend((found.operators, net, arms, settings, plan))
        return explanation(net, settings).timing

    return time


def test_times_every_stage_and_surveys_the_machine() -> None:
    """The timing is of all networks, the machine and the operators of the same settings."""
    asked: list[object] = []

    def survey(settings: Settings) -> Machine:
        asked.append(settings)
        return MACHINE

    settings, plan = Settings(device="cpu", threads=1), QuickPlan(quads=3, max_time=60)
    found = explain(NET, settings, plan, time=noting(asked), survey=survey, ready=ready)
    known = Known(settings).operators
    assert asked == [settings, known, NET, networks(NET), settings, plan]
    assert (found.machine, found.alone) == (MACHINE, known)


def test_all_of_it_takes_the_time_that_is_given() -> None:
    """What the machine and the operators take is taken off, but half is left to the networks."""
    asked: list[object] = []

    def slow(settings: Settings) -> Machine:
        sleep(0.6)
        return MACHINE

    for limit in (10.0, 1.0):
        plan = QuickPlan(max_time=limit)
        explain(NET, None, plan, time=noting(asked), survey=slow, ready=ready)
    assert [one.max_time for one in asked if isinstance(one, QuickPlan)] == [9, 0.5]


@pytest.mark.parametrize("mode", Mode)
def test_for_real(mode: Mode) -> None:
    """A small network on this CPU: every part has a bound, a prediction and a measurement."""
    settings = Settings(device="cpu", mode=mode, batch=2)
    plan = QuickPlan(quads=6, max_time=60, shortest=0.001)
    net = model("se_resnet18", input=32, stages=[3, 5])
    found = explain(net, settings, plan, survey=lambda _: MACHINE, time=once)
    assert [part.stage for part in found.stages] == [3, 5]
    for part in (*found.stages, found.whole):
        assert part.predicted.seconds > 0
        assert part.measured_seconds is not None
        assert part.alone_seconds is not None


def test_fused_for_real() -> None:
    """The norms of all networks are folded, and the fused one is timed, too."""
    settings, net = Settings(device="cpu", batch=2), model("se_resnet18", input=32, stages=[3, 5])
    plan = QuickPlan(quads=6, max_time=60, shortest=0.001)
    found = explain(net, settings, plan, survey=lambda _: MACHINE, time=once, fuse=True)
    assert found.timing.settings.fold_norms
    assert found.fused == fused_traffic(net, fusing(settings))
    *stages, every = found.fused_times
    assert [(part.stage, part.measured_seconds) for part in stages] == [(3, None), (5, None)]
    assert every.measured_seconds == found.timing.added_seconds(FUSED) is not None


def once(
    found: Operators,
    net: Model,
    arms: Networks,
    settings: Settings,
    plan: Protocol,
    progress: Progress,
) -> Timing:
    """Time operators once, and what the plan says of the networks."""
    found.run(0)
    assert isinstance(plan, QuickPlan)
    return time_quick(net, arms, settings, plan, progress, laps=True)


@pytest.mark.parametrize("mode", Mode)
def test_what_was_not_measured_is_predicted_all_the_same(mode: Mode) -> None:
    """The line that says why there is no timing holds what the machine's figures say."""

    def no_time(*given: object) -> Timing:
        raise MeasurementError("not one comparison fits")

    settings = Settings(device="cpu", mode=mode, batch=2)
    known = explanation(NET, settings)
    whole = replace(known, machine=MACHINE).whole.predicted
    with pytest.raises(MeasurementError) as refused:
        explain(NET, settings, time=no_time, survey=lambda _: MACHINE, ready=ready)
    assert f"the attention should take {1000 * whole.seconds:.3g} ms" in str(refused.value)
    assert str(refused.value).endswith("but was not measured; not one comparison fits")


def test_by_the_full_protocol_operators_take_turns_with_processes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are timed after every process, for their share of its time; no memory is measured."""
    known, jobs = Known(SETTINGS), []

    def work(job: Job, limit: float, **how: object) -> ProcessResult:
        assert isinstance(job, TimeJob)
        assert job.laps
        jobs.append((job, len(known.asked)))
        return result(dict.fromkeys(list(job.networks)[1:], 1.1), 2, job.number)

    monkeypatch.setattr(explaining, "work", work)
    rule = StoppingRule(max_time=40, at_least=8, at_most=9)
    timing = timed_with(known, NET, networks(NET), SETTINGS, rule)
    assert len(timing.run.processes) >= 8
    assert [before for _, before in jobs] == list(range(len(jobs)))
    assert known.asked == pytest.approx([ALONE * 40 / 8] * len(jobs))
    assert not timing.peaks


def test_by_the_quick_protocol_operators_are_timed_before_and_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half of their time each; the seed of the order is that of the settings."""
    known, plans = Known(SETTINGS), []

    def quick(
        net: Model,
        arms: Networks,
        settings: Settings,
        plan: QuickPlan,
        progress: Progress,
        *,
        laps: bool,
    ) -> Timing:
        assert laps
        plans.append((plan, len(known.asked)))
        return explanation(net, settings).timing

    monkeypatch.setattr(explaining, "time_quick", quick)
    timed_with(known, NET, networks(NET), replace(SETTINGS, seed=7), QuickPlan(max_time=40))
    assert known.asked == pytest.approx([ALONE * 20] * 2)
    assert plans == [(QuickPlan(max_time=(1 - ALONE) * 40, seed=7), 1)]


def test_what_was_finished_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while operators are timed after the networks leaves both."""

    class Interrupted(Known):
        def run(self, seconds: float) -> None:
            super().run(seconds)
            if len(self.asked) == 2:
                raise KeyboardInterrupt

    known = Interrupted(SETTINGS)
    monkeypatch.setattr(
        explaining, "time_quick", lambda net, _, some, *rest, **how: explanation(net, some).timing
    )
    assert timed_with(known, NET, networks(NET), SETTINGS, QuickPlan()).interrupted


def test_fewer_images_are_explained_by_their_own_operators() -> None:
    """A batch that does not fit with all networks is halved, and so is that of the operators."""
    prepared: list[int] = []

    def time(
        found: Operators, net: Model, arms: Networks, settings: Settings, *rest: object
    ) -> Timing:
        return replace(explanation(net, replace(settings, batch=2)).timing, asked=settings.batch)

    def fitting(net: Model, settings: Settings) -> Known:
        prepared.append(settings.batch)
        if settings.batch > 4:
            raise OutOfMemoryError("no room")
        return Known(settings)

    settings = Settings("cpu", batch=8)
    found = explain(NET, settings, time=time, survey=lambda _: MACHINE, ready=fitting)
    assert prepared == [8, 4, 2]
    assert found.timing.asked == 8
    assert found.alone == Known(replace(settings, batch=2)).operators


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
