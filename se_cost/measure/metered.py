"""The energy of the networks of a comparison, in a process that does nothing else."""

from collections.abc import Mapping

from se_cost.measure.arms import steps
from se_cost.measure.clocks import quiet, stopwatch
from se_cost.measure.device import resolve
from se_cost.measure.energy import counter, energy
from se_cost.measure.memory import enough_memory
from se_cost.measure.settings import Settings
from se_cost.nets.recipe import Recipe


def joules(networks: Mapping[str, Recipe], settings: Settings) -> dict[str, float]:
    """Return the joules of one image, by arm.

    Raises CannotMeasure if there is no GPU that counts them, or not enough memory.
    """
    device = resolve(settings.device)
    count = counter(device)
    with quiet(settings.threads), enough_memory():
        watch = stopwatch(steps(networks, settings, device), device)
        return energy(watch, count, list(networks), settings.batch)
