"""Whether other processes compute on a GPU while it is timed."""

import os
import time
from collections.abc import Callable

import torch

from se_cost.errors import MeasurementError
from se_cost.measure.machine.nvml import open_nvml, told


def watch_sharing(
    device: torch.device, now: Callable[[], float] = time.time
) -> Callable[[], int | None]:
    """Return what tells how many other processes have computed since; None where nobody knows.

    The driver samples about six times a second. It may know this process by another number, as
    for a container: then one of those that computed is taken for it.
    """
    try:
        nvml, gpu = open_nvml(device)
    except MeasurementError:
        return lambda: None
    begun = int(1e6 * now())  # microseconds

    def since() -> int | None:
        samples = told(nvml, lambda: nvml.nvmlDeviceGetProcessUtilization(gpu, begun))
        if not samples:
            return None
        seen = {sample.pid for sample in samples}
        busy = {sample.pid for sample in samples if sample.smUtil} - {os.getpid()}
        return len(busy) if os.getpid() in seen else max(0, len(busy) - 1)

    return since
