"""A timed comparison in this process: the quick protocol, and one process of the full one."""

from collections.abc import Mapping

from se_cost.errors import CannotMeasure
from se_cost.measure.arms import steps
from se_cost.measure.clocks import quiet
from se_cost.measure.compared import expect_trainable, fitted, three
from se_cost.measure.device import resolve
from se_cost.measure.jobs import Timed
from se_cost.measure.launch import outer, ranked
from se_cost.measure.memory import enough_memory
from se_cost.measure.possible import expect_possible
from se_cost.measure.process import timed
from se_cost.measure.processes import Lost
from se_cost.measure.protocol import Plan, Progress, silent
from se_cost.measure.ranks import one_rank
from se_cost.measure.result import Timing
from se_cost.measure.run import Process, Run, Stop
from se_cost.measure.settings import Settings
from se_cost.measure.worker import patience, work
from se_cost.nets.recipe import Recipe


def time(
    recipe: Recipe,
    settings: Settings | None = None,
    plan: Plan | None = None,
    progress: Progress = silent,
) -> Timing:
    """Time a network, and it without its final attention stage, against the plain one, quickly.

    Raises CannotMeasure if there is no attention, no such device or not enough memory.
    """
    return time_arms(recipe, three(recipe), settings, plan, progress)


def time_arms(
    recipe: Recipe,
    networks: Mapping[str, Recipe],
    settings: Settings | None = None,
    plan: Plan | None = None,
    progress: Progress = silent,
) -> Timing:
    """Time `networks` against the first of them, BASELINE, by the quick protocol.

    A batch that does not fit into the memory of a GPU is halved for all networks together. Under an
    outer torchrun this is one rank of all it has started, and no batch is halved. Raises BadInput
    for settings that go with no network, CannotMeasure if they cannot be timed here.
    """
    settings, plan = ranked(settings or Settings(), outer()), plan or Plan()
    expect_possible(settings)
    expect_trainable(recipe, settings)

    def attempt(fitting: Settings) -> Process:
        return one_process(networks, fitting, plan, progress)

    if outer() is None:
        process, fitting = fitted(settings, attempt)
    else:  # other ranks know nothing of what does not fit here
        process, fitting = attempt(settings), settings
    run = Run((process,), stop=Stop.PROCESSES)
    asked = None if fitting == settings else settings.batch
    return Timing(recipe, fitting, networks, run, asked)


def one_process(
    networks: Mapping[str, Recipe], settings: Settings, plan: Plan, progress: Progress = silent
) -> Process:
    """Time `networks`, which are built in their order, against BASELINE.

    Several ranks are started by torchrun, unless this is one of them. Raises CannotMeasure if there
    is no such device, or not enough memory or time.
    """
    place = outer()
    if place is not None:
        return one_rank(place, networks, settings, plan, progress)
    if settings.nproc > 1:
        return _in_ranks(networks, settings, plan)
    device = resolve(settings.device)
    with quiet(settings.threads), enough_memory():
        return timed(steps(networks, settings, device), settings, device, plan, progress)


def _in_ranks(networks: Mapping[str, Recipe], settings: Settings, plan: Plan) -> Process:
    job = Timed(networks, settings, plan, settings.seed)
    try:
        process: Process = work(job, patience(plan.max_time, settings, len(networks)))
    except Lost as error:
        raise CannotMeasure(str(error)) from None
    return process
