"""Explanations with a known truth, of machines that do not exist."""

from collections.abc import Mapping

from report.made_up import process
from se_cost.measure.explanation import Explanation, Machine, alone, networks
from se_cost.measure.result import NETWORK, Timing
from se_cost.measure.run import Run, Stop
from se_cost.measure.settings import Settings
from se_cost.nets.recipe import Recipe

TRUTH: Mapping[str, float] = {
    NETWORK: 1.10,
    **{alone(stage): ratio for stage, ratio in {2: 1.04, 3: 1.02, 4: 1.03, 5: 0.99}.items()},
}


def explanation(
    recipe: Recipe,
    settings: Settings | None = None,
    truth: Mapping[str, float] = TRUTH,
    bandwidth: float = 2e10,
    launch: float = 1e-6,
    quads: int = 8,
) -> Explanation:
    """Return an explanation in which the plain network takes 10 ms, the others `truth` times it."""
    run = Run((process(truth, quads),), stop=Stop.PROCESSES)
    timing = Timing(recipe, settings or Settings(), networks(recipe), run)
    return Explanation(timing, Machine(bandwidth, launch))
