"""A timing of every stage's attention by itself, and of the machine that it runs on."""

from collections.abc import Callable

from se_cost.errors import BadInput, CannotMeasure
from se_cost.measure.clocks import quiet
from se_cost.measure.device import resolve
from se_cost.measure.explanation import UNPREDICTED, Explanation, Machine, networks
from se_cost.measure.launch import expect_alone
from se_cost.measure.machine import machine
from se_cost.measure.memory import enough_memory
from se_cost.measure.protocol import Plan, Progress, silent
from se_cost.measure.result import Timing
from se_cost.measure.settings import Settings
from se_cost.measure.timing import time_arms
from se_cost.nets.recipe import Recipe


def surveyed(settings: Settings) -> Machine:
    """Return the figures of the machine, with the threads that the networks have.

    Raises CannotMeasure if there is no such device or not enough memory.
    """
    with quiet(settings.threads), enough_memory():
        return machine(resolve(settings.device))


def explain(
    recipe: Recipe,
    settings: Settings | None = None,
    plan: Plan | None = None,
    progress: Progress = silent,
    time_arms: Callable[..., Timing] = time_arms,
    survey: Callable[[Settings], Machine] = surveyed,
) -> Explanation:
    """Measure the machine itself, then time the attention, whole and stage by stage.

    Raises BadInput for settings that no formula covers, CannotMeasure if there is no attention, no
    such device or not enough memory.
    """
    settings = settings or Settings()
    expect_alone("explain")
    expect_predictable(settings)
    if recipe.final_stage is None:
        raise CannotMeasure(f"nothing to explain: {recipe.name} has no attention")
    progress(0, "measuring the machine")
    found = survey(settings)
    timing = time_arms(recipe, networks(recipe), settings, plan or Plan(), progress)
    return Explanation(timing, found)


def expect_predictable(settings: Settings) -> None:
    """Raise BadInput where other operators run than those whose bytes are known."""
    usual = Settings()
    for name in UNPREDICTED:
        if getattr(settings, name) != getattr(usual, name):
            option = f"--{name.replace('_', '-')}"
            raise BadInput(f"explain predicts eager operators in one process: leave out {option}")
