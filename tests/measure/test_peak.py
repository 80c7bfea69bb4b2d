"""Peak memory: of real processes in relation to each other, of a GPU that is made up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from se_cost.errors import CannotMeasure
from se_cost.measure import peak as module
from se_cost.measure.peak import peak, resident
from se_cost.measure.peaks import Peak
from se_cost.measure.settings import Settings
from se_cost.nets.registry import recipe

NET = recipe("se_resnet18", input=32)
CODE = """
import sys
from se_cost.measure.peak import peak
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.registry import recipe
settings = Settings(device="cpu", mode=Mode.TRAIN, batch=2, threads=1)
found = peak(recipe("resnet18", input=int(sys.argv[1])), settings)
print(found.allocated, found.reserved)
"""


def fresh(size: int) -> int:
    """Return the peak of a network at an input of `size`, from a process of its own."""
    command = [sys.executable, "-c", CODE, str(size)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    allocated, reserved = result.stdout.split()
    assert reserved == "None"
    return int(allocated)


def test_larger_input_takes_more() -> None:
    """The same network holds more for a larger input, and at the least its own weights."""
    small, large = fresh(64), fresh(256)
    assert 4 * 11_689_512 < small < large  # parameters of ResNet-18, float32


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
        with pytest.raises(CannotMeasure, match="no peak memory: this system does not say"):
            resident(tmp_path / "status")


def test_on_a_made_up_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peak is reset before anything is built, and read after three iterations."""
    calls: list[str] = []
    device = torch.device("cuda", 1)

    def fake_steps(*_: object) -> dict[str, object]:
        calls.append("build")
        return {"arm": lambda: calls.append("step")}

    def says(name: str, value: int | None = None) -> None:
        def call(of: torch.device = device) -> int | None:
            assert of == device
            calls.append(name)
            return value

        monkeypatch.setattr(torch.cuda, name, call)

    monkeypatch.setattr(module, "resolve", lambda _: device)
    monkeypatch.setattr(module, "steps", fake_steps)
    says("init")
    says("reset_peak_memory_stats")
    says("max_memory_allocated", 100)
    says("max_memory_reserved", 120)
    assert peak(NET, Settings()) == Peak(allocated=100, reserved=120)
    assert calls[:3] == ["init", "reset_peak_memory_stats", "build"]
    assert calls[3:] == ["step"] * 3 + ["max_memory_allocated", "max_memory_reserved"]


def test_out_of_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """An allocation that fails is not a traceback."""

    def fails(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(module, "steps", fails)
    with pytest.raises(CannotMeasure, match="out of memory"):
        peak(NET, Settings(device="cpu"))


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device")
def test_on_a_gpu() -> None:
    """What tensors hold is part of what the allocator holds, and a larger batch holds more."""
    small, large = (peak(NET, Settings(device="cuda", batch=batch)) for batch in (1, 256))
    assert small.allocated < large.allocated
    assert large.reserved is not None
    assert large.allocated <= large.reserved
