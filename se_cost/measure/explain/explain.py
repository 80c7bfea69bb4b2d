"""A timing of every stage's attention by itself, and of the machine that it runs on."""

from collections.abc import Callable

from se_cost.errors import MeasurementError, UsageError
from se_cost.ledger.traffic import total
from se_cost.measure.explain.prediction import UNPREDICTED, Explanation, networks
from se_cost.measure.machine.bandwidth import machine
from se_cost.measure.machine.clocks import quiet
from se_cost.measure.machine.device import resolve
from se_cost.measure.machine.figures import Machine
from se_cost.measure.machine.out_of_memory import enough_memory
from se_cost.measure.models.traffic import by_stage
from se_cost.measure.ranks.torchrun import expect_single_process
from se_cost.measure.session.quick import time_quick
from se_cost.measure.timing.arms import expect_possible
from se_cost.measure.timing.protocol import Progress, silent
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.settings import Mode, QuickPlan, Settings
from se_cost.nets.model import Model


def surveyed(settings: Settings) -> Machine:
    """Return the figures of the machine, with as many threads as the networks have.

    Raises MeasurementError if there is no such device or not enough memory.
    """
    device = resolve(settings.device)
    with quiet(settings.threads), enough_memory(device):
        return machine(device)


def explain(
    model: Model,
    settings: Settings | None = None,
    plan: QuickPlan | None = None,
    progress: Progress = silent,
    time: Callable[..., Timing] = time_quick,
    survey: Callable[[Settings], Machine] = surveyed,
) -> Explanation:
    """Measure the machine, then time the attention, as a whole and stage by stage.

    Raises UsageError for settings that no formula covers, MeasurementError if there is no
    attention, no such device or not enough memory.
    """
    settings = settings or Settings()
    expect_single_process("explain")
    expect_predictable(settings)
    expect_possible(settings)
    if not model.stages:
        raise MeasurementError(f"nothing to explain: {model.arch} has no attention")
    by_stage(model, settings)  # a model of the user's that cannot be metered need not be timed
    progress(0, "measuring the machine")
    found = survey(settings)
    try:
        timing = time(model, networks(model), settings, plan or QuickPlan(), progress)
    except MeasurementError as error:  # what is known by then is not lost
        raise MeasurementError(f"{predicted(model, settings, found)}; {error}") from None
    return Explanation(timing, found)


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
