"""What an accelerator says of itself, and how it is set; figures that it lacks are left out."""

import os
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import torch
from msgspec import UNSET

from se_cost.errors import MeasurementError
from se_cost.measure.machine.nvml import open_nvml, told
from se_cost.measure.timing.settings import Settings


def accelerator(device: torch.device, settings: Settings) -> dict[str, Any]:
    """Return the fields of an environment that an accelerator has."""
    found = {"device": device.type, **_of_kind(device, settings)}
    return {name: value for name, value in found.items() if value is not UNSET}


def _of_kind(device: torch.device, settings: Settings) -> dict[str, Any]:
    if device.type == "cuda":
        return {**_cuda(device, settings), **_by_nvml(device)}
    if device.type == "xpu":
        properties = torch.xpu.get_device_properties(device)
        memory, driver = properties.total_memory, properties.driver_version
        return {"device_name": properties.name, "memory": memory, "driver": driver}
    return {"device_name": torch.backends.mps.get_name()}


def _cuda(device: torch.device, settings: Settings) -> dict[str, Any]:
    """Return what torch knows of a GPU of NVIDIA or AMD, and of what drives it."""
    properties = torch.cuda.get_device_properties(device)
    conv = torch.backends.cudnn.conv.fp32_precision  # type: ignore[attr-defined]
    return {
        "device_name": properties.name,
        "sms": properties.multi_processor_count,
        "cuda": torch.version.cuda or UNSET,
        "hip": torch.version.hip or UNSET,
        "cudnn": _cudnn(),
        "cudnn_benchmark": int(torch.backends.cudnn.benchmark),
        "cudnn_tf32": int(conv == "tf32" and _has_tf32(device)),
        "capability": f"{properties.major}.{properties.minor}",
        "memory": properties.total_memory,
        "l2": getattr(properties, "L2_cache_size", UNSET),
        "conv_precision": conv,
        "matmul_precision": torch.backends.cuda.matmul.fp32_precision,
        "nccl": _of_nccl() if settings.nproc > 1 else UNSET,
        "triton": _of_triton() if settings.compile else UNSET,
    }


def _cudnn() -> Any:
    """Return the version of cuDNN; torch refuses to tell it if any GPU here is too old for it."""
    try:
        return int(torch.backends.cudnn.version() or 0)  # type: ignore[no-untyped-call]
    except RuntimeError:
        return UNSET


def _has_tf32(device: torch.device) -> bool:
    """Return whether a GPU multiplies in TF32: not before Ampere, nor if NVIDIA's variable is 0."""
    with torch.cuda.device(device):  # the question is about the current one
        return torch.cuda.is_tf32_supported() and os.environ.get("NVIDIA_TF32_OVERRIDE") != "0"


def _of_nccl() -> Any:
    try:
        return ".".join(map(str, torch.cuda.nccl.version()))  # type: ignore[no-untyped-call]
    except (RuntimeError, AttributeError):  # a build without it
        return UNSET


def _of_triton() -> Any:
    try:
        return version("triton")
    except PackageNotFoundError:
        return UNSET


def _by_nvml(device: torch.device) -> dict[str, Any]:
    """Return what NVIDIA's driver knows of a GPU; nothing without it."""
    try:
        nvml, gpu = open_nvml(device)
    except MeasurementError:
        return {}
    asked: dict[str, Callable[[], Any]] = {
        "driver": lambda: _text(nvml.nvmlSystemGetDriverVersion()),
        "power_limit": lambda: nvml.nvmlDeviceGetEnforcedPowerLimit(gpu) / 1000,  # of milliwatts
        "clock_limit": lambda: nvml.nvmlDeviceGetMaxClockInfo(gpu, nvml.NVML_CLOCK_SM),
    }
    found = {name: told(nvml, read) for name, read in asked.items()}
    return {name: value for name, value in found.items() if value is not None}


def _text(value: str | bytes) -> str:
    """Return text; older versions of nvidia-ml-py return bytes."""
    return value.decode() if isinstance(value, bytes) else value
