"""Whether a GPU slowed itself down while it was timed, as NVML reports it.

The bits are those of the NVML API reference, group NvmlClocksEventReasons. State is only read,
never set.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch

from se_cost.errors import MeasurementError
from se_cost.measure.machine.nvml import open_nvml, told
from se_cost.measure.timing.samples import Throttling
from se_cost.record import Record

POWER_CAP = 0x04  # by software; the normal state of a busy GPU
HW_SLOWDOWN = 0x08
SW_THERMAL = 0x20
HW_THERMAL = 0x40
POWER_BRAKE = 0x80
SLOWED = HW_SLOWDOWN | SW_THERMAL | HW_THERMAL | POWER_BRAKE


class Reading(Record):
    """The state of a GPU while it works; None is what this GPU does not tell."""

    clock_mhz: int | None  # of its multiprocessors
    celsius: int | None
    reasons: int | None  # why the clock is not higher, as bits


Read = Callable[[], Reading | None]  # None once the GPU tells nothing


@dataclass(slots=True)
class ThrottleWatch:
    """Reads the GPU once in every timing, when all is issued and the GPU still works on it."""

    read: Read
    groups: list[list[Reading]] = field(default_factory=lambda: [[]])  # warm-up, then each quad
    lost: bool = False  # whether the GPU stopped to tell anything

    def __call__(self) -> None:
        """Read; a GPU that tells nothing any more is not watched from here on."""
        reading = None if self.lost else self.read()
        if reading is None:
            self.lost = True
        else:
            self.groups[-1].append(reading)

    def disturbed(self) -> bool:
        """Return whether the GPU was slowed down since the last call.

        Call it once after the warm-up, then after every quad.
        """
        group = self.groups[-1]
        self.groups.append([])
        return any(slowed(reading.reasons or 0) for reading in group)

    def throttling(self) -> Throttling | None:
        """Return the summary of all quads, without the warm-up; None before the first of them."""
        readings = [reading for group in self.groups[1:] for reading in group]
        if not readings:
            return None
        clocks = _known(reading.clock_mhz for reading in readings)
        heat = _known(reading.celsius for reading in readings)
        reasons = _known(reading.reasons for reading in readings)
        return Throttling(
            readings=len(readings),
            slowed=sum(map(slowed, reasons)),
            power_capped=sum(bool(bits & POWER_CAP) for bits in reasons),
            clock_low=min(clocks, default=None),
            clock_high=max(clocks, default=None),
            celsius_high=max(heat, default=None),
            told=len(reasons) == len(readings) and not self.lost,
        )


def _known(values: Iterable[int | None]) -> list[int]:
    return [value for value in values if value is not None]


def slowed(reasons: int) -> bool:
    """Return whether hardware, heat or the power brake holds the clock down."""
    return bool(reasons & SLOWED)


def watcher(device: torch.device) -> Read | None:
    """Return a function that reads the state of a GPU, or None if it tells nothing."""
    try:
        nvml, gpu = open_nvml(device)
    except MeasurementError:
        return None
    read = partial(_reading, nvml, gpu)
    return None if read() is None else read


def _reading(nvml: Any, gpu: Any) -> Reading | None:
    found = Reading(
        told(nvml, lambda: nvml.nvmlDeviceGetClockInfo(gpu, nvml.NVML_CLOCK_SM)),
        told(nvml, lambda: nvml.nvmlDeviceGetTemperature(gpu, nvml.NVML_TEMPERATURE_GPU)),
        told(nvml, lambda: nvml.nvmlDeviceGetCurrentClocksEventReasons(gpu)),
    )
    return None if found == Reading(None, None, None) else found
