"""Stopwatches for a CPU and for a GPU, and what keeps them steady."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

from se_cost.measure.steps.steps import Step
from se_cost.measure.timing.protocol import Stopwatch

GPU_SHORTEST = 0.1  # seconds that one timing on a GPU lasts at least
GPU_BUSY = 3.0  # seconds until the clocks of a GPU have ramped up


def stopwatch(steps: Mapping[str, Step], device: torch.device) -> Stopwatch:
    """Return the stopwatch for steps that run on `device`."""
    return gpu_stopwatch(steps, device) if device.type == "cuda" else cpu_stopwatch(steps)


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


def gpu_stopwatch(steps: Mapping[str, Step], device: torch.device) -> Stopwatch:
    """Return a stopwatch of CUDA events, with one synchronisation a timing."""

    def watch(arm: str, iterations: int) -> float:
        step = steps[arm]
        stream = torch.cuda.current_stream(device)
        start, end = _event(), _event()
        start.record(stream)
        for _ in range(iterations):
            step()
        end.record(stream)
        end.synchronize()
        milliseconds: float = start.elapsed_time(end)
        return milliseconds / 1000

    return watch


def _event() -> Any:
    return torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]


@contextmanager
def quiet(threads: int | None) -> Iterator[None]:
    """Set the number of threads and switch the garbage collector off; restore both at the end."""
    before, collecting = torch.get_num_threads(), gc.isenabled()
    if threads is not None:
        torch.set_num_threads(threads)
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        torch.set_num_threads(before)
        if collecting:
            gc.enable()
