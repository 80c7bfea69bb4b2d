"""The peak memory of one network, measured in a process that does nothing else.

The peak of a process never falls, and memory that another network left behind would count too.
"""

import os
import re
import sys
from pathlib import Path

import torch

from se_cost.errors import MeasurementError
from se_cost.measure.machine.device import device_for
from se_cost.measure.machine.measuring import measuring
from se_cost.measure.steps.allocator import PEAK, RESERVED, counts, forget_peak
from se_cost.measure.steps.steps import steps
from se_cost.measure.timing.result import PeakMemory
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Model

ITERATIONS = 3  # the momentum of an optimiser exists from the second on
STATUS = Path("/proc/self/status")


def peak_memory(model: Model, settings: Settings) -> PeakMemory:
    """Build a network, run a few iterations and return the peak.

    On an accelerator the first iteration does not count: it tries plans, or compiles. A CUDA graph
    allocates in its capture alone, so all of it counts.

    Raises MeasurementError if there is no such device, not enough memory, or no report of the peak.
    """
    device = device_for(settings)
    with measuring([model], settings, device):
        step = steps({"arm": model}, settings, device)["arm"]
        step()
        if not settings.cuda_graphs:
            forget_peak(device)
        for _ in range(ITERATIONS):
            step()
    return PeakMemory(resident(), None) if device.type == "cpu" else _of(device)


def _of(device: torch.device) -> PeakMemory:
    found = counts(device)
    if not found.get(PEAK):
        raise MeasurementError(f"no peak memory: torch does not report what {device.type} has used")
    return PeakMemory(found[PEAK], found.get(RESERVED))


def resident(status: Path = STATUS) -> int:
    """Return the peak resident set of this process in bytes; raise MeasurementError if unknown.

    Linux has it in proc_pid_status(5); its getrusage(2) also counts the peak of the process that
    started this one.
    """
    try:
        found = re.search(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE)
    except OSError:
        found = None
    return 1024 * int(found[1]) if found else _by_getrusage()


def _by_getrusage() -> int:
    if os.name != "posix":
        raise MeasurementError(
            "no peak memory: this system does not report what a process has used"
        )
    from resource import RUSAGE_SELF, getrusage

    unit = 1 if sys.platform == "darwin" else 1024
    return unit * getrusage(RUSAGE_SELF).ru_maxrss
