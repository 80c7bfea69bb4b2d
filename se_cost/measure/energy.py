"""The energy of one image on a GPU, by the counter of the driver; imports no torch.

The counter is that of the whole board since the driver was loaded. It moves every 20 to 100 ms, so
an arm runs for seconds between two readings.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from math import fsum
from typing import TYPE_CHECKING

from se_cost.errors import CannotMeasure
from se_cost.measure.protocol import Stopwatch
from se_cost.measure.throttle import open_nvml

if TYPE_CHECKING:
    import torch

Counter = Callable[[], float]  # joules since some moment


def energy(
    stopwatch: Stopwatch,
    counter: Counter,
    arms: Sequence[str],
    images: int,
    seconds: float = 2.0,
    rounds: int = 3,
) -> dict[str, float]:
    """Return the joules of one image for every arm; `images` are those of one iteration.

    Every round runs the arms in their order and then in reverse, each for about `seconds` or up to
    twice as long: a linear drift, as of a GPU that warms up, cancels. Raises CannotMeasure if the
    counter stands still.
    """
    iterations = {arm: _lasting(stopwatch, arm, seconds) for arm in arms}
    joules: dict[str, list[float]] = {arm: [] for arm in arms}
    for arm in chain.from_iterable([*arms, *reversed(arms)] for _ in range(rounds)):
        before = counter()
        stopwatch(arm, iterations[arm])
        joules[arm].append(counter() - before)
    if any(spent <= 0 for all_spent in joules.values() for spent in all_spent):
        raise CannotMeasure(f"the energy counter of the GPU did not move in {seconds:g} s")
    runs = 2 * rounds
    return {arm: fsum(joules[arm]) / (runs * iterations[arm] * images) for arm in arms}


def _lasting(stopwatch: Stopwatch, arm: str, seconds: float) -> int:
    """Return how many iterations last for `seconds`, by doubling, which warms the arm up too."""
    stopwatch(arm, 1)  # the first call also allocates and tunes
    iterations = 1
    while stopwatch(arm, iterations) < seconds:
        iterations *= 2
    return iterations


def counter(device: "torch.device") -> Counter:
    """Return what reads the energy counter of a GPU; raise CannotMeasure if there is none."""
    if device.type != "cuda":
        raise CannotMeasure("energy needs a GPU and pip install 'se-cost[cuda]'")
    nvml, gpu = open_nvml(device)

    def joules() -> float:
        millijoules: int = nvml.nvmlDeviceGetTotalEnergyConsumption(gpu)
        return millijoules / 1000

    try:
        joules()
    except nvml.NVMLError as error:
        raise CannotMeasure(f"{device} counts no energy, Volta and later do: {error}") from None
    return joules
