"""A timing of every stage's attention and of its operators, and of the machine they run on."""

from collections.abc import Callable
from time import monotonic
from typing import Any, Protocol, assert_never

from se_cost.errors import MeasurementError, UsageError
from se_cost.ledger.traffic import total
from se_cost.measure.explain.alone import TimedOperator
from se_cost.measure.explain.prediction import Explanation, networks
from se_cost.measure.fuse.traffic import fused_traffic
from se_cost.measure.machine.bandwidth import machine
from se_cost.measure.machine.clocks import quiet
from se_cost.measure.machine.device import device_for
from se_cost.measure.machine.figures import Machine
from se_cost.measure.machine.out_of_memory import enough_memory
from se_cost.measure.models.traffic import by_stage
from se_cost.measure.ranks.torchrun import expect_single_process
from se_cost.measure.session.full import time_fully
from se_cost.measure.session.jobs import Job
from se_cost.measure.session.parent import work
from se_cost.measure.session.quick import time_quick
from se_cost.measure.timing.arms import (
    Networks,
    expect_possible,
    expect_trainable,
    fitted,
    fusing,
)
from se_cost.measure.timing.protocol import Progress, silent
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.run import Stop
from se_cost.measure.timing.settings import UNPREDICTED, Mode, QuickPlan, Settings, StoppingRule
from se_cost.measure.timing.settings import Protocol as TimingProtocol
from se_cost.nets.model import Model, Zoo
from se_cost.record import replace

ALONE = 0.15  # of the time goes to operators by themselves
LEFT = 0.5  # of the time is left to the networks, however long all else takes


class Operators(Protocol):
    """What times operators by themselves."""

    def run(self, seconds: float) -> None:
        """Time all of them for so many seconds, at least once."""

    @property
    def operators(self) -> tuple[TimedOperator, ...]:
        """Return what was timed so far."""


def surveyed(settings: Settings) -> Machine:
    """Return the figures of the machine, with as many threads as the networks have.

    Raises MeasurementError if there is no such device or not enough memory.
    """
    device = device_for(settings)
    with quiet(settings.threads), enough_memory(device):
        return machine(device)


def bench(model: Model, settings: Settings) -> Operators:
    """Return the operators of a network's attention, ready to be timed."""
    from se_cost.measure.explain.bench import Bench

    return Bench(model, settings)


def timed_with(
    operators: Operators,
    model: Model,
    arms: Networks,
    settings: Settings,
    protocol: TimingProtocol,
    progress: Progress = silent,
) -> Timing:
    """Time the networks, and operators by themselves in between: both see the same machine.

    By the full protocol operators are timed after every process, by the quick one before and after
    the only one.
    """
    laps = isinstance(model, Zoo)  # whose stages follow each other
    match protocol:
        case StoppingRule(max_time=seconds, at_least=processes):

            def both(job: Job, limit: float, **how: Any) -> Any:
                answer = work(job, limit, **how)
                operators.run(ALONE * seconds / processes)
                return answer

            return time_fully(
                model, arms, settings, protocol, progress, both, memory=False, laps=laps
            )
        case QuickPlan(max_time=seconds):
            progress(0, "timing operators by themselves")
            operators.run(ALONE * seconds / 2)
            plan = replace(protocol, seed=settings.seed, max_time=(1 - ALONE) * seconds)
            timing = time_quick(model, arms, settings, plan, progress, laps=laps)
            try:
                if not timing.interrupted:
                    operators.run(ALONE * seconds / 2)
            except KeyboardInterrupt:
                return replace(timing, run=timing.run.stopped(Stop.INTERRUPTED))
            return timing
        case _:
            assert_never(protocol)


def explain(
    model: Model,
    settings: Settings | None = None,
    protocol: TimingProtocol | None = None,
    progress: Progress = silent,
    time: Callable[..., Timing] = timed_with,
    survey: Callable[[Settings], Machine] = surveyed,
    ready: Callable[[Model, Settings], Operators] = bench,
    *,
    fuse: bool = False,
) -> Explanation:
    """Measure the machine, then time the attention, as a whole, by stage and by operator.

    With `fuse` also fused, for which the norms of all networks are folded. All of it takes about as
    long as the protocol says. Raises UsageError for settings that no formula covers,
    MeasurementError if there is no attention, no such device or not enough memory.
    """
    begun = monotonic()
    settings, protocol = settings or Settings(), protocol or StoppingRule()
    expect_explainable(model, settings, fuse=fuse)
    settings = fusing(settings) if fuse else settings
    by_stage(model, settings)  # a model of the user's that cannot be metered need not be timed
    fused = fused_traffic(model, settings) if fuse else None
    progress(0, "measuring the machine")
    found = survey(settings)
    progress(0, "running every operator once")
    operators, fitting = fitted(settings, lambda some: ready(model, some))
    whole = protocol.max_time
    left = max(LEFT * whole, round(whole - (monotonic() - begun)))
    try:
        rest = replace(protocol, max_time=left)
        timing = time(operators, model, networks(model, fuse=fuse), fitting, rest, progress)
    except MeasurementError as error:  # what is known by then is not lost
        raise MeasurementError(f"{predicted(model, settings, found)}; {error}") from None
    if timing.settings != fitting:  # fewer images than those whose operators were timed
        operators = ready(model, timing.settings)
        operators.run(ALONE * left)
        fused = fused and fused_traffic(model, timing.settings)
    asked = None if timing.settings == settings else settings.batch
    return Explanation(replace(timing, asked=asked), found, operators.operators, fused)


def expect_explainable(model: Model, settings: Settings, *, fuse: bool = False) -> None:
    """Raise as `explain` does, before anything is measured."""
    if fuse and settings.mode is Mode.TRAIN:
        raise UsageError("explain --fuse needs --mode infer: see `time --mode train --fuse`")
    expect_single_process("explain")
    expect_predictable(settings)
    expect_possible(settings)
    if not model.stages:
        raise MeasurementError(f"nothing to explain: {model.arch} has no attention")
    expect_trainable(model, settings)


def predicted(model: Model, settings: Settings, machine: Machine) -> str:
    """Return the time that the attention should take here, where it could not be measured."""
    traffic = total(by_stage(model, settings).values())
    back = settings.mode is Mode.TRAIN
    moved = traffic.forward + back * traffic.backward
    operators = traffic.operators_forward + back * traffic.operators_backward
    seconds = moved / machine.bandwidth + operators * machine.launch
    return (
        f"the attention should take {1000 * seconds:.3g} ms ({moved / 2**20:,.0f} MiB at "
        f"{machine.bandwidth / 1e9:.3g} GB/s and {operators} operators of "
        f"{1e6 * machine.launch:.3g} µs), but was not measured"
    )


def expect_predictable(settings: Settings) -> None:
    """Raise UsageError for settings that run other operators than those whose bytes are known."""
    usual = Settings()
    for name in UNPREDICTED:
        if getattr(settings, name) != getattr(usual, name):
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"explain predicts eager operators in one process: leave out {option}")
