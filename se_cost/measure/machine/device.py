"""The device that was asked for, or an error that says what torch sees."""

import torch

from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.timing.arms import BENCHMARK_NEEDS_CUDA, GRAPHS_NEED_CUDA
from se_cost.measure.timing.settings import DEVICES, DType, Settings


def resolve(name: str) -> torch.device:
    """Return the device; `auto` is the accelerator that torch finds, else the CPU.

    Raises MeasurementError if it is not there, or if it is an accelerator without a clock.
    """
    found = torch.accelerator.current_accelerator(check_available=True)
    if name == "auto":
        return torch.device("cpu") if found is None else _with_clock(found)
    device = torch.device(name)
    if device.type == "cpu":
        return device
    if found is None or found.type != device.type:
        raise MeasurementError(f"no device {name}: torch {torch.__version__} {_seen(device.type)}")
    count = torch.accelerator.device_count()
    if (device.index or 0) >= count:
        raise MeasurementError(f"no device {name}: torch sees {count} of {device.type}")
    return device


def device_for(settings: Settings) -> torch.device:
    """Return the device that the settings ask for; raise what `resolve` and `expect_runs` do."""
    device = resolve(settings.device)
    expect_runs(device, settings)
    return device


def expect_runs(device: torch.device, settings: Settings) -> None:
    """Raise UsageError for what needs CUDA, MeasurementError for a type that the GPU lacks.

    On ROCm too the device is called cuda.
    """
    if device.type != "cuda":
        needs = {
            GRAPHS_NEED_CUDA: bool(settings.cuda_graphs),
            BENCHMARK_NEEDS_CUDA: settings.cudnn_benchmark,
        }
        for need, missing in needs.items():
            if missing:
                raise UsageError(need)
    elif settings.dtype is DType.BFLOAT16:
        with torch.cuda.device(device):  # the question is about the current one
            if not torch.cuda.is_bf16_supported(including_emulation=False):
                name = torch.cuda.get_device_name(device)
                raise MeasurementError(f"{name} has no bfloat16: take --dtype float16")


def _with_clock(found: torch.device) -> torch.device:
    """Return an accelerator whose events tell the time; the CPU would not be what was meant."""
    if found.type not in DEVICES:
        raise MeasurementError(
            f"torch finds {found.type}, which se-cost cannot time: give --device cpu"
        )
    return found


def _seen(kind: str) -> str:
    """Return what torch says of a kind of accelerator that is not there."""
    built = {
        "cuda": torch.version.cuda or torch.version.hip,
        "xpu": getattr(torch.version, "xpu", None),
        "mps": torch.backends.mps.is_built(),
    }[kind]
    name = "ROCm" if kind == "cuda" and torch.version.hip else kind.upper()
    if not built:
        return f"is built without {name}"
    version = f" {built}" if isinstance(built, str) else ""
    return f"is built for {name}{version} and sees no such device"
