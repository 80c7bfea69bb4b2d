"""A timed comparison in this process: the quick protocol, and one process of the full one."""

from collections.abc import Mapping
from time import monotonic

from se_cost.errors import MeasurementError
from se_cost.measure.machine.device import device_for
from se_cost.measure.machine.measuring import measuring
from se_cost.measure.models.costs import to_be_timed
from se_cost.measure.ranks.torchrun import outer, ranked
from se_cost.measure.session.jobs import TimeJob
from se_cost.measure.session.parent import patience, work
from se_cost.measure.session.process import timed
from se_cost.measure.session.rank import one_rank
from se_cost.measure.steps.laps import Laps, clock
from se_cost.measure.steps.steps import steps
from se_cost.measure.timing.arms import expect_possible, expect_trainable, fitted
from se_cost.measure.timing.collect import WorkerLostError
from se_cost.measure.timing.protocol import Progress, no_laps, silent
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.run import Run, Stop
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import QuickPlan, Settings
from se_cost.nets.model import Model
from se_cost.record import replace


def time_quick(
    model: Model,
    networks: Mapping[str, Model],
    settings: Settings | None = None,
    plan: QuickPlan | None = None,
    progress: Progress = silent,
    *,
    laps: bool = False,
) -> Timing:
    """Time `networks` against the first of them, BASELINE, by the quick protocol.

    A batch that does not fit into the memory of a GPU is halved for all networks together. Under an
    outer torchrun this process is one of its ranks, and no batch is halved. CUDA graphs get a fresh
    process for every attempt, since torch does not recover from a capture that breaks off. Raises
    UsageError for settings that contradict each other, MeasurementError if they cannot be timed
    here.
    """
    settings, plan = ranked(settings or Settings(), outer()), plan or QuickPlan()
    expect_possible(settings)
    expect_trainable(model, settings)
    networks = {arm: to_be_timed(network) for arm, network in networks.items()}

    def attempt(fitting: Settings) -> ProcessResult:
        job = TimeJob(networks, fitting, plan, fitting.seed, laps=laps)
        return elsewhere(job) if fitting.cuda_graphs else one_process(job, progress)

    if outer() is None:
        result, fitting = fitted(settings, attempt)
    else:  # the other ranks do not know what does not fit here
        result, fitting = attempt(settings), settings
    run = Run((result,), stop=Stop.PROCESSES)
    asked = None if fitting == settings else settings.batch
    return Timing(model, fitting, networks, run, asked)


def one_process(job: TimeJob, progress: Progress = silent) -> ProcessResult:
    """Time the networks of a job, which are built in their order, against BASELINE.

    Several ranks are started by torchrun, unless this is one of them. Raises MeasurementError if
    there is no such device, or not enough memory or time.
    """
    rank, settings = outer(), job.settings
    if rank is not None:
        return one_rank(rank, job, progress)
    if settings.nproc > 1:
        return elsewhere(job)
    device = device_for(settings)
    with measuring(job.networks.values(), settings, device):
        begun = monotonic()
        laps = Laps(clock(device)) if job.laps else None
        ready = steps(job.networks, settings, device, laps)
        compiling = monotonic() - begun if settings.compile else 0.0
        result = timed(ready, job, device, progress, laps=laps.taken if laps else no_laps)
    return replace(result, process=replace(result.process, compiling=compiling))


def elsewhere(job: TimeJob) -> ProcessResult:
    """Do a job in a fresh process, or in its ranks; raise MeasurementError if they are lost."""
    try:
        limit = patience(job.plan.max_time, job.settings, job.networks.values())
        result: ProcessResult = work(job, limit)
    except WorkerLostError as error:
        raise MeasurementError(str(error)) from None
    return result
