"""The fingerprint of a measurement."""

import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
import torch

from se_cost.measure.machine import accelerator
from se_cost.measure.machine.clocks import quiet
from se_cost.measure.machine.environment import cpu_name, environment
from se_cost.measure.machine.load import affinity
from se_cost.measure.machine.variables import VARIABLES, variables
from se_cost.measure.timing.settings import DType, MemoryFormat, Settings

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be set from outside."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_what_is_set_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another allocator, or another way to keep memory, is told, but not where it lies."""
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "4000000000")
    assert environment(CPU, Settings()).variables == {"MALLOC_TRIM_THRESHOLD_": "4000000000"}
    found = variables({"LD_PRELOAD": "/home/me/libjemalloc.so.2:/opt/own.so", "HOME": "/home/me"})
    assert found == {"LD_PRELOAD": "libjemalloc.so.2 own.so"}
    assert variables({"OMP_WAIT_POLICY": ""}) is msgspec.UNSET


def test_environment_names_no_person() -> None:
    """The fingerprint is versions and hardware: no path, no host."""
    import getpass
    import socket

    found = msgspec.to_builtins(environment(CPU, Settings()))
    assert list(found) == [
        *("se_cost", "torch", "python", "system", "device", "device_name", "cores"),
        *("threads", "dtype", "layout"),
    ]
    text = " ".join(map(str, found.values()))
    assert socket.gethostname() not in text
    assert str(Path.home()) not in text
    assert getpass.getuser() not in text.split()


def test_a_cpu_has_cores() -> None:
    """Those that the process may use, with torch's threads; type and layout are as asked."""
    settings = Settings(dtype=DType.BFLOAT16, layout=MemoryFormat.NHWC)
    found = environment(CPU, settings)
    assert (found.device, found.cores) == ("cpu", len(affinity()))
    assert found.threads == torch.get_num_threads()
    assert (found.dtype, found.layout) == (DType.BFLOAT16, MemoryFormat.NHWC)
    assert type(found.torch) is str  # torch's own class of it would be pickled with torch


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a GPU of NVIDIA, without NVML."""
    properties = SimpleNamespace(
        name="GPU 9000",
        multi_processor_count=132,
        major=9,
        minor=0,
        total_memory=80 * 2**30,
        L2_cache_size=50 * 2**20,
    )
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: properties)
    monkeypatch.setattr(torch.cuda, "device", nullcontext)
    monkeypatch.setattr(torch.cuda, "is_tf32_supported", lambda: True)
    monkeypatch.setattr(torch.cuda.nccl, "version", lambda: (2, 27, 5))
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.version, "hip", None)
    monkeypatch.setattr(torch.backends.cudnn, "version", lambda: 91000)
    monkeypatch.setitem(sys.modules, "pynvml", None)


@pytest.mark.usefixtures("gpu")
def test_what_torch_knows_of_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its hardware, and versions of what drives it; what it lacks is left out."""
    found = environment(torch.device("cuda"), Settings())
    assert (found.device, found.device_name, found.sms) == ("cuda", "GPU 9000", 132)
    assert (found.cuda, found.cudnn, found.hip) == ("13.0", 91000, msgspec.UNSET)
    assert (found.capability, found.memory, found.l2) == ("9.0", 80 * 2**30, 50 * 2**20)
    assert found.cudnn_benchmark == 0
    assert (found.conv_precision, found.matmul_precision) == ("tf32", "none")
    for name in ("cores", "nccl", "triton", "variables", "driver"):
        assert getattr(found, name) is msgspec.UNSET
    with quiet(None, benchmark=True):
        assert environment(torch.device("cuda"), Settings()).cudnn_benchmark == 1
    assert environment(torch.device("cuda"), Settings(nproc=2)).nccl == "2.27.5"
    monkeypatch.setattr(accelerator, "version", {"triton": "3.5.1"}.__getitem__)
    assert environment(torch.device("cuda"), Settings(compile=True)).triton == "3.5.1"


@pytest.mark.usefixtures("gpu")
def test_tf32_is_told_where_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The flag of torch is set everywhere: the GPU must have it, and NVIDIA's variable allow it."""

    def told() -> object:
        return environment(torch.device("cuda"), Settings()).cudnn_tf32

    assert told() == 1
    with monkeypatch.context() as patched:
        patched.setattr(torch.cuda, "is_tf32_supported", lambda: False)
        assert told() == 0
    with monkeypatch.context() as patched:
        patched.setattr(torch.backends.cudnn, "conv", SimpleNamespace(fp32_precision="ieee"))
        assert told() == 0
    monkeypatch.setenv("NVIDIA_TF32_OVERRIDE", "0")
    assert told() == 0
    assert environment(torch.device("cuda"), Settings()).variables == {"NVIDIA_TF32_OVERRIDE": "0"}


@pytest.mark.usefixtures("gpu")
def test_a_version_that_torch_will_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch raises instead of telling cuDNN's version where any GPU is too old for it."""

    def version() -> int:
        raise RuntimeError("cuDNN version 91100 is not compatible with devices with SM < 7.5")

    monkeypatch.setattr(torch.backends.cudnn, "version", version)
    assert environment(torch.device("cuda"), Settings()).cudnn is msgspec.UNSET


@pytest.mark.usefixtures("gpu")
def test_a_gpu_of_amd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its device is called cuda, too."""
    monkeypatch.setattr(torch.version, "cuda", None)
    monkeypatch.setattr(torch.version, "hip", "7.0")
    found = environment(torch.device("cuda"), Settings())
    assert (found.device, found.cuda, found.hip) == ("cuda", msgspec.UNSET, "7.0")


@pytest.mark.usefixtures("gpu")
def test_what_the_driver_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """In watts and MHz; what a card does not tell is left out."""

    class Error(Exception):
        pass

    def refuses(*_: object) -> int:
        raise Error

    nvml = SimpleNamespace(
        NVMLError=Error,
        NVML_CLOCK_SM=1,
        nvmlSystemGetDriverVersion=lambda: b"580.95",
        nvmlDeviceGetEnforcedPowerLimit=lambda gpu: 700_000,
        nvmlDeviceGetMaxClockInfo=refuses,
    )
    monkeypatch.setattr(accelerator, "open_nvml", lambda device: (nvml, "handle"))
    found = environment(torch.device("cuda"), Settings())
    assert (found.driver, found.power_limit) == ("580.95", 700)
    assert found.clock_limit is msgspec.UNSET


def test_other_accelerators(monkeypatch: pytest.MonkeyPatch) -> None:
    """They have a name; one of Intel also a driver and its memory."""
    monkeypatch.setattr(torch.backends.mps, "get_name", lambda: "Apple M9")
    found = environment(torch.device("mps"), Settings())
    assert (found.device, found.device_name, found.sms) == ("mps", "Apple M9", msgspec.UNSET)
    arc = SimpleNamespace(name="Arc", total_memory=2**34, driver_version="1.6")
    monkeypatch.setattr(torch.xpu, "get_device_properties", lambda _: arc)
    found = environment(torch.device("xpu"), Settings())
    assert (found.device_name, found.memory, found.driver) == ("Arc", 2**34, "1.6")


def test_processor_name(tmp_path: Path) -> None:
    """The name is read where the system gives it, and never empty."""
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Fast CPU @ 9 GHz\n")
    assert cpu_name(tmp_path / "cpuinfo") == "Fast CPU @ 9 GHz"
    assert cpu_name(tmp_path / "missing")
