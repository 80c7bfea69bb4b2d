"""Stopwatches for a CPU and for an accelerator, and what keeps them steady."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import torch

from se_cost.measure.steps.steps import Step
from se_cost.measure.timing.protocol import Stopwatch

GPU_SHORTEST = 0.1  # seconds that one timing on a GPU lasts at least
GPU_BUSY = 3.0  # seconds until the clocks of a GPU have ramped up


def nothing() -> None:
    """Do nothing."""


def stopwatch(
    steps: Mapping[str, Step], device: torch.device, meanwhile: Callable[[], None] = nothing
) -> Stopwatch:
    """Return the stopwatch for steps that run on `device`.

    `meanwhile` is called in every timing, while an accelerator still works; never on a CPU.
    """
    if device.type == "cpu":
        return cpu_stopwatch(steps)
    return event_stopwatch(steps, device, meanwhile)


def cpu_stopwatch(
    steps: Mapping[str, Step], clock: Callable[[], float] = time.perf_counter
) -> Stopwatch:
    """Return a stopwatch that reads `clock`, in seconds, before and after."""

    def watch(arm: str, iterations: int) -> float:
        step = steps[arm]
        start = clock()
        for _ in range(iterations):
            step()
        return clock() - start

    return watch


def event_stopwatch(
    steps: Mapping[str, Step], device: torch.device, meanwhile: Callable[[], None] = nothing
) -> Stopwatch:
    """Return a stopwatch of events in the device's stream, with one synchronisation a timing."""

    def watch(arm: str, iterations: int) -> float:
        step = steps[arm]
        stream = torch.accelerator.current_stream(device)
        start = torch.Event(device, enable_timing=True)
        end = torch.Event(device, enable_timing=True)
        start.record(stream)
        for _ in range(iterations):
            step()
        end.record(stream)
        meanwhile()
        end.synchronize()
        return start.elapsed_time(end) / 1000  # of milliseconds

    return watch


@contextmanager
def quiet(threads: int | None, *, benchmark: bool = False) -> Iterator[None]:
    """Set threads and cuDNN's way to plan, switch the garbage collector off; restore all three.

    With `benchmark`, cuDNN tries all its plans at the first call of a shape, and keeps the best.
    """
    before, collecting = torch.get_num_threads(), gc.isenabled()
    tried = torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = benchmark
    if threads is not None:
        torch.set_num_threads(threads)
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        torch.set_num_threads(before)
        torch.backends.cudnn.benchmark = tried
        if collecting:
            gc.enable()
