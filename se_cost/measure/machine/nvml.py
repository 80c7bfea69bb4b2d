"""NVML, the library of NVIDIA's driver, through the optional package nvidia-ml-py."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

import torch

from se_cost.errors import MeasurementError

T = TypeVar("T")


def open_nvml(device: torch.device) -> tuple[Any, Any]:
    """Return the module pynvml and its handle of a device, which live as long as the process.

    The handle is found by UUID, since CUDA_VISIBLE_DEVICES renumbers the devices of torch but not
    those of NVML. Raises MeasurementError with the remedy if GPU, package, driver or handle is
    missing.
    """
    if device.type != "cuda" or torch.version.hip:
        raise MeasurementError(f"NVML knows GPUs of NVIDIA alone, not {device} of this torch")
    try:
        nvml: Any = import_module("pynvml")
    except ImportError:
        raise MeasurementError("NVML is not installed: pip install 'se-cost[cuda]'") from None
    uuid = torch.cuda.get_device_properties(device).uuid
    try:
        nvml.nvmlInit()
        return nvml, nvml.nvmlDeviceGetHandleByUUID(f"GPU-{uuid}")
    except nvml.NVMLError as error:
        raise MeasurementError(f"NVML does not answer for {device}: {error}") from None


def told(nvml: Any, read: Callable[[], T]) -> T | None:
    """Return what a call tells; None where this GPU, driver or pynvml does not know it."""
    try:
        return read()
    except (nvml.NVMLError, AttributeError):  # a slice of a GPU; a pynvml before 12
        return None
