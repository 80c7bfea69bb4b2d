"""Bandwidth and latency by stopwatches of known times, and for real without a word on speed."""

import pytest
import torch

from se_cost.measure.machine import COPY, LAUNCH, LAUNCHES, TIMINGS, bandwidth, launch, machine


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
    rounds = [[slow] * TIMINGS, [lucky, *[usual] * (TIMINGS - 1)], *[[slow] * TIMINGS] * 3]
    calls = iter([lucky / 10, *(seconds for one in rounds for seconds in one)])
    assert launch(lambda what, iterations: next(calls)) == pytest.approx(usual / LAUNCHES)
    assert next(calls, None) is None


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
