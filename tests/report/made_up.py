"""Timings with a known truth, and what else a page can be made of without measuring."""

from collections.abc import Mapping
from math import exp
from typing import Any

from se_cost.measure.protocol import Samples
from se_cost.measure.quads import Quad
from se_cost.measure.result import NETWORK, TRIMMED, Timing
from se_cost.measure.settings import Settings
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


def timing(
    recipe: Recipe,
    settings: Settings | None = None,
    truth: Mapping[str, float] = TRUTH,
    quads: int = 8,
    **went: Any,
) -> Timing:
    """Return a timing with `quads` of each arm, scattered evenly around the true ratios.

    The plain network takes 10 ms an iteration; `went` overrides how the run went.
    """
    run = {"iterations": 5, "warm": True, "complete": True, "interrupted": False} | went
    taken = [_quad(arm, truth[arm], i, quads) for i in range(quads) for arm in truth]
    samples = Samples(quads=tuple(taken), **run)
    return Timing(recipe, settings or Settings(), ENVIRONMENT, samples, preempted=3)


def _quad(arm: str, ratio: float, i: int, of: int) -> Quad:
    """Return quad `i`; the scatter of all of them is symmetric, so that its centre is 0."""
    scatter = SCATTER * (2 * i - of + 1) / of
    plain, other = PLAIN_SECONDS, PLAIN_SECONDS * ratio * exp(scatter)
    if i % 2:
        return Quad(arm, True, (other, plain, plain, other))
    return Quad(arm, False, (plain, other, other, plain))
