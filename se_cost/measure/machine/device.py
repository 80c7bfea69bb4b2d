"""The device that was asked for, or an error that says what torch sees."""

import torch

from se_cost.errors import MeasurementError


def resolve(name: str) -> torch.device:
    """Return the device; `auto` is a GPU if there is one, else the CPU.

    Raises MeasurementError if it is not there.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(name)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise MeasurementError(f"no device {name}: torch {torch.__version__} {_cuda_seen()}")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise MeasurementError(
            f"no device {name}: torch sees {torch.cuda.device_count()} CUDA devices"
        )
    return device


def _cuda_seen() -> str:
    if torch.version.cuda is None:
        return "is built without CUDA"
    return f"is built for CUDA {torch.version.cuda} and sees no CUDA device"
