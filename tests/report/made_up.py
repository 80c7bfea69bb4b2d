"""Timings with a known truth, and what else a page can be made of without measuring."""

from collections.abc import Mapping
from dataclasses import replace
from math import exp
from typing import Any

from se_cost.measure.protocol import Samples
from se_cost.measure.quads import Quad
from se_cost.measure.result import BASELINE, NETWORK, TRIMMED, Timing
from se_cost.measure.run import Process, Rule, Run, Stop
from se_cost.measure.settings import Settings
from se_cost.measure.surroundings import Surroundings
from se_cost.nets.recipe import Recipe

PLAIN_SECONDS = 0.010
TRUTH: Mapping[str, float] = {NETWORK: 1.10, TRIMMED: 1.04}  # times as slow as the plain network
SCATTER = 0.002  # of the logarithm of a ratio
ENVIRONMENT: dict[str, str | int] = {
    "se_cost": "0.0",
    "torch": "2.99",
    "python": "3.99",
    "system": "Linux",
    "device": "cpu",
    "device_name": "A | processor",
    "cores": 8,
    "threads": 4,
    "dtype": "float32",
    "layout": "nchw",
}


SURROUNDINGS = Surroundings(preempted=3, others=0.02, stolen=0.0, load=1.0)


def timing(
    recipe: Recipe,
    settings: Settings | None = None,
    truth: Mapping[str, float] = TRUTH,
    quads: int = 8,
    **went: Any,
) -> Timing:
    """Return a quick timing with `quads` of each arm, scattered evenly around the true ratios.

    The plain network takes 10 ms an iteration; `went` overrides how the process went.
    """
    run = Run((process(truth, quads, **went),), stop=Stop.PROCESSES)
    return Timing(recipe, settings or Settings(), _networks(recipe, truth), run)


def full(
    recipe: Recipe,
    truth: Mapping[str, float] = TRUTH,
    processes: int = 12,
    quads: int = 5,
    **how: Any,
) -> Timing:
    """Return a timing by the full protocol, whose processes scatter as quads do in `timing`.

    `how` overrides how the run ended.
    """
    layouts = [SCATTER * (2 * i - processes + 1) / processes for i in range(processes)]
    found = tuple(
        process({arm: ratio * exp(layout) for arm, ratio in truth.items()}, quads)
        for layout in layouts
    )
    run = replace(Run(found, Rule(), stop=Stop.TARGET), **how)
    return Timing(recipe, Settings(), _networks(recipe, truth), run)


def process(truth: Mapping[str, float], quads: int, **went: Any) -> Process:
    """Return what one process measured."""
    run = {"iterations": 5, "warm": True, "complete": True, "interrupted": False} | went
    taken = [_quad(arm, truth[arm], i, quads) for i in range(quads) for arm in truth]
    return Process(Samples(quads=tuple(taken), **run), ENVIRONMENT, SURROUNDINGS)


def _networks(recipe: Recipe, truth: Mapping[str, float]) -> dict[str, Recipe]:
    recipes = {NETWORK: recipe, TRIMMED: recipe.without_final_stage}
    return {BASELINE: recipe.baseline} | {arm: recipes[arm] for arm in truth}


def _quad(arm: str, ratio: float, i: int, of: int) -> Quad:
    """Return quad `i`; the scatter of all of them is symmetric, so that its centre is 0."""
    scatter = SCATTER * (2 * i - of + 1) / of
    plain, other = PLAIN_SECONDS, PLAIN_SECONDS * ratio * exp(scatter)
    if i % 2:
        return Quad(arm, True, (other, plain, plain, other))
    return Quad(arm, False, (plain, other, other, plain))
