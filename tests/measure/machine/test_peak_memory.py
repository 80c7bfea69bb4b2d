"""Peak memory: of real processes in relation to each other, of a GPU that is made up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from se_cost.errors import MeasurementError
from se_cost.measure.machine import peak_memory as module
from se_cost.measure.machine.peak_memory import peak_memory, resident
from se_cost.measure.steps.allocator import PEAK, RESERVED
from se_cost.measure.timing.result import PeakMemory
from se_cost.measure.timing.settings import Settings
from se_cost.nets.zoo.model import model

NET = model("se_resnet18", input=32)
CODE = """
from se_cost.measure.machine.peak_memory import peak_memory
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.zoo.model import model
settings = Settings(device="cpu", mode=Mode.TRAIN, batch=2, threads=1)
for size in (64, 256):
    found = peak_memory(model("resnet18", input=size), settings)
    print(found.allocated, found.reserved)
"""


def test_larger_input_takes_more() -> None:
    """The same network holds more for a larger input, and at the least its own weights."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    small, large = (line.split() for line in done.stdout.splitlines())
    assert 4 * 11_689_512 < int(small[0]) < int(large[0])  # parameters of ResNet-18, float32
    assert small[1] == large[1] == "None"


def test_resident_set_is_read_in_bytes(tmp_path: Path) -> None:
    """The high-water mark is taken, in KiB, not what is resident now."""
    status = tmp_path / "status"
    status.write_text("VmPeak:\t  900 kB\nVmHWM:\t   500 kB\nVmRSS:\t   400 kB\n")
    assert resident(status) == 500 * 1024


@pytest.mark.parametrize(("platform", "unit"), [("linux", 1024), ("darwin", 1)])
def test_resident_set_without_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, unit: int
) -> None:
    """Elsewhere it is what getrusage says, in KiB, on macOS in bytes."""
    from resource import RUSAGE_SELF, getrusage

    monkeypatch.setattr(sys, "platform", platform)
    assert resident(tmp_path / "status") == unit * getrusage(RUSAGE_SELF).ru_maxrss


def test_unknown_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A system that has neither gives no number."""
    (tmp_path / "status").write_text("Name:\tpython\n")
    with monkeypatch.context() as patched:
        patched.setattr(os, "name", "nt")
        with pytest.raises(MeasurementError, match="no peak memory: this system does not report"):
            resident(tmp_path / "status")


@pytest.mark.parametrize(("graphs", "counted"), [(False, 3), (True, 4)], ids=["eager", "graph"])
def test_on_a_made_up_gpu(monkeypatch: pytest.MonkeyPatch, graphs: bool, counted: int) -> None:
    """The first iteration tunes or compiles, and does not count; a graph has its memory by then."""
    calls: list[str] = []
    device = torch.device("cuda", 1)
    monkeypatch.setattr(module, "device_for", lambda _: device)
    monkeypatch.setattr(module, "steps", lambda *_: {"arm": lambda: calls.append("step")})

    def forget(of: torch.device) -> None:
        assert of == device
        calls.append("forget")

    def counts(of: torch.device) -> dict[str, int]:
        assert of == device
        return {PEAK: 100, RESERVED: 120}

    monkeypatch.setattr(module, "forget_peak", forget)
    monkeypatch.setattr(module, "counts", counts)
    found = peak_memory(NET, Settings(cuda_graphs=graphs))
    assert found == PeakMemory(allocated=100, reserved=120)
    assert len(calls[calls.index("forget") + 1 if "forget" in calls else 0 :]) == counted


def test_an_accelerator_that_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no peak, and no zero in its place."""

    def fails(*_: object) -> None:
        raise RuntimeError("Allocator for mps is not a DeviceAllocator.")

    for name in ("memory_stats", "reset_peak_memory_stats", "empty_cache"):
        monkeypatch.setattr(torch.accelerator, name, fails)
    monkeypatch.setattr(module, "device_for", lambda _: torch.device("mps"))
    monkeypatch.setattr(module, "steps", lambda *_: {"arm": lambda: None})
    with pytest.raises(MeasurementError, match="no peak memory: torch does not report what mps"):
        peak_memory(NET, Settings())


def test_out_of_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """An allocation that fails is not a traceback."""

    def fails(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(module, "steps", fails)
    with pytest.raises(MeasurementError, match="out of memory"):
        peak_memory(NET, Settings(device="cpu"))


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device")
def test_on_a_gpu() -> None:
    """What tensors hold is part of what the allocator holds, and a larger batch holds more."""
    small, large = (peak_memory(NET, Settings(device="cuda", batch=batch)) for batch in (1, 256))
    assert small.allocated < large.allocated
    assert large.reserved is not None
    assert large.allocated <= large.reserved
