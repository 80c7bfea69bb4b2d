"""Whether a GPU slowed itself down while it was timed, by NVML, which is optional.

NVML is the library of the driver; the package nvidia-ml-py (module pynvml) calls it. The bits are
those of the NVML API reference, group NvmlClocksEventReasons. Nothing is set, only read; and torch
is imported only where a device of it is looked up.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from se_cost.errors import CannotMeasure
from se_cost.measure.protocol import Stopwatch

if TYPE_CHECKING:
    import torch

POWER_CAP = 0x04  # by software; the normal state of a busy GPU
HW_SLOWDOWN = 0x08
SW_THERMAL = 0x20
HW_THERMAL = 0x40
POWER_BRAKE = 0x80
SLOWED = HW_SLOWDOWN | SW_THERMAL | HW_THERMAL | POWER_BRAKE


@dataclass(frozen=True, slots=True)
class Reading:
    """The state of a GPU at the edge of a timing."""

    clock_mhz: int  # of its multiprocessors
    celsius: int
    reasons: int  # why the clock is not higher, one bit each


Read = Callable[[], Reading]


@dataclass(frozen=True, slots=True)
class Throttling:
    """What the readings at all edges of the quads say together."""

    readings: int
    slowed: int  # readings with a bit for which a quad is dropped
    power_capped: int  # readings at the power limit, for which none is dropped
    clock_low: int  # MHz
    clock_high: int
    celsius_high: int


@dataclass(slots=True)
class ThrottleWatch:
    """A stopwatch that also reads the GPU after every call: the end of one starts the next."""

    stopwatch: Stopwatch
    read: Read
    groups: list[list[Reading]] = field(default_factory=lambda: [[]])  # warm-up, then each quad

    def __call__(self, arm: str, iterations: int) -> float:
        """Return the seconds that the stopwatch says."""
        seconds = self.stopwatch(arm, iterations)
        self.groups[-1].append(self.read())
        return seconds

    def disturbed(self) -> bool:
        """Return whether the GPU was slowed down since this was last asked.

        It is to be asked once after the warm-up, then after every quad.
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
    """Return whether hardware, heat or the power brake holds the clock down: drop the quad."""
    return bool(reasons & SLOWED)


def watcher(device: "torch.device") -> Read | None:
    """Return what reads the state of a GPU, or None if it cannot be watched."""
    try:
        nvml, gpu = open_nvml(device)
    except CannotMeasure:
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


def open_nvml(device: "torch.device") -> tuple[Any, Any]:
    """Return the module pynvml and its handle of a device, which live as long as the process.

    The handle is found by UUID: CUDA_VISIBLE_DEVICES renumbers the devices of torch, but not those
    of NVML. Raises CannotMeasure with the remedy if there is no GPU, package, driver or handle.
    """
    if device.type != "cuda":
        raise CannotMeasure(f"NVML knows GPUs, not {device}: take --device cuda")
    try:
        nvml: Any = import_module("pynvml")
    except ImportError:
        raise CannotMeasure("NVML is not there: pip install 'se-cost[cuda]'") from None
    import torch

    uuid = torch.cuda.get_device_properties(device).uuid
    try:
        nvml.nvmlInit()
        return nvml, nvml.nvmlDeviceGetHandleByUUID(f"GPU-{uuid}")
    except nvml.NVMLError as error:
        raise CannotMeasure(f"NVML does not answer for {device}: {error}") from None
