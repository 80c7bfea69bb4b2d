"""The two figures of a machine that a prediction takes: copy bandwidth, and launch latency."""

from statistics import median

import torch

from se_cost.measure.arms import Step
from se_cost.measure.clocks import stopwatch
from se_cost.measure.explanation import Machine
from se_cost.measure.process import GPU_BUSY
from se_cost.measure.protocol import Stopwatch

COPIED = 256 * 2**20  # bytes of source and of target each: far more than any cache
COPIES = 10  # in a row, so that what it takes to issue one is hidden behind the one before
LAUNCHES = 1000  # in a row, far longer than a clock's tick
ROUNDS = 5  # of which the quickest counts
TIMINGS = 5  # of a round, of which the median counts
COPY, LAUNCH = "copy", "launch"


def machine(device: torch.device, copied: int = COPIED) -> Machine:
    """Measure both on `device`, in some seconds; `copied` is the bytes of one tensor."""
    with torch.inference_mode():
        watch = stopwatch({COPY: _copy(device, copied), LAUNCH: _launch(device)}, device)
        if device.type == "cpu":  # which issues nothing
            return Machine(bandwidth(watch, copied, 1), launch(watch))
        _keep_busy(watch, GPU_BUSY)
        return Machine(bandwidth(watch, copied, COPIES), launch(watch))


def bandwidth(watch: Stopwatch, copied: int, copies: int) -> float:
    """Return the bytes per second of a copy, which reads `copied` bytes and writes as many.

    That a CPU may read the target too, before it writes it, is not counted, as is usual.
    """
    return 2 * copied / _quickest(watch, COPY, copies)


def launch(watch: Stopwatch) -> float:
    """Return the seconds of one operator on one number: on a CPU what calling it takes.

    On a GPU it is the time from one kernel to the next where the CPU issues them one by one.
    """
    return _quickest(watch, LAUNCH, LAUNCHES)


def _quickest(watch: Stopwatch, what: str, iterations: int) -> float:
    """Return the seconds of one iteration: the least of some medians, after one to warm up."""
    watch(what, iterations)
    rounds = [[watch(what, iterations) for _ in range(TIMINGS)] for _ in range(ROUNDS)]
    return min(map(median, rounds)) / iterations


def _keep_busy(watch: Stopwatch, seconds: float) -> None:
    """Copy until the clocks of a GPU have ramped up."""
    spent = 0.0
    while spent < seconds:
        spent += watch(COPY, COPIES)


def _copy(device: torch.device, copied: int) -> Step:
    source = torch.ones(copied, dtype=torch.uint8, device=device)
    target = torch.zeros_like(source)  # written once, so that no page of it is new

    def step() -> None:
        target.copy_(source)

    return step


def _launch(device: torch.device) -> Step:
    tiny = torch.ones(1, device=device)

    def step() -> None:
        torch.mul(tiny, tiny)

    return step
