"""A timed comparison from model to result, on the real clock but without a word on its speed."""

from math import inf

import pytest

import se_cost
from measure.made_up import result
from se_cost.errors import MeasurementError, OutOfMemoryError, UsageError
from se_cost.measure.session import quick
from se_cost.measure.session.jobs import TimeJob
from se_cost.measure.session.quick import time_quick
from se_cost.measure.timing import protocol
from se_cost.measure.timing.arms import BASELINE, NETWORK, TRIMMED, three
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import Graphs, Mode, QuickPlan, Settings
from se_cost.nets.zoo.model import model
from se_cost.record import replace

NET = model("se_resnet18", input=32)
PLAN = QuickPlan(quads=1, max_time=60, shortest=0.001)


@pytest.fixture(autouse=True)
def _soon_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait until a busy machine is steady."""
    monkeypatch.setattr(protocol, "WINDOW", 1)
    monkeypatch.setattr(protocol, "STEADY", inf)


@pytest.mark.parametrize("mode", Mode)
def test_times_every_arm(mode: Mode) -> None:
    """Plain, with attention and without its final stage are all timed, against the plain one."""
    timing = time_quick(NET, three(NET), Settings(device="cpu", mode=mode, batch=2), PLAN)
    assert timing.arms == [BASELINE, NETWORK, TRIMMED]
    assert all(timing.median_ms(arm) > 0 for arm in timing.arms)
    assert [quad.arm for quad in timing.run.quads] == [NETWORK, TRIMMED]
    assert timing.environment.device == "cpu"
    assert timing.samples.preempted >= 0
    assert timing.run.quick
    assert timing.asked is None


def test_the_public_function_is_the_same() -> None:
    """`se_cost.time` is what the command uses."""
    timing = se_cost.time(model("eca_resnet18", input=32, stages=[2]), Settings("cpu"), PLAN)
    assert timing.arms == [BASELINE, NETWORK]


def test_one_value_per_channel_cannot_be_trained_on() -> None:
    """A batch norm over one value is refused before anything is built."""
    with pytest.raises(UsageError, match=r"batch 1 is too small to train at 32x32: stage5\.block1"):
        time_quick(NET, three(NET), Settings(device="cpu", mode=Mode.TRAIN), PLAN)


def test_no_time_for_one_comparison() -> None:
    """A limit that is too short is said, not answered with nothing."""
    with pytest.raises(MeasurementError, match="not one comparison fits into the 1e-09 s"):
        time_quick(NET, three(NET), Settings(device="cpu"), replace(PLAN, max_time=1e-9))


def test_graphs_take_a_fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attempt has its own: torch does not recover from a capture that breaks off."""
    jobs: list[TimeJob] = []

    def elsewhere(job: TimeJob) -> ProcessResult:
        jobs.append(job)
        if job.settings.batch == 2:
            raise OutOfMemoryError("out of memory")
        return result({NETWORK: 1.1}, 8)

    monkeypatch.setattr(quick, "elsewhere", elsewhere)
    for graphs in (True, Graphs.BOTH):
        settings = Settings(device="cuda", batch=2, cuda_graphs=graphs)
        assert time_quick(NET, three(NET), settings, PLAN).settings.batch == 1
    assert [job.settings.batch for job in jobs] == [2, 1, 2, 1]


def test_the_time_to_compile_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a process that compiled, and of no other."""
    monkeypatch.setattr(quick, "steps", lambda networks, *rest: dict.fromkeys(networks))
    monkeypatch.setattr(quick, "timed", lambda *job, **how: result({NETWORK: 1.1}, 8))
    for compiled in (True, False):
        job = TimeJob(three(NET), Settings(device="cpu", compile=compiled), PLAN, 0)
        assert (quick.one_process(job).process.compiling > 0) is compiled
