"""How ranks agree, with ranks that are made up."""

import atexit

import pytest
import torch
from torch import distributed

from se_cost.errors import MeasurementError
from se_cost.measure.machine.device import resolve
from se_cost.measure.ranks.gather import join, own_device, single_rank, synchronised
from se_cost.measure.ranks.torchrun import Rank


def test_ranks_start_together() -> None:
    """Nobody starts before all have said that they are ready; then each hears the times of all."""
    told: list[str] = []

    def gather(value: float) -> list[float]:
        told.append(f"gather {value:g}")
        return [value, 7.0]

    def watch(arm: str, iterations: int) -> float:
        told.append(f"{arm} {iterations}")
        return 5.0

    assert synchronised(watch, gather)("a", 3) == [5.0, 7.0]
    assert told == ["gather 0", "a 3", "gather 5"]
    assert synchronised(watch, single_rank)("a", 3) == [5.0]


def test_every_rank_has_its_own_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """The device is the number on the host, not among all ranks, and one too many is refused."""
    gpu = torch.device("cuda")
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available: gpu)
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 2)
    assert own_device("auto", Rank(3, 4, local=1)) == torch.device("cuda:1")
    assert own_device("cpu", Rank(3, 4, local=1)) == resolve("cpu")
    with pytest.raises(MeasurementError, match="no device cuda:2: torch sees 2"):
        own_device("cuda", Rank(2, 3, local=2))


@pytest.mark.parametrize(
    ("kind", "backend"),
    [("cpu", "gloo"), ("cuda", "cpu:gloo,cuda:nccl"), ("xpu", "cpu:gloo,xpu:xccl")],
)
def test_ranks_join_by_what_their_device_has(
    monkeypatch: pytest.MonkeyPatch, kind: str, backend: str
) -> None:
    """Tensors of a CPU go over gloo, those of an accelerator over its own library."""
    asked: list[object] = []

    def begin(backend: str, timeout: object) -> None:
        asked.append(backend)

    monkeypatch.setattr(distributed, "init_process_group", begin)
    monkeypatch.setattr(atexit, "register", lambda what: None)
    monkeypatch.setattr(torch.accelerator, "set_device_index", asked.append)
    device = torch.device(kind)
    join(device)
    assert asked == [*[device] * (kind != "cpu"), backend]
