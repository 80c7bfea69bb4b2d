"""The timing of one rank, together with all other ranks."""

from random import Random
from time import monotonic

import torch

from se_cost.measure.machine.clocks import stopwatch
from se_cost.measure.machine.device import expect_runs
from se_cost.measure.machine.measuring import measuring
from se_cost.measure.ranks.gather import gather, join, own_device, synchronised
from se_cost.measure.ranks.replicas import Replicas, replicate
from se_cost.measure.ranks.torchrun import Rank
from se_cost.measure.session.jobs import TimeJob
from se_cost.measure.session.process import timed
from se_cost.measure.timing.all_reduce import AllReduce, measure_all_reduce
from se_cost.measure.timing.protocol import Progress, silent
from se_cost.measure.timing.samples import ProcessResult
from se_cost.record import replace

ALL_REDUCE = 0.25  # of the time, for steps with and without all-reduce


def one_rank(rank: Rank, job: TimeJob, progress: Progress = silent) -> ProcessResult:
    """Time the networks of a job, which are built in their order, together with all other ranks.

    Every rank returns the same samples. Raises MeasurementError if there is no such device, or not
    enough memory or time; the other ranks then wait, and torchrun ends them.
    """
    device = own_device(job.settings.device, rank)
    expect_runs(device, job.settings)
    join(device)
    with measuring(job.networks.values(), job.settings, device):
        replicas = replicate(rank, job.networks, job.settings, device)
        share = ALL_REDUCE if replicas.no_sync else 0.0
        result = timed(replicas.steps, _for_share(job, 1 - share), device, progress, gather)
        environment = replace(result.environment, ranks=job.settings.nproc)
        result = replace(result, environment=environment)
        if not replicas.no_sync or result.process.interrupted:
            return result
        try:
            exchanges = _exchanges(replicas, device, result, _for_share(job, share))
            return replace(result, exchanges=exchanges)
        except KeyboardInterrupt:  # what was finished before is kept
            return replace(result, process=replace(result.process, interrupted=True))


def _for_share(job: TimeJob, share: float) -> TimeJob:
    """Return the job with a share of its time."""
    return replace(job, plan=replace(job.plan, max_time=share * job.plan.max_time))


def _exchanges(
    replicas: Replicas, device: torch.device, result: ProcessResult, job: TimeJob
) -> dict[str, AllReduce]:
    deadline = max(gather(monotonic())) + job.plan.max_time
    return measure_all_reduce(
        synchronised(stopwatch(replicas.steps, device), gather),
        synchronised(stopwatch(replicas.no_sync, device), gather),
        replicas.steps,
        result.process.iterations,
        expired=lambda: max(gather(monotonic())) > deadline,
        coin=Random(job.plan.seed),
    )
