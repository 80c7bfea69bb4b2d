"""One process as a rank of several, with ranks that are made up."""

from itertools import chain, repeat

import pytest
import torch

from se_cost.errors import CannotMeasure
from se_cost.measure import process
from se_cost.measure.process import alone, gathered, timed
from se_cost.measure.protocol import Plan
from se_cost.measure.result import BASELINE, NETWORK, TRIMMED
from se_cost.measure.settings import Settings

CPU = torch.device("cpu")
NOTHING = {BASELINE: lambda: None, NETWORK: lambda: None}


def test_the_network_comes_first_however_the_arms_are_built() -> None:
    """A process that is cut short has timed at least what was asked about."""
    arms = dict.fromkeys((TRIMMED, BASELINE, NETWORK), lambda: None)
    samples = timed(arms, Settings(), CPU, Plan(quads=1, shortest=1e-9)).samples
    assert [quad.arm for quad in samples.quads] == [NETWORK, TRIMMED]


def test_ranks_start_together() -> None:
    """Nobody starts before all have said that they are ready; then each hears the times of all."""
    told: list[str] = []

    def gather(value: float) -> list[float]:
        told.append(f"gather {value:g}")
        return [value, 7.0]

    def watch(arm: str, iterations: int) -> float:
        told.append(f"{arm} {iterations}")
        return 5.0

    assert gathered(watch, gather)("a", 3) == [5.0, 7.0]
    assert told == ["gather 0", "a 3", "gather 5"]
    assert gathered(watch, alone)("a", 3) == [5.0]


def test_the_slowest_rank_decides() -> None:
    """What a timing lasted is the largest number of all ranks, and so is what decides on it."""

    def gather(value: float) -> list[float]:
        """Be with a rank that needs 0.25 s for a timing, and is of one mind in all else."""
        return [value, 0.25 if 0 < value < 0.25 else value]

    samples = timed(NOTHING, Settings(), CPU, Plan(quads=1, shortest=1.0), gather=gather).samples
    (quad,) = samples.quads
    assert samples.iterations == 16  # 4 of 0.25 s, when warm 0.25 s for all 4
    assert quad.seconds == (0.25 / 16,) * 4


def test_a_disturbance_of_one_rank_is_one_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quad is dropped here too when the GPU of another rank was slowed down."""
    asked: list[bool] = []
    others = [0.0, 1.0, 0.0]  # after the warm-up, the first quad and the second

    def undisturbed() -> bool:
        asked.append(True)
        return False

    def gather(value: float) -> list[float]:
        return [value, others.pop(0) if asked and asked.pop() else value]

    monkeypatch.setattr(process, "undisturbed", undisturbed)
    samples = timed(NOTHING, Settings(), CPU, Plan(quads=1, shortest=1e-9), gather=gather).samples
    assert samples.dropped == 1
    assert len(samples.quads) == 1


def test_the_time_is_up_for_all_at_once() -> None:
    """Every look at the clock is at that of the rank whose clock is ahead."""
    clocks = chain([0.0], repeat(1e9))

    def gather(value: float) -> list[float]:
        return [value, value + next(clocks) if value > 1 else value]  # no timing lasts so long

    with pytest.raises(CannotMeasure, match="not one comparison fits into the 60 s"):
        timed(NOTHING, Settings(), CPU, Plan(), gather=gather)
