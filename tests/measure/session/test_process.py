"""The timing of one process, alone and as a rank of several that are made up."""

from collections.abc import Mapping
from itertools import chain, repeat

import pytest
import torch

from se_cost.errors import MeasurementError
from se_cost.measure.ranks.gather import Gather, single_rank
from se_cost.measure.session import process
from se_cost.measure.session.jobs import TimeJob
from se_cost.measure.session.process import gpu_plan, in_order, timed
from se_cost.measure.steps.steps import Step
from se_cost.measure.timing.arms import BASELINE, NETWORK, TRIMMED
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import QuickPlan, Settings

CPU = torch.device("cpu")
NOTHING: Mapping[str, Step] = {BASELINE: lambda: None, NETWORK: lambda: None}
SHORT = QuickPlan(quads=1, shortest=1e-9)


def run(plan: QuickPlan, gather: Gather = single_rank) -> ProcessResult:
    """Time two networks that do nothing, in process 3."""
    return timed(NOTHING, TimeJob({}, Settings(), plan, 0, number=3), CPU, gather=gather)


def test_a_result_says_how_it_went() -> None:
    """Iterations, quads with the number of the process, the load of the system, the environment."""
    found = run(SHORT)
    assert found.process.iterations == 1
    assert (found.process.complete, found.process.interrupted) == (True, False)
    assert (found.process.dropped, found.process.throttling) == (0, None)
    assert found.process.preempted >= 0
    assert [(quad.process, quad.arm) for quad in found.quads] == [(3, NETWORK)]
    assert found.environment.device == "cpu"
    assert found.exchanges == {}


def test_the_network_comes_first_however_the_arms_are_built() -> None:
    """A process that is cut short has timed at least what was asked about."""
    arms = dict.fromkeys(("a", TRIMMED, BASELINE, NETWORK), lambda: None)
    assert in_order(arms) == [BASELINE, NETWORK, "a", TRIMMED]


def test_a_gpu_needs_longer_timings_and_a_longer_warm_up() -> None:
    """100 ms a timing, and three seconds until its clocks have ramped up; all else stays."""
    plan = QuickPlan(quads=7, max_time=30, seed=5)
    assert gpu_plan(plan) == QuickPlan(quads=7, max_time=30, shortest=0.1, busy=3.0, seed=5)


def test_the_slowest_rank_decides() -> None:
    """What a timing lasted is the largest number of all ranks, and so is what decides on it."""

    def gather(value: float) -> list[float]:
        """Be with a rank that needs 0.25 s for a timing, and is of one mind in all else."""
        return [value, 0.25 if 0 < value < 0.25 else value]

    found = run(QuickPlan(quads=1, shortest=1.0), gather)
    (quad,) = found.quads
    assert found.process.iterations == 16  # 4 of 0.25 s, when warm 0.25 s for all 4
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
    found = run(SHORT, gather)
    assert found.process.dropped == 1
    assert len(found.quads) == 1


def test_the_time_is_up_for_all_at_once() -> None:
    """Every look at the clock is at that of the rank whose clock is ahead."""
    clocks = chain([0.0], repeat(1e9))

    def gather(value: float) -> list[float]:
        return [value, value + next(clocks) if value > 1 else value]  # no timing lasts so long

    with pytest.raises(MeasurementError, match="not one comparison fits into the 60 s"):
        run(QuickPlan(), gather)
