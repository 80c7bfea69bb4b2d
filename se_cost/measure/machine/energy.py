"""The energy of one image on a GPU, by the counter of the driver.

The counter is that of the whole board since the driver was loaded. It moves every 20 to 100 ms, so
an arm runs for seconds between two readings.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from math import fsum

import torch

from se_cost.errors import MeasurementError
from se_cost.measure.machine.clocks import quiet, stopwatch
from se_cost.measure.machine.device import resolve
from se_cost.measure.machine.nvml import open_nvml
from se_cost.measure.machine.out_of_memory import enough_memory
from se_cost.measure.steps.steps import steps
from se_cost.measure.steps.yours import expected_to_run
from se_cost.measure.timing.protocol import Stopwatch
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Model

Counter = Callable[[], float]  # joules since some moment


def joules(networks: Mapping[str, Model], settings: Settings) -> dict[str, float]:
    """Return the joules of one image, by arm; run it in a process that does nothing else.

    Raises MeasurementError without a GPU that counts them, or without enough memory.
    """
    device = resolve(settings.device)
    count = counter(device)
    own = networks.values()
    with quiet(settings.threads), expected_to_run(own, settings), enough_memory():
        watch = stopwatch(steps(networks, settings, device), device)
        return energy(watch, count, list(networks), settings.batch)


def energy(
    stopwatch: Stopwatch,
    counter: Counter,
    arms: Sequence[str],
    images: int,
    seconds: float = 2.0,
    rounds: int = 3,
) -> dict[str, float]:
    """Return the joules of one image for every arm; `images` are those of one iteration.

    Every round runs the arms in their order and then in reverse, each for `seconds` to twice as
    long, so a linear drift, as of a GPU that warms up, cancels. Raises MeasurementError if the
    counter stands still.
    """
    iterations = {arm: _lasting(stopwatch, arm, seconds) for arm in arms}
    joules: dict[str, list[float]] = {arm: [] for arm in arms}
    for arm in chain.from_iterable([*arms, *reversed(arms)] for _ in range(rounds)):
        before = counter()
        stopwatch(arm, iterations[arm])
        joules[arm].append(counter() - before)
    if any(spent <= 0 for all_spent in joules.values() for spent in all_spent):
        raise MeasurementError(f"the energy counter of the GPU did not move in {seconds:g} s")
    runs = 2 * rounds  # of every arm
    return {arm: fsum(joules[arm]) / (runs * iterations[arm] * images) for arm in arms}


def _lasting(stopwatch: Stopwatch, arm: str, seconds: float) -> int:
    """Return how many iterations last for `seconds`, by doubling, which warms the arm up too."""
    stopwatch(arm, 1)  # the first call also allocates and tunes
    iterations = 1
    while stopwatch(arm, iterations) < seconds:
        iterations *= 2
    return iterations


def counter(device: torch.device) -> Counter:
    """Return a function that reads the energy counter of a GPU, in joules.

    Raises MeasurementError if there is none.
    """
    if device.type != "cuda":
        raise MeasurementError("energy needs a GPU and pip install 'se-cost[cuda]'")
    nvml, gpu = open_nvml(device)

    def joules() -> float:
        millijoules: int = nvml.nvmlDeviceGetTotalEnergyConsumption(gpu)
        return millijoules / 1000

    try:
        joules()
    except nvml.NVMLError as error:
        raise MeasurementError(f"{device} counts no energy, Volta and later do: {error}") from None
    return joules
