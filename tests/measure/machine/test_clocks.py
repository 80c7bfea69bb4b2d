"""Stopwatches, and the quiet around them."""

import gc

import pytest
import torch

from se_cost.measure.machine.clocks import cpu_stopwatch, quiet, stopwatch
from se_cost.measure.timing.settings import DEVICES


def test_stopwatch_reads_the_clock_around_all_iterations() -> None:
    """Two readings of the clock, whatever the number of iterations."""
    ticks = iter([10.0, 13.5])
    runs: list[int] = []
    watch = cpu_stopwatch({"a": lambda: runs.append(1)}, clock=lambda: next(ticks))
    assert watch("a", 4) == 3.5
    assert len(runs) == 4


def test_quiet_restores_everything() -> None:
    """Threads, garbage collector and cuDNN's way to plan are as they were, after an error too."""
    threads = torch.get_num_threads()
    with quiet(threads + 1, benchmark=True):
        assert torch.backends.cudnn.benchmark
        assert torch.get_num_threads() == threads + 1
    assert not torch.backends.cudnn.benchmark
    with quiet(threads + 1):
        assert torch.get_num_threads() == threads + 1
        assert not gc.isenabled()
    with pytest.raises(ZeroDivisionError), quiet(threads + 1):
        raise ZeroDivisionError
    assert torch.get_num_threads() == threads
    assert gc.isenabled()


class FakeEvent:
    """An event whose clock counts the steps that were taken before it."""

    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.taken = 0

    def record(self, stream: object) -> None:
        """Note how many steps there were."""
        self.taken = self.log.count("step")

    def synchronize(self) -> None:
        """Note it."""
        self.log.append("synchronise")

    def elapsed_time(self, end: "FakeEvent") -> float:
        """Return 2.5 ms a step."""
        return 2.5 * (end.taken - self.taken)


@pytest.mark.parametrize("kind", DEVICES)
def test_an_accelerator_stamps_the_time(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Milliseconds between two events become seconds, with one synchronisation at the end."""
    log: list[str] = []
    monkeypatch.setattr(torch, "Event", lambda device, *, enable_timing: FakeEvent(log))
    monkeypatch.setattr(torch.accelerator, "current_stream", lambda device: None)
    watch = stopwatch(
        {"a": lambda: log.append("step")}, torch.device(kind), lambda: log.append("meanwhile")
    )
    assert watch("a", 4) == pytest.approx(0.01)
    assert log == ["step"] * 4 + ["meanwhile", "synchronise"]
