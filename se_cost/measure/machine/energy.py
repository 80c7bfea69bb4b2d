"""The energy of one image on a GPU, by the counter of the driver.

The counter is that of the whole board since the driver was loaded. It moves every 20 to 100 ms, so
an arm runs for seconds between two readings, each of which is taken when it moves.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from math import fsum

import torch

from se_cost.errors import MeasurementError
from se_cost.measure.machine.clocks import stopwatch
from se_cost.measure.machine.device import device_for
from se_cost.measure.machine.measuring import measuring
from se_cost.measure.machine.nvml import open_nvml, told
from se_cost.measure.steps.steps import steps
from se_cost.measure.timing.protocol import Stopwatch
from se_cost.measure.timing.result import Joules
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Model

STILL = 0.5  # seconds after which a counter that does not move is taken as it is

Counter = Callable[[], float]  # joules since some moment


def joules(networks: Mapping[str, Model], settings: Settings) -> dict[str, Joules]:
    """Return the joules of one image, by arm; run it in a process that does nothing else.

    Raises MeasurementError without a GPU that counts them, or without enough memory.
    """
    device = device_for(settings)
    count = at_a_tick(counter(device))
    with measuring(networks.values(), settings, device):
        watch = stopwatch(steps(networks, settings, device), device)
        return energy(watch, count, list(networks), settings.batch)


def energy(
    stopwatch: Stopwatch,
    counter: Counter,
    arms: Sequence[str],
    images: int,
    seconds: float = 2.0,
    rounds: int = 3,
) -> dict[str, Joules]:
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
    return {arm: _of_image(joules[arm], iterations[arm] * images) for arm in arms}


def _of_image(joules: Sequence[float], images: int) -> Joules:
    """Return the energy of one image, of runs of `images` each."""
    mean = fsum(joules) / len(joules)
    return Joules(mean / images, min(joules) / images, max(joules) / images)


def at_a_tick(counter: Counter, now: Callable[[], float] = time.monotonic) -> Counter:
    """Return a counter that is read when it moves, so that it is not behind the time.

    One that stands still, as where nothing is counted, is read after STILL seconds.
    """

    def joules() -> float:
        first, deadline = counter(), now() + STILL
        while (last := counter()) == first and now() < deadline:
            pass
        return last

    return joules


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
    sliced = told(nvml, lambda: nvml.nvmlDeviceGetMigMode(gpu))
    if sliced and sliced[0]:
        raise MeasurementError(f"{device} is a slice of a GPU (MIG), which counts for all of them")

    def joules() -> float:
        millijoules: int = nvml.nvmlDeviceGetTotalEnergyConsumption(gpu)
        return millijoules / 1000

    try:
        joules()
    except nvml.NVMLError as error:
        raise MeasurementError(f"{device} counts no energy, Volta and later do: {error}") from None
    return joules
