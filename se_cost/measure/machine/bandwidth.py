"""Measures the two figures of a machine that a prediction needs."""

from statistics import median

import torch

from se_cost.measure.machine.clocks import GPU_BUSY, stopwatch
from se_cost.measure.machine.figures import Machine
from se_cost.measure.steps.steps import Step
from se_cost.measure.timing.protocol import Stopwatch

COPIED = 256 * 2**20  # bytes of source and of target each, far more than any cache holds
COPIES = 10  # in a row: each is issued while the one before runs
LAUNCHES = 1000  # in a row, far longer than a clock's tick
ROUNDS = 5  # the quickest counts
TIMINGS = 5  # of a round; the median counts
COPY, LAUNCH = "copy", "launch"


def machine(device: torch.device, copied: int = COPIED) -> Machine:
    """Measure both on `device`, in a few seconds; `copied` is the bytes of one tensor."""
    with torch.inference_mode():
        watch = stopwatch({COPY: _copy(device, copied), LAUNCH: _launch(device)}, device)
        if device.type == "cpu":  # a copy returns when it is done
            return Machine(bandwidth(watch, copied, 1), launch(watch))
        keep_busy(watch, GPU_BUSY)
        return Machine(bandwidth(watch, copied, COPIES), launch(watch))


def bandwidth(watch: Stopwatch, copied: int, copies: int) -> float:
    """Return the bytes per second of a copy, which reads `copied` bytes and writes as many.

    As is usual, the read of the target before a CPU writes it is not counted.
    """
    return 2 * copied / _quickest(watch, COPY, copies)


def launch(watch: Stopwatch) -> float:
    """Return the seconds of one operator on one number.

    On a CPU that is the cost of the call; on a GPU it is the time from one kernel to the next when
    the CPU issues them one by one.
    """
    return _quickest(watch, LAUNCH, LAUNCHES)


def _quickest(watch: Stopwatch, what: str, iterations: int) -> float:
    """Return the seconds of one iteration: the least median of all rounds, after a warm-up."""
    watch(what, iterations)
    rounds = [[watch(what, iterations) for _ in range(TIMINGS)] for _ in range(ROUNDS)]
    return min(map(median, rounds)) / iterations


def keep_busy(watch: Stopwatch, seconds: float) -> None:
    """Copy until the clocks of a GPU have ramped up."""
    spent = 0.0
    while spent < seconds:
        spent += watch(COPY, COPIES)


def _copy(device: torch.device, copied: int) -> Step:
    source = torch.ones(copied, dtype=torch.uint8, device=device)
    target = torch.zeros_like(source)  # written once, so the system has given it memory

    def step() -> None:
        target.copy_(source)

    return step


def _launch(device: torch.device) -> Step:
    tiny = torch.ones(1, device=device)

    def step() -> None:
        torch.mul(tiny, tiny)

    return step
