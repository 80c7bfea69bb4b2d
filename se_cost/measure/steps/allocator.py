"""What torch's allocator of an accelerator has counted.

That of CUDA, ROCm and XPU counts; that of MPS raises a RuntimeError in some versions of torch.
"""

from collections.abc import Mapping
from contextlib import suppress

import torch

PEAK, RESERVED = "allocated_bytes.all.peak", "reserved_bytes.all.peak"
REFUSED = "num_ooms"  # requests that no memory was found for, whoever was told
RETRIED = "num_alloc_retries"  # times that it gave its cache back to find memory, which is slow


def counts(device: torch.device) -> Mapping[str, int]:
    """Return its counters, in bytes or times, by torch's names.

    Empty on a CPU, before the first tensor, and where the allocator counts nothing.
    """
    if device.type == "cpu":
        return {}
    try:
        return torch.accelerator.memory_stats(device)
    except RuntimeError:
        return {}


def refused(device: torch.device) -> int:
    """Return how often it found no memory.

    A library that asks for workspace may pass the refusal over, or report another error: the plans
    of cuDNN end with "unable to find an engine". The counter shows both.
    """
    return counts(device).get(REFUSED, 0)


def retried(device: torch.device) -> int:
    """Return how often it had to give its cache back first."""
    return counts(device).get(RETRIED, 0)


def forget_peak(device: torch.device) -> None:
    """Count its peak from here on, where it counts one."""
    if device.type != "cpu":
        with suppress(RuntimeError):
            torch.accelerator.reset_peak_memory_stats(device)


def give_back(device: torch.device) -> None:
    """Give back what it keeps for later; libraries allocate memory beside it."""
    if device.type != "cpu":
        with suppress(RuntimeError):
            torch.accelerator.empty_cache()
