"""The fingerprint of a measurement: what it depends on, and nothing that identifies a person."""

import platform
import re
from pathlib import Path

import torch

from se_cost.measure.settings import Settings
from se_cost.measure.surroundings import affinity
from se_cost.version import __version__

CPUINFO = Path("/proc/cpuinfo")


def environment(device: torch.device, settings: Settings) -> dict[str, str | int]:
    """Return versions, device, threads, type and layout; no user, host or path."""
    versions: dict[str, str | int] = {
        "se_cost": __version__,
        "torch": str(torch.__version__),  # a class of torch, which a pickle would import
        "python": platform.python_version(),
        "system": platform.system(),
    }
    return {
        **versions,
        **(_gpu(device) if device.type == "cuda" else _cpu()),
        "threads": torch.get_num_threads(),
        "dtype": settings.dtype.value,
        "layout": settings.layout.value,
    }


def _cpu() -> dict[str, str | int]:
    cores = len(affinity())
    return {"device": "cpu", "device_name": cpu_name(), "cores": cores}


def cpu_name(cpuinfo: Path = CPUINFO) -> str:
    """Return the processor's name as the system gives it, at the least its architecture."""
    found = re.search(r"^model name\s*:\s*(.+)$", _read(cpuinfo), re.MULTILINE)
    return found[1] if found else platform.processor() or platform.machine()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _gpu(device: torch.device) -> dict[str, str | int]:
    properties = torch.cuda.get_device_properties(device)
    return {
        "device": "cuda",
        "device_name": properties.name,
        "sms": properties.multi_processor_count,
        "cuda": str(torch.version.cuda),
        "cudnn": int(torch.backends.cudnn.version() or 0),  # type: ignore[no-untyped-call]
        "cudnn_benchmark": int(torch.backends.cudnn.benchmark),
        "cudnn_tf32": int(torch.backends.cudnn.allow_tf32),  # convolutions of float32 in TF32
    }
