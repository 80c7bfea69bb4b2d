"""NVML, the library of NVIDIA's driver, through the optional package nvidia-ml-py."""

from importlib import import_module
from typing import Any

import torch

from se_cost.errors import MeasurementError


def open_nvml(device: torch.device) -> tuple[Any, Any]:
    """Return the module pynvml and its handle of a device, which live as long as the process.

    The handle is found by UUID, since CUDA_VISIBLE_DEVICES renumbers the devices of torch but not
    those of NVML. Raises MeasurementError with the remedy if GPU, package, driver or handle is
    missing.
    """
    if device.type != "cuda":
        raise MeasurementError(f"NVML knows GPUs, not {device}: take --device cuda")
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
