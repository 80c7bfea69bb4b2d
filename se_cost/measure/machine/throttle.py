"""Whether a GPU slowed itself down while it was timed, as NVML reports it.

The bits are those of the NVML API reference, group NvmlClocksEventReasons. State is only read,
never set.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch

from se_cost.errors import MeasurementError
from se_cost.measure.machine.nvml import open_nvml
from se_cost.measure.timing.protocol import Stopwatch
from se_cost.measure.timing.samples import Throttling
from se_cost.record import Record

POWER_CAP = 0x04  # by software; the normal state of a busy GPU
HW_SLOWDOWN = 0x08
SW_THERMAL = 0x20
HW_THERMAL = 0x40
POWER_BRAKE = 0x80
SLOWED = HW_SLOWDOWN | SW_THERMAL | HW_THERMAL | POWER_BRAKE


class Reading(Record):
    """The state of a GPU at the edge of a timing."""

    clock_mhz: int  # of its multiprocessors
    celsius: int
    reasons: int  # why the clock is not higher, as bits


Read = Callable[[], Reading]


@dataclass(slots=True)
class ThrottleWatch:
    """A stopwatch that also reads the GPU after every timing, where the next one starts."""

    stopwatch: Stopwatch
    read: Read
    groups: list[list[Reading]] = field(default_factory=lambda: [[]])  # warm-up, then each quad

    def __call__(self, arm: str, iterations: int) -> float:
        """Return the seconds that the stopwatch reports."""
        seconds = self.stopwatch(arm, iterations)
        self.groups[-1].append(self.read())
        return seconds

    def disturbed(self) -> bool:
        """Return whether the GPU was slowed down since the last call.

        Call it once after the warm-up, then after every quad.
        """
        group = self.groups[-1]
        self.groups.append([])
        return any(slowed(reading.reasons) for reading in group)

    def throttling(self) -> Throttling | None:
        """Return the summary of all quads, without the warm-up; None before the first of them."""
        readings = [reading for group in self.groups[1:] for reading in group]
        if not readings:
            return None
        clocks = [reading.clock_mhz for reading in readings]
        return Throttling(
            readings=len(readings),
            slowed=sum(slowed(reading.reasons) for reading in readings),
            power_capped=sum(bool(reading.reasons & POWER_CAP) for reading in readings),
            clock_low=min(clocks),
            clock_high=max(clocks),
            celsius_high=max(reading.celsius for reading in readings),
        )


def slowed(reasons: int) -> bool:
    """Return whether hardware, heat or the power brake holds the clock down."""
    return bool(reasons & SLOWED)


def watcher(device: torch.device) -> Read | None:
    """Return a function that reads the state of a GPU, or None if that is not possible."""
    try:
        nvml, gpu = open_nvml(device)
    except MeasurementError:
        return None
    read = partial(_reading, nvml, gpu)
    try:
        read()
    except (nvml.NVMLError, AttributeError):  # a slice of a GPU; a pynvml before 12
        return None
    return read


def _reading(nvml: Any, gpu: Any) -> Reading:
    return Reading(
        nvml.nvmlDeviceGetClockInfo(gpu, nvml.NVML_CLOCK_SM),
        nvml.nvmlDeviceGetTemperature(gpu, nvml.NVML_TEMPERATURE_GPU),
        nvml.nvmlDeviceGetCurrentClocksEventReasons(gpu),
    )
