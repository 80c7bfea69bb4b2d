"""Stopwatches, and the quiet around them."""

import gc

import pytest
import torch

from se_cost.measure.machine.clocks import cpu_stopwatch, quiet, stopwatch


def test_stopwatch_reads_the_clock_around_all_iterations() -> None:
    """Two readings of the clock, whatever the number of iterations."""
    ticks = iter([10.0, 13.5])
    runs: list[int] = []
    watch = cpu_stopwatch({"a": lambda: runs.append(1)}, clock=lambda: next(ticks))
    assert watch("a", 4) == 3.5
    assert len(runs) == 4


def test_quiet_restores_everything() -> None:
    """Threads and garbage collector are as they were, after an error too."""
    threads = torch.get_num_threads()
    with quiet(threads + 1):
        assert torch.get_num_threads() == threads + 1
        assert not gc.isenabled()
    with pytest.raises(ZeroDivisionError), quiet(threads + 1):
        raise ZeroDivisionError
    assert torch.get_num_threads() == threads
    assert gc.isenabled()


class FakeEvent:
    """An event of CUDA whose clock counts the steps that were taken before it."""

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


def test_a_gpu_stamps_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Milliseconds between two events become seconds, with one synchronisation at the end."""
    log: list[str] = []
    monkeypatch.setattr(torch.cuda, "Event", lambda *, enable_timing: FakeEvent(log))
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: None)
    gpu = torch.device("cuda")
    assert stopwatch({"a": lambda: log.append("step")}, gpu)("a", 4) == pytest.approx(0.01)
    assert log == ["step"] * 4 + ["synchronise"]
