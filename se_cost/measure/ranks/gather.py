"""How ranks agree: numbers of each are gathered on all of them.

They always travel over gloo, so nothing is added to the work of a GPU.
"""

import atexit
from collections.abc import Callable
from datetime import timedelta

import torch
from torch import distributed

from se_cost.measure.machine.device import resolve
from se_cost.measure.ranks.torchrun import Rank
from se_cost.measure.timing.all_reduce import Watch
from se_cost.measure.timing.protocol import Stopwatch

PATIENCE = timedelta(minutes=5)  # with other ranks, in everything that is done together

Gather = Callable[[float], list[float]]  # a number of this rank to those of all, by rank


def single_rank(value: float) -> list[float]:
    """Gather the number of the only process there is."""
    return [value]


def gather(value: float) -> list[float]:
    """Return the numbers of all ranks, by rank, on every rank; it returns when all have called."""
    own = torch.tensor([value], dtype=torch.float64)
    everyone = [torch.empty_like(own) for _ in range(distributed.get_world_size())]
    distributed.all_gather(everyone, own)
    return [float(number) for number in everyone]


def synchronised(watch: Stopwatch, gather: Gather) -> Watch:
    """Return a stopwatch that all ranks start together, and that returns the times of all."""

    def together(arm: str, iterations: int) -> list[float]:
        gather(0.0)  # a barrier: no rank starts before the others have finished what came before
        return gather(watch(arm, iterations))

    return together


def own_device(name: str, rank: Rank) -> torch.device:
    """Return the device of a rank: the CPU, or the accelerator of its number on this host.

    Raises MeasurementError if it is not there.
    """
    device = resolve(name)
    return device if device.type == "cpu" else resolve(f"{device.type}:{rank.local}")


def join(device: torch.device) -> None:
    """Join the group of all ranks, until this process ends.

    A process group cannot be created again after it was destroyed: torchrun's store keeps the old
    addresses.
    """
    backend = "gloo"
    if device.type != "cpu":
        torch.accelerator.set_device_index(device)
        own = distributed.get_default_backend_for_device(device)  # of NVIDIA and AMD it is nccl
        backend = f"cpu:gloo,{device.type}:{own}"
    if distributed.is_initialized():
        return
    distributed.init_process_group(backend, timeout=PATIENCE)
    atexit.register(distributed.destroy_process_group)
