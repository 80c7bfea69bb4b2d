"""The timing of one process, alone or as one of several ranks: steps in, a result out."""

from collections.abc import Mapping
from time import monotonic

import torch

from se_cost.errors import MeasurementError
from se_cost.measure.machine.clocks import GPU_BUSY, GPU_SHORTEST, nothing, stopwatch
from se_cost.measure.machine.environment import environment
from se_cost.measure.machine.load import watch_load
from se_cost.measure.machine.sharing import watch_sharing
from se_cost.measure.machine.throttle import ThrottleWatch, watcher
from se_cost.measure.ranks.gather import Gather, single_rank, synchronised
from se_cost.measure.session.jobs import TimeJob
from se_cost.measure.steps.allocator import retried
from se_cost.measure.steps.steps import Step
from se_cost.measure.timing.all_reduce import Watch
from se_cost.measure.timing.arms import BASELINE, NETWORK
from se_cost.measure.timing.protocol import (
    Instruments,
    Measured,
    Progress,
    Stopwatch,
    Taken,
    measure,
    no_laps,
    silent,
    undisturbed,
)
from se_cost.measure.timing.samples import Process, ProcessResult
from se_cost.measure.timing.settings import QuickPlan
from se_cost.record import replace


def timed(
    steps: Mapping[str, Step],
    job: TimeJob,
    device: torch.device,
    progress: Progress = silent,
    gather: Gather = single_rank,
    laps: Taken = no_laps,
) -> ProcessResult:
    """Time the steps of all networks against those of BASELINE, and their stages by `laps`.

    Ranks see the same times, those of the slowest, the same clock and the same disturbances, so
    each decides by itself and all alike. Raises MeasurementError if no quad fits into the time.
    """
    where = environment(device, job.settings)  # what it cannot tell is known before it is timed
    plan = job.plan if device.type == "cpu" else gpu_plan(job.plan)
    gpu = ThrottleWatch(read) if (read := watcher(device)) else None
    flushes: list[int] = []  # of the allocator, after the warm-up and after every quad

    def disturbed() -> bool:
        flushes.append(retried(device))
        return gpu.disturbed() if gpu else undisturbed()

    instruments = Instruments(
        stopwatch=_slowest(synchronised(stopwatch(steps, device, gpu or nothing), gather)),
        now=lambda: max(gather(monotonic())),
        disturbed=lambda: any(gather(float(disturbed()))),
        laps=laps,
    )
    load_since, sharing_since = watch_load(), watch_sharing(device)
    found = measure(instruments, in_order(steps), plan, job.number, progress)
    if not found.quads:
        raise MeasurementError(_no_quad(found, plan))
    load = load_since()
    process = Process(
        iterations=found.iterations,
        warm=found.warm,
        complete=found.complete,
        interrupted=found.interrupted,
        dropped=found.dropped,
        preempted=load.preempted,
        others=load.others,
        stolen=load.stolen,
        load=load.load,
        throttling=gpu.throttling() if gpu else None,
        retried=flushes[-1] - flushes[0],
        sharing=sharing_since(),
    )
    return ProcessResult(process, found.quads, where, laps=found.laps)


def _slowest(watch: Watch) -> Stopwatch:
    """Return the stopwatch of the slowest of all ranks."""
    return lambda arm, iterations: max(watch(arm, iterations))


def gpu_plan(plan: QuickPlan) -> QuickPlan:
    """Return the plan with what a GPU needs: longer timings, and time to ramp its clocks up."""
    return replace(plan, shortest=GPU_SHORTEST, busy=GPU_BUSY)


def in_order(arms: Mapping[str, object]) -> list[str]:
    """Return the arms as they take turns: the plain network, the one asked about, all others."""
    return sorted(arms, key=lambda arm: (arm != BASELINE, arm != NETWORK, arm))


def _no_quad(found: Measured, plan: QuickPlan) -> str:
    """Return why there is no quad."""
    if found.dropped:
        return f"the GPU was slowed down in all {found.dropped} comparisons: let it cool"
    return f"not one comparison fits into the {plan.max_time:g} s of a process: raise --max-time"
