"""The device that was asked for."""

import pytest
import torch

from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.machine.device import device_for, resolve
from se_cost.measure.timing.settings import DEVICES, DType, Settings


def have(monkeypatch: pytest.MonkeyPatch, kind: str | None, count: int = 1) -> None:
    """Let torch find so many accelerators of a kind, or none."""
    found = None if kind is None else torch.device(kind)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available: found)
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: count)


@pytest.mark.skipif(torch.accelerator.is_available(), reason="an accelerator is here")
def test_no_such_device() -> None:
    """A device that is not there is named, with what torch sees."""
    with pytest.raises(MeasurementError, match=r"no device cuda: torch .* CUDA"):
        resolve("cuda")
    assert resolve("auto") == torch.device("cpu")


@pytest.mark.parametrize("kind", DEVICES)
def test_auto_takes_the_accelerator(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Whichever torch has, also that of a Mac; the CPU is taken where it is asked for."""
    have(monkeypatch, kind)
    assert resolve("auto") == resolve(kind) == torch.device(kind)
    assert resolve("cpu") == torch.device("cpu")
    with pytest.raises(MeasurementError, match=f"no device {kind}:3: torch sees 1 of {kind}"):
        resolve(f"{kind}:3")


def test_auto_takes_nothing_that_it_cannot_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does it fall back to the CPU, which is not what was meant."""
    have(monkeypatch, "hpu")
    with pytest.raises(MeasurementError, match=r"finds hpu, .* cannot time: give --device cpu$"):
        resolve("auto")


@pytest.mark.parametrize(
    ("kind", "built", "said"),
    [
        ("cuda", {"cuda": None, "hip": None}, r"is built without CUDA"),
        ("cuda", {"cuda": "13.0", "hip": None}, r"is built for CUDA 13\.0 and sees no such device"),
        ("cuda", {"cuda": None, "hip": "7.0"}, r"is built for ROCm 7\.0 and sees no such device"),
        ("xpu", {"xpu": "20250101"}, r"is built for XPU 20250101 and sees no such device"),
        ("mps", {}, r"is built (without|for) MPS"),
    ],
)
def test_what_torch_is_built_for(
    monkeypatch: pytest.MonkeyPatch, kind: str, built: dict[str, str | None], said: str
) -> None:
    """An accelerator that is not there is named with what torch is built for."""
    have(monkeypatch, None)
    for name, version in built.items():
        monkeypatch.setattr(torch.version, name, version, raising=False)
    with pytest.raises(MeasurementError, match=rf"^no device {kind}: torch \S+ {said}"):
        resolve(kind)


@pytest.mark.parametrize("kind", ["cpu", "xpu", "mps"])
def test_what_needs_cuda(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Graphs and cuDNN are NVIDIA's; `auto` may have found another accelerator."""
    have(monkeypatch, None if kind == "cpu" else kind)
    for settings in (Settings(cuda_graphs=True), Settings(cudnn_benchmark=True)):
        with pytest.raises(UsageError, match=r"^--cud\S+ needs --device cuda$"):
            device_for(settings)
    assert device_for(Settings()) == torch.device(kind)


def test_a_type_that_the_gpu_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bfloat16 before Ampere is refused in one line, before cuDNN finds no kernel."""
    have(monkeypatch, "cuda")

    class Device:
        def __init__(self, device: torch.device) -> None: ...
        def __enter__(self) -> None: ...
        def __exit__(self, *error: object) -> None: ...

    monkeypatch.setattr(torch.cuda, "device", Device)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Tesla T4")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: False)
    assert device_for(Settings(dtype=DType.FLOAT16)) == torch.device("cuda")
    with pytest.raises(MeasurementError, match=r"^Tesla T4 has no bfloat16: take --dtype float16$"):
        device_for(Settings(dtype=DType.BFLOAT16))
