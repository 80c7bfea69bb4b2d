"""Reads the environment of a measurement; no user, host or path is in it."""

import platform
import re
from pathlib import Path
from typing import Any

import torch
from msgspec import UNSET

from se_cost.measure.machine.accelerator import accelerator
from se_cost.measure.machine.load import affinity
from se_cost.measure.machine.variables import variables
from se_cost.measure.steps.runtimes import version
from se_cost.measure.timing.environment import Environment
from se_cost.measure.timing.settings import Runtime, Settings
from se_cost.version import __version__

CPUINFO = Path("/proc/cpuinfo")


def environment(device: torch.device, settings: Settings) -> Environment:
    """Return versions, device, threads, type and memory format."""
    return Environment(
        se_cost=__version__,
        torch=str(torch.__version__),  # a class of torch, which unpickling would import
        python=platform.python_version(),
        system=platform.system(),
        **(_cpu() if device.type == "cpu" else accelerator(device, settings)),
        variables=variables(),
        threads=torch.get_num_threads(),
        dtype=settings.dtype,
        layout=settings.layout,
        runtime=UNSET if settings.runtime is Runtime.TORCH else version(settings.runtime),
    )


def _cpu() -> dict[str, Any]:
    return {"device": "cpu", "device_name": cpu_name(), "cores": len(affinity())}


def cpu_name(cpuinfo: Path = CPUINFO) -> str:
    """Return the processor's name as the system gives it, or its architecture."""
    found = re.search(r"^model name\s*:\s*(.+)$", _read(cpuinfo), re.MULTILINE)
    return found[1] if found else platform.processor() or platform.machine()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
