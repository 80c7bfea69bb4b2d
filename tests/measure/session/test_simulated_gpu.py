"""Code for a GPU, run on simulated ones: times, memory and devices against a known truth."""

from collections.abc import Iterator

import pytest
import torch
from simulated_gpu import REPLAY, Simulation, simulated

from se_cost.errors import OutOfMemoryError
from se_cost.measure.machine import bandwidth as figures
from se_cost.measure.machine.peak_memory import peak_memory
from se_cost.measure.machine.throttle import Reading
from se_cost.measure.session import process
from se_cost.measure.session.jobs import TimeJob
from se_cost.measure.session.quick import one_process, time_quick
from se_cost.measure.steps.steps import steps
from se_cost.measure.timing.arms import BASELINE, NETWORK, REPLAYED, with_replayed
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.run import Run
from se_cost.measure.timing.settings import Graphs, Mode, QuickPlan, Settings
from se_cost.nets.zoo.model import model

NET = model("se_resnet18", input=32)
NETWORKS = {BASELINE: NET.plain, NETWORK: NET}
PLAN = QuickPlan(quads=1, max_time=1e6)
GPU = torch.device("cuda:1")
SLOW = 1e7  # bytes a second: every kernel takes longer than its launch
ENGINE = "aten.convolution.default"


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Simulation]:
    """Have two GPUs, whose clock is that of the time limit too."""
    with simulated(monkeypatch, **getattr(request, "param", {})) as found:
        monkeypatch.setattr(process, "monotonic", lambda: found.now)
        yield found


def kernels(gpu: Simulation, arm: str, settings: Settings) -> list[float]:
    """Return the seconds of the kernels of one iteration."""
    step = steps({arm: NETWORKS[arm]}, settings, GPU)[arm]
    step()
    before = len(gpu.kernels[1])
    step()
    return gpu.kernels[1][before:]


def test_figures_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies wait for the memory, tiny operators for the CPU: each regime gives its own figure."""
    monkeypatch.setattr(figures, "LAUNCHES", 200)
    with simulated(monkeypatch, bandwidth=1e8):
        found = figures.machine(GPU, copied=2**20)
    assert found.bandwidth == pytest.approx(1e8, rel=0.02)  # the first copy waits to be launched
    assert found.launch == pytest.approx(2e-3, rel=0.002)


@pytest.mark.parametrize("gpu", [{}, {"bandwidth": SLOW}], indirect=True, ids=["CPU", "GPU"])
@pytest.mark.parametrize("mode", Mode)
def test_times_are_those_of_the_clock(gpu: Simulation, mode: Mode) -> None:
    """Whether launches or kernels decide, each network takes as long as what it runs."""
    settings = Settings(device="cuda:1", mode=mode, batch=2)
    timing = time_quick(NET, NETWORKS, settings, PLAN)
    for arm in NETWORKS:
        each = kernels(gpu, arm, settings)
        truth = max(gpu.launch * len(each), sum(each))
        assert timing.median_ms(arm) == pytest.approx(1000 * truth, rel=0.01)
    assert not gpu.kernels[0]  # nothing ran on the GPU that nobody asked for
    assert (timing.environment.device_name, timing.environment.device) == ("Simulated GPU", "cuda")
    assert timing.environment.capability == "9.0"


@pytest.mark.parametrize("mode", Mode)
def test_a_replay_takes_one_launch(gpu: Simulation, mode: Mode) -> None:
    """Eager and replayed iterations stand side by side, and their ratio is that of launches."""
    settings = Settings(device="cuda:1", mode=mode, batch=2, cuda_graphs=Graphs.BOTH)
    networks = with_replayed(NETWORKS, settings)
    result = one_process(TimeJob(networks, settings, PLAN, 0))
    timing = Timing(NET, settings, networks, Run((result,)))
    for replayed, arm in REPLAYED.items():
        each = kernels(gpu, arm, settings)
        eager = gpu.launch * len(each)
        assert timing.median_ms(arm) == pytest.approx(1000 * eager, rel=0.01)
        assert timing.median_ms(replayed) == pytest.approx(1000 * (sum(each)), rel=0.01)
        assert sum(each) < eager - REPLAY


def test_the_gpu_is_read_while_it_works(gpu: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the synchronisation its clock would be that of a GPU that has nothing to do."""
    working: list[bool] = []

    def read() -> Reading:
        working.append(gpu.streams[1].ready > gpu.now)
        return Reading(1000, 50, 0)

    monkeypatch.setattr(process, "watcher", lambda device: read)
    time_quick(NET, NETWORKS, Settings(device="cuda:1"), PLAN)
    assert working
    assert all(working)


@pytest.mark.parametrize("hidden", [False, True], ids=["said", "hidden"])
def test_a_batch_that_does_not_fit_is_halved(gpu: Simulation, hidden: bool) -> None:
    """So it is when cuDNN reports another error; nothing of an attempt is alive in the next."""
    gpu.hidden, gpu.limit = hidden, 1.45e8
    timing = time_quick(NET, NETWORKS, Settings(device="cuda:1", mode=Mode.TRAIN, batch=64), PLAN)
    assert timing.settings.batch < 64
    assert timing.asked == 64
    assert len(gpu.at_start) == 1 + gpu.refused > 1
    assert set(gpu.at_start) == {0}


def test_a_plan_that_was_given_up_is_noticed(gpu: Simulation) -> None:
    """Near the limit cuDNN takes a slower plan and tells nobody: the batch is halved all the same.

    While it tries all plans, some of them are expected to be too large.
    """
    gpu.passed_over = True
    gpu.refuse = lambda operator: operator == ENGINE and not gpu.refused
    settings = Settings(device="cuda:1", batch=2)
    assert time_quick(NET, NETWORKS, settings, PLAN).settings.batch == 1
    gpu.refused = 0
    tuning = Settings(device="cuda:1", batch=2, cudnn_benchmark=True)
    assert time_quick(NET, NETWORKS, tuning, PLAN).settings.batch == 2


@pytest.mark.parametrize("hidden", [False, True], ids=["said", "hidden"])
def test_out_of_memory_in_a_capture(gpu: Simulation, hidden: bool) -> None:
    """It is out of memory, not an iteration that cannot be captured."""
    gpu.hidden = hidden
    gpu.refuse = lambda operator: operator == ENGINE and gpu.captured is not None
    job = TimeJob(NETWORKS, Settings(device="cuda:1", cuda_graphs=True), PLAN, 0)
    with pytest.raises(OutOfMemoryError):
        one_process(job)


def test_peak_memory(gpu: Simulation) -> None:
    """It is the most that was alive in an iteration, with the weights and their gradients."""
    settings = Settings(device="cuda:1", mode=Mode.TRAIN, batch=4)
    found = peak_memory(NET, settings)
    assert found.allocated == found.reserved == gpu.peak[1]
    assert found.allocated > 2 * 4 * 11_689_512  # float32 parameters of ResNet-18
    assert gpu.peak[0] == 0
