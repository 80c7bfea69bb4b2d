"""The peak memory of one network, measured in a process that does nothing else.

The peak of a process never falls, and memory that another network left behind would count too.
"""

import os
import re
import sys
from pathlib import Path

import torch

from se_cost.errors import MeasurementError
from se_cost.measure.machine.clocks import quiet
from se_cost.measure.machine.device import resolve
from se_cost.measure.machine.out_of_memory import enough_memory
from se_cost.measure.steps.steps import steps
from se_cost.measure.steps.yours import expected_to_run
from se_cost.measure.timing.result import PeakMemory
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Model

ITERATIONS = 3  # the momentum of an optimiser exists from the second on
STATUS = Path("/proc/self/status")


def peak_memory(model: Model, settings: Settings) -> PeakMemory:
    """Build a network, run a few iterations and return the peak.

    Raises MeasurementError if there is no such device, not enough memory, or no report of the peak.
    """
    device = resolve(settings.device)
    if device.type == "cuda":
        torch.cuda.init()  # type: ignore[no-untyped-call]  # the next line does not by itself
        torch.cuda.reset_peak_memory_stats(device)
    with quiet(settings.threads), expected_to_run([model], settings), enough_memory():
        step = steps({"arm": model}, settings, device)["arm"]
        for _ in range(ITERATIONS):
            step()
    return _of_gpu(device) if device.type == "cuda" else PeakMemory(resident(), None)


def _of_gpu(device: torch.device) -> PeakMemory:
    return PeakMemory(
        torch.cuda.max_memory_allocated(device), torch.cuda.max_memory_reserved(device)
    )


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
