"""A GPU that slows itself down, with made-up readings and a made-up NVML."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from se_cost.errors import MeasurementError
from se_cost.measure.machine.nvml import open_nvml
from se_cost.measure.machine.throttle import Reading, ThrottleWatch, slowed, watcher
from se_cost.measure.timing.protocol import Instruments, measure
from se_cost.measure.timing.samples import Throttling
from se_cost.measure.timing.settings import QuickPlan

GPU = torch.device("cuda", 1)
UUID = "01234567-89ab-cdef-0123-456789abcdef"
CALM = Reading(1980, 60, 0)
HOT = Reading(1200, 90, 0x40)
CAPPED = Reading(1700, 70, 0x04)


class FakeNvml:
    """A driver with one GPU, which it knows by UUID only; the constants are the real ones."""

    NVML_CLOCK_SM = 1
    NVML_TEMPERATURE_GPU = 0

    class NVMLError(Exception):
        """What pynvml raises for whatever the driver does not do."""

    def __init__(self, missing: str = "") -> None:
        self.missing = missing  # the call that the driver refuses

    def nvmlInit(self) -> None:  # noqa: N802
        """Open the library."""
        self.expect("nvmlInit")

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> str:  # noqa: N802
        """Return a handle."""
        self.expect("nvmlDeviceGetHandleByUUID")
        return f"handle of {uuid}"

    def nvmlDeviceGetClockInfo(self, gpu: str, clock: int) -> int:  # noqa: N802
        """Return the clock of the multiprocessors, 1, in MHz."""
        self.expect("nvmlDeviceGetClockInfo")
        return {(f"handle of GPU-{UUID}", 1): 1980}[gpu, clock]

    def nvmlDeviceGetTemperature(self, gpu: str, sensor: int) -> int:  # noqa: N802
        """Return degrees Celsius of the only sensor, 0."""
        self.expect("nvmlDeviceGetTemperature")
        return {(f"handle of GPU-{UUID}", 0): 60}[gpu, sensor]

    def nvmlDeviceGetCurrentClocksEventReasons(self, gpu: str) -> int:  # noqa: N802
        """Return why the clock is not higher."""
        self.expect("nvmlDeviceGetCurrentClocksEventReasons")
        return 0x44

    def expect(self, name: str) -> None:
        """Raise if this driver refuses the call."""
        if name == self.missing:
            raise self.NVMLError("Not Supported")


@pytest.fixture
def nvml(monkeypatch: pytest.MonkeyPatch) -> FakeNvml:
    """Put a made-up NVML in the place of the real one, and a GPU with a UUID into torch."""
    fake = FakeNvml()
    monkeypatch.setitem(sys.modules, "pynvml", fake)

    def properties(device: torch.device) -> Any:
        assert device == GPU
        return SimpleNamespace(uuid=UUID)

    monkeypatch.setattr(torch.cuda, "get_device_properties", properties)
    return fake


@pytest.mark.parametrize(
    ("reasons", "dropped"),
    [
        (0x000, False),
        (0x001, False),  # idle
        (0x002, False),  # clocks set by the user
        (0x004, False),  # software power cap
        (0x008, True),  # hardware slow-down
        (0x010, False),  # sync boost
        (0x020, True),  # software thermal slow-down
        (0x040, True),  # hardware thermal slow-down
        (0x080, True),  # power brake
        (0x100, False),  # display clock
        (0x144, True),
    ],
)
def test_reasons_to_drop_a_quad(reasons: int, dropped: bool) -> None:
    """Hardware, heat and the power brake are; the power cap, idling and settings are not."""
    assert slowed(reasons) is dropped


def watch(*readings: Reading | None) -> ThrottleWatch:
    """Return a watch of a GPU with given readings."""
    rest = iter(readings)
    return ThrottleWatch(lambda: next(rest))


def test_disturbed_since_it_was_last_asked() -> None:
    """One hot timing disturbs the quad it lies in, not the next one; a power cap disturbs none."""
    watched = watch(CALM, HOT, CALM, CAPPED, CALM, HOT)
    said = []
    for _ in range(3):
        watched()
        watched()
        said.append(watched.disturbed())
    assert said == [True, False, True]
    assert not watched.disturbed()


def test_summary_is_of_quads() -> None:
    """The warm-up, which ends with the first question, is not in the summary."""
    watched = watch(Reading(210, 95, 0x40), CALM, HOT, CAPPED)
    watched()
    assert watched.throttling() is None
    watched.disturbed()
    assert watched.throttling() is None
    for _ in range(3):
        watched()
    assert watched.throttling() == Throttling(
        readings=3, slowed=1, power_capped=1, clock_low=1200, clock_high=1980, celsius_high=90
    )


def test_what_a_gpu_does_not_tell() -> None:
    """It is left out of the summary; without the reasons nobody knows whether it was slowed."""
    watched = watch(CALM, Reading(None, 55, None))
    watched.disturbed()
    watched()
    watched()
    assert not watched.disturbed()
    assert watched.throttling() == Throttling(2, 0, 0, 1980, 1980, 60, told=False)


def test_a_gpu_that_falls_silent() -> None:
    """It is not asked again, what it told before is kept, and that it fell silent is told."""
    watched = watch(CALM, None)
    watched.disturbed()
    for _ in range(3):  # a third reading would raise StopIteration
        watched()
    assert watched.throttling() == Throttling(1, 0, 0, 1980, 1980, 60, told=False)


def test_a_quad_in_heat_is_dropped_and_taken_again() -> None:
    """The protocol drops a quad with a hot timing, counts it, and still takes all it was asked."""
    timings = 0

    def read() -> Reading:
        nonlocal timings
        timings += 1
        return HOT if timings < 22 else CALM  # in the warm-up, and in the first quads

    watched = ThrottleWatch(read)

    def stopwatch(arm: str, iterations: int) -> float:
        watched()
        return iterations / 1000

    instruments = Instruments(stopwatch, disturbed=watched.disturbed)
    samples = measure(instruments, ("a", "b"), QuickPlan(quads=5, max_time=600))
    assert len(samples.quads) == 5
    found = watched.throttling()
    assert found is not None
    assert found.readings == 7 * (
        5 + samples.dropped
    )  # four timings, settled where the arm changes
    assert samples.dropped == 1
    assert found.slowed == 5


def test_reads_the_gpu_that_torch_uses(nvml: FakeNvml) -> None:
    """A device of torch is found by its UUID, and clock, temperature and reasons are read."""
    read = watcher(GPU)
    assert read is not None
    assert read() == Reading(clock_mhz=1980, celsius=60, reasons=0x44)


@pytest.mark.parametrize("missing", ["nvmlInit", "nvmlDeviceGetHandleByUUID"])
def test_a_driver_that_refuses(nvml: FakeNvml, missing: str) -> None:
    """Without driver or handle the GPU is not watched, and nothing is raised."""
    nvml.missing = missing
    assert watcher(GPU) is None


@pytest.mark.parametrize(
    ("missing", "reading"),
    [
        ("nvmlDeviceGetClockInfo", Reading(None, 60, 0x44)),
        ("nvmlDeviceGetTemperature", Reading(1980, None, 0x44)),
        ("nvmlDeviceGetCurrentClocksEventReasons", Reading(1980, 60, None)),
    ],
)
def test_a_card_that_lacks_a_reading(
    monkeypatch: pytest.MonkeyPatch, nvml: FakeNvml, missing: str, reading: Reading
) -> None:
    """It loses that reading alone, whether the driver refuses it or the module is too old."""
    nvml.missing = missing
    read = watcher(GPU)
    assert read is not None
    assert read() == reading
    nvml.missing = ""
    monkeypatch.delattr(FakeNvml, missing)
    assert read() == reading


def test_not_watched(monkeypatch: pytest.MonkeyPatch, nvml: FakeNvml) -> None:
    """A CPU and a GPU of AMD have no NVML; without the module there is a remedy."""
    assert watcher(torch.device("cpu")) is None
    with monkeypatch.context() as patched:
        patched.setattr(torch.version, "hip", "7.0")
        assert watcher(GPU) is None
    monkeypatch.setitem(sys.modules, "pynvml", None)  # an import of it now fails
    assert watcher(GPU) is None
    with pytest.raises(MeasurementError, match=r"pip install 'se-cost\[cuda\]'"):
        open_nvml(GPU)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device")
def test_on_a_gpu() -> None:
    """A real GPU says a clock and a temperature where NVML is installed."""
    pytest.importorskip("pynvml")
    read = watcher(torch.device("cuda"))
    assert read is not None
    found = read()
    assert found is not None
    assert found.clock_mhz
    assert found.celsius
