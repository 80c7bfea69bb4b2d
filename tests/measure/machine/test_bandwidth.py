"""Bandwidth and latency by stopwatches of known times, and for real without a word on speed."""

from collections import Counter

import pytest
import torch

from se_cost.measure.machine import bandwidth as module
from se_cost.measure.machine.bandwidth import COPY, LAUNCH, bandwidth, launch, machine
from se_cost.measure.timing.protocol import Stopwatch


def test_a_copy_reads_and_writes() -> None:
    """A thousand bytes in a millisecond are two million bytes a second, however many in a row."""
    for copies in (1, 10):
        found = bandwidth(lambda what, n: n * {COPY: 1e-3}[what], 1000, copies)
        assert found == pytest.approx(2e6)


def test_latency_is_of_one_of_many_in_a_row() -> None:
    """The time of all is divided by their number."""
    assert launch(lambda what, iterations: {LAUNCH: 2e-6 * iterations}[what]) == pytest.approx(2e-6)


def test_the_quickest_round_counts_by_its_median() -> None:
    """Neither a slow round, nor one lucky timing, nor the first call decides."""
    lucky, usual, slow = 0.5, 1.0, 3.0
    rounds = [[slow] * 5, [lucky, usual, usual, usual, usual], *[[slow] * 5] * 3]
    calls = iter([lucky / 10, *(seconds for one in rounds for seconds in one)])
    assert launch(lambda what, iterations: next(calls)) == pytest.approx(usual / 1000)
    assert next(calls, None) is None


def test_a_gpu_is_kept_busy_and_copies_in_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three seconds of copies ramp its clocks up; ten copies hide the cost of issuing them."""
    calls: Counter[tuple[str, int]] = Counter()

    def watch(what: str, iterations: int) -> float:
        calls[what, iterations] += 1
        return iterations * {COPY: 0.0125, LAUNCH: 2e-6}[what]

    def stopwatch(*given: object) -> Stopwatch:
        return watch

    for name in ("_copy", "_launch"):
        monkeypatch.setattr(module, name, lambda *given: None)
    monkeypatch.setattr(module, "stopwatch", stopwatch)
    found = machine(torch.device("cuda"), copied=1000)
    assert found.bandwidth == pytest.approx(2000 / 0.0125)
    assert found.launch == pytest.approx(2e-6)
    assert calls == {(COPY, 10): 3 / 0.125 + 26, (LAUNCH, 1000): 26}


def test_this_machine_has_both() -> None:
    """A real copy and a real operator take some time."""
    found = machine(torch.device("cpu"), copied=1000)
    assert found.bandwidth > 0
    assert found.launch > 0


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device")
def test_a_gpu_has_both() -> None:
    """Its events stamp a copy within its memory, which beats one operator a second."""
    found = machine(torch.device("cuda"))
    assert found.bandwidth > 0
    assert 0 < found.launch < 1
