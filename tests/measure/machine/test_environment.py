"""The fingerprint of a measurement."""

from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
import torch

from se_cost.measure.machine.environment import cpu_name, environment
from se_cost.measure.machine.load import affinity
from se_cost.measure.timing.settings import DType, MemoryFormat, Settings

CPU = torch.device("cpu")


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


def test_a_gpu_has_multiprocessors(monkeypatch: pytest.MonkeyPatch) -> None:
    """And versions of what drives it; whether convolutions may run in TF32 is told."""
    properties = SimpleNamespace(name="GPU 9000", multi_processor_count=132)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: properties)
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.backends.cudnn, "version", lambda: 91000)
    found = environment(torch.device("cuda"), Settings())
    assert (found.device, found.device_name, found.sms) == ("cuda", "GPU 9000", 132)
    assert (found.cuda, found.cudnn) == ("13.0", 91000)
    assert found.cudnn_tf32 == int(torch.backends.cudnn.allow_tf32)
    assert found.cudnn_benchmark == int(torch.backends.cudnn.benchmark)
    assert found.cores is msgspec.UNSET


def test_processor_name(tmp_path: Path) -> None:
    """The name is read where the system gives it, and never empty."""
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Fast CPU @ 9 GHz\n")
    assert cpu_name(tmp_path / "cpuinfo") == "Fast CPU @ 9 GHz"
    assert cpu_name(tmp_path / "missing")
