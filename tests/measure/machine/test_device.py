"""The device that was asked for."""

import pytest
import torch

from se_cost.errors import MeasurementError
from se_cost.measure.machine.device import resolve


@pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is here")
def test_no_such_device() -> None:
    """A device that is not there is named, with what torch sees."""
    with pytest.raises(MeasurementError, match=r"no device cuda: torch .* CUDA"):
        resolve("cuda")
    assert resolve("auto") == torch.device("cpu")


def test_cuda_without_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build for CUDA that sees no device says so, and so does a number that is too high."""
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(MeasurementError, match=r"is built for CUDA 13\.0 and sees no CUDA device"):
        resolve("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(MeasurementError, match="no device cuda:3: torch sees 1 CUDA devices"):
        resolve("cuda:3")
    assert resolve("auto") == torch.device("cuda")
