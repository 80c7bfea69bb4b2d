"""Other processes on the GPU, by a made-up NVML."""

import os
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from se_cost.errors import MeasurementError
from se_cost.measure.machine import sharing as module
from se_cost.measure.machine.sharing import watch_sharing

GPU, OWN = torch.device("cuda"), os.getpid()


class Nvml(SimpleNamespace):
    """The part of pynvml that is used here."""

    class NVMLError(Exception):
        """What it raises."""


def computing(
    monkeypatch: pytest.MonkeyPatch, samples: list[tuple[int, int]], asked: list[int]
) -> None:
    """Let the driver tell (process, use of the multiprocessors) since a moment."""

    def utilisation(gpu: str, since: int) -> list[Any]:
        asked.append(since)
        if not samples:
            raise Nvml.NVMLError("Not Found")
        return [SimpleNamespace(pid=pid, smUtil=busy) for pid, busy in samples]

    nvml = Nvml(nvmlDeviceGetProcessUtilization=utilisation)
    monkeypatch.setattr(module, "open_nvml", lambda device: (nvml, "handle"))


@pytest.mark.parametrize(
    ("samples", "others"),
    [
        ([], None),
        ([(OWN, 90), (OWN, 0)], 0),
        ([(OWN, 0), (1, 50), (1, 60), (2, 10)], 2),  # waiting for its CPU, this one seems idle
        ([(OWN, 90), (1, 0)], 0),  # one that only holds memory does not disturb
        ([(7, 90)], 0),  # this process, by its number outside of a container
        ([(7, 90), (8, 5)], 1),
        ([(7, 0)], 0),
    ],
)
def test_who_computed(
    monkeypatch: pytest.MonkeyPatch, samples: list[tuple[int, int]], others: int | None
) -> None:
    """Others than this process, since it began, in the microseconds of the driver."""
    asked: list[int] = []
    computing(monkeypatch, samples, asked)
    assert watch_sharing(GPU, now=lambda: 12.5)() == others
    assert asked == [12_500_000]


def test_without_nvml(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows."""

    def refuses(device: torch.device) -> None:
        raise MeasurementError("no NVML")

    monkeypatch.setattr(module, "open_nvml", refuses)
    assert watch_sharing(GPU)() is None
