"""A timed comparison, from recipe to raw samples."""

import os
from dataclasses import replace
from math import prod

from se_cost.errors import BadInput, CannotMeasure
from se_cost.ledger.compare import compare
from se_cost.measure.arms import steps
from se_cost.measure.clocks import quiet, stopwatch
from se_cost.measure.device import resolve
from se_cost.measure.environment import environment
from se_cost.measure.memory import enough_memory
from se_cost.measure.protocol import Plan, Progress, measure, silent
from se_cost.measure.result import BASELINE, NETWORK, TRIMMED, Timing
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.recipe import Recipe

GPU_SHORTEST = 0.1  # seconds one timing lasts at least
GPU_BUSY = 3.0  # seconds until the clocks of a GPU have ramped up


def time(
    recipe: Recipe,
    settings: Settings | None = None,
    plan: Plan | None = None,
    progress: Progress = silent,
) -> Timing:
    """Time a network, and it without its final attention stage, against the plain one.

    Raises CannotMeasure if there is no attention, no such device or not enough memory.
    """
    settings, plan = settings or Settings(), plan or Plan()
    if recipe.final_stage is None:
        raise CannotMeasure(f"nothing to compare: {recipe.name} has no attention")
    device = resolve(settings.device)
    if settings.mode is Mode.TRAIN:
        _expect_trainable(recipe, settings.batch)
    if device.type == "cuda":
        plan = replace(plan, shortest=GPU_SHORTEST, busy=GPU_BUSY)
    arms = arms_of(recipe)
    with quiet(settings.threads), enough_memory():
        watch = stopwatch(steps(arms, settings, device), device)
        preempted = preemptions()
        samples = measure(watch, BASELINE, [a for a in arms if a != BASELINE], plan, progress)
        if not samples.quads:
            raise CannotMeasure(f"not one comparison fits into {plan.max_time:g} s: give it longer")
        fingerprint = environment(device, settings)
        return Timing(recipe, settings, fingerprint, samples, preemptions() - preempted)


def _expect_trainable(recipe: Recipe, batch: int) -> None:
    """Raise BadInput if a batch norm would see one value per channel: it has no variance."""
    for row in compare(recipe).network.rows:
        if row.op == "norm" and batch * prod(row.output[1:]) == 1:
            raise BadInput(
                f"batch {batch} is too small to train at {recipe.input[1]}x{recipe.input[2]}: "
                f"{row.path} would normalise one value per channel; take a batch of 2"
            )


def arms_of(recipe: Recipe) -> dict[str, Recipe]:
    """Return the networks to time; dropping the only attention stage gives the plain one again."""
    arms = {BASELINE: recipe.baseline, NETWORK: recipe}
    if recipe.without_final_stage.final_stage is not None:
        arms[TRIMMED] = recipe.without_final_stage
    return arms


def preemptions() -> int:
    """Return how often the system has taken the CPU from this process; 0 where it does not say."""
    if os.name != "posix":
        return 0
    from resource import RUSAGE_SELF, getrusage

    return getrusage(RUSAGE_SELF).ru_nivcsw
