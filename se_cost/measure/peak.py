"""The peak memory of one network; it says the truth only in a process that has done nothing else.

The peak of a process never falls, and what another network has left behind would count too.
"""

import os
import re
import sys
from pathlib import Path

import torch

from se_cost.errors import CannotMeasure
from se_cost.measure.arms import steps
from se_cost.measure.clocks import quiet
from se_cost.measure.device import resolve
from se_cost.measure.memory import enough_memory
from se_cost.measure.peaks import Peak
from se_cost.measure.settings import Settings
from se_cost.nets.recipe import Recipe

ITERATIONS = 3  # the momentum of an optimiser is there from the second on
STATUS = Path("/proc/self/status")


def peak(recipe: Recipe, settings: Settings) -> Peak:
    """Build a network, run a few iterations and return the peak.

    Raises CannotMeasure if there is no such device, not enough memory, or nothing that tells.
    """
    device = resolve(settings.device)
    if device.type == "cuda":
        torch.cuda.init()  # type: ignore[no-untyped-call]  # the next line does not by itself
        torch.cuda.reset_peak_memory_stats(device)
    with quiet(settings.threads), enough_memory():
        step = steps({"arm": recipe}, settings, device)["arm"]
        for _ in range(ITERATIONS):
            step()
    return _of_gpu(device) if device.type == "cuda" else Peak(resident(), None)


def _of_gpu(device: torch.device) -> Peak:
    return Peak(torch.cuda.max_memory_allocated(device), torch.cuda.max_memory_reserved(device))


def resident(status: Path = STATUS) -> int:
    """Return the peak resident set of this process in bytes; raise CannotMeasure if unknown.

    Linux has it in proc_pid_status(5). Its getrusage(2) would serve too, but there the peak of the
    process that started this one counts as well.
    """
    try:
        found = re.search(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE)
    except OSError:
        found = None
    return 1024 * int(found[1]) if found else _by_getrusage()


def _by_getrusage() -> int:
    if os.name != "posix":
        raise CannotMeasure("no peak memory: this system does not say what a process has used")
    from resource import RUSAGE_SELF, getrusage

    unit = 1 if sys.platform == "darwin" else 1024
    return unit * getrusage(RUSAGE_SELF).ru_maxrss
