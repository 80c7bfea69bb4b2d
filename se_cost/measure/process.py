"""What one process does, alone or as a rank of several: step functions in, samples out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic

import torch

from se_cost.errors import CannotMeasure
from se_cost.measure.arms import Step
from se_cost.measure.clocks import stopwatch
from se_cost.measure.environment import environment
from se_cost.measure.protocol import (
    Plan,
    Progress,
    Samples,
    Stopwatch,
    measure,
    silent,
    undisturbed,
)
from se_cost.measure.result import BASELINE, NETWORK
from se_cost.measure.run import Process
from se_cost.measure.settings import Settings
from se_cost.measure.surroundings import watched
from se_cost.measure.throttle import ThrottleWatch, watcher

GPU_SHORTEST = 0.1  # seconds one timing lasts at least
GPU_BUSY = 3.0  # seconds until the clocks of a GPU have ramped up

Gather = Callable[[float], list[float]]  # the own number of every rank to those of all, by rank


def alone(value: float) -> list[float]:
    """Gather the number of the only process there is."""
    return [value]


def timed(
    arms: Mapping[str, Step],
    settings: Settings,
    device: torch.device,
    plan: Plan,
    progress: Progress = silent,
    gather: Gather = alone,
) -> Process:
    """Time all arms against BASELINE.

    Ranks see the same times, those of the slowest, the same clock and the same disturbances: each
    decides by itself, and all alike. Raises CannotMeasure if there is not time enough.
    """
    if device.type == "cuda":
        plan = replace(plan, shortest=GPU_SHORTEST, busy=GPU_BUSY)
    timer = stopwatch(arms, device)
    gpu = ThrottleWatch(timer, read) if (read := watcher(device)) else None
    disturbed = gpu.disturbed if gpu else undisturbed
    every_rank = gathered(gpu or timer, gather)
    surroundings = watched()
    samples = measure(
        lambda arm, iterations: max(every_rank(arm, iterations)),
        BASELINE,
        sorted(arms.keys() - {BASELINE}, key=lambda arm: (arm != NETWORK, arm)),
        plan,
        progress,
        now=lambda: max(gather(monotonic())),
        disturbed=lambda: any(gather(float(disturbed()))),
    )
    if not samples.quads:
        raise CannotMeasure(_nothing(samples, plan))
    throttling = gpu.throttling() if gpu else None
    return Process(samples, environment(device, settings), surroundings(), throttling)


def _nothing(samples: Samples, plan: Plan) -> str:
    """Return why there is not one quad."""
    if samples.dropped:
        return f"the GPU was slowed down in all {samples.dropped} comparisons: let it cool"
    return f"not one comparison fits into the {plan.max_time:g} s of a process: raise --max-time"


def gathered(watch: Stopwatch, gather: Gather) -> Callable[[str, int], list[float]]:
    """Return a stopwatch that all ranks start together, and that tells each the times of all."""

    def together(arm: str, iterations: int) -> list[float]:
        gather(0.0)  # a barrier: no rank starts before the others have finished what came before
        return gather(watch(arm, iterations))

    return together
