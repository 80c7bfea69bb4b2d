"""Code for a GPU, run on simulated ones: times, memory and devices against a known truth."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import torch
from click.testing import CliRunner, Result
from simulated_gpu import NO_ENGINE, REPLAY, Simulation, simulated

from se_cost.cli import main
from se_cost.documents.doubts import doubts
from se_cost.errors import MeasurementError, OutOfMemoryError
from se_cost.measure.explain.bench import Bench
from se_cost.measure.explain.explain import explain, surveyed
from se_cost.measure.machine import bandwidth as figures
from se_cost.measure.machine.figures import Machine
from se_cost.measure.machine.peak_memory import peak_memory
from se_cost.measure.machine.throttle import Reading
from se_cost.measure.session import process
from se_cost.measure.session.child import done
from se_cost.measure.session.full import time_by, time_fully
from se_cost.measure.session.jobs import Job, TimeJob
from se_cost.measure.session.quick import one_process, time_quick
from se_cost.measure.steps.steps import steps
from se_cost.measure.timing import protocol
from se_cost.measure.timing.arms import BASELINE, NETWORK, REPLAYED, with_replayed
from se_cost.measure.timing.launches import launches
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.run import Run
from se_cost.measure.timing.settings import Graphs, Mode, QuickPlan, Settings, StoppingRule
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

NET = model("se_resnet18", input=32)
NETWORKS: dict[str, Model] = {BASELINE: NET.plain, NETWORK: NET}
PLAN = QuickPlan(quads=1, max_time=1e6)
SECOND = Settings(device="cuda:1", batch=2)  # on the second GPU
GPU = torch.device("cuda:1")
SLOW = 1e7  # bytes a second: every kernel takes longer than its launch
SPACE = 1.895e8  # bytes: both networks with their gradients, and what training saves of four images


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Simulation]:
    """Have two GPUs that are soon warm, whose clock is that of the time limit too."""
    with simulated(monkeypatch, **getattr(request, "param", {})) as found:
        monkeypatch.setattr(process, "monotonic", lambda: found.now)
        monkeypatch.setattr(process, "GPU_BUSY", 0.0)
        monkeypatch.setattr(protocol, "WINDOW", 2)  # of a clock without noise
        yield found


def kernels(gpu: Simulation, arm: str, settings: Settings) -> list[float]:
    """Return the seconds of the kernels of one iteration."""
    step = steps({arm: NETWORKS[arm]}, settings, GPU)[arm]
    step()
    before = len(gpu.kernels[1])
    step()
    return gpu.kernels[1][before:]


def convolves(operator: str) -> bool:
    """Return whether an operator is a convolution, forward."""
    return operator in ("aten.conv2d.default", "aten.convolution.default")


def survey(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the figures of the machine be taken from fewer and smaller operations."""
    monkeypatch.setattr(figures, "LAUNCHES", 100)
    monkeypatch.setattr(figures, "GPU_BUSY", 0.0)
    monkeypatch.setattr(figures.machine, "__defaults__", (2**20,))  # bytes of a copy


@pytest.mark.parametrize("gpu", [{"bandwidth": 1e8}], indirect=True)
def test_figures_of_the_machine(gpu: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies wait for the memory, tiny operators for the CPU: each regime gives its own figure."""
    survey(monkeypatch)
    found = surveyed(SECOND)
    assert found.bandwidth == pytest.approx(1e8, rel=0.02)  # the first copy waits to be launched
    assert found.launch == pytest.approx(gpu.launch, rel=0.01)


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
    """Eager and replayed iterations stand side by side, and their difference is the launches."""
    settings = Settings(device="cuda:1", mode=mode, batch=2, cuda_graphs=Graphs.BOTH)
    networks = with_replayed(NETWORKS, settings)
    result = one_process(TimeJob(networks, settings, PLAN, 0))
    run = Run((replace(result, quads=6 * result.quads),))  # they would all be alike
    timing = Timing(NET, settings, networks, run)
    eager, replayed = [], []
    for graph, arm in REPLAYED.items():
        each = kernels(gpu, arm, settings)
        eager.append(gpu.launch * len(each))
        replayed.append(sum(each))
        assert timing.median_ms(arm) == pytest.approx(1000 * eager[-1], rel=0.01)
        assert timing.median_ms(graph) == pytest.approx(1000 * replayed[-1], rel=0.01)
        assert replayed[-1] < eager[-1] - REPLAY
    found = launches(run)
    assert found is not None
    assert found.network is not None
    assert found.attention is not None
    assert found.replayed is not None
    costs = [100 * (whole - part) / eager[0] for whole, part in zip(eager, replayed, strict=True)]
    assert (found.baseline.percent, found.network.percent) == pytest.approx(costs, rel=0.01)
    assert found.attention.percent == pytest.approx(costs[1] - costs[0], rel=0.05)
    assert found.replayed.percent == pytest.approx(100 * (replayed[1] / replayed[0] - 1), rel=0.05)


def in_this_process(job: Job, limit: float, padding: int = 0) -> Any:
    """Do a job of the full protocol."""
    return done(job)


def test_both_ways_by_the_full_protocol(gpu: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every network has its time and its peak memory, that of a graph too."""
    fully = partial(time_fully, work=in_this_process)
    monkeypatch.setattr("se_cost.measure.session.full.work", in_this_process)
    monkeypatch.setattr("se_cost.measure.session.full.time_fully", fully)
    settings = Settings(device="cuda:1", cuda_graphs=Graphs.BOTH)
    rule = StoppingRule(max_time=20, at_least=1, at_most=1)
    timing = fully(NET, with_replayed(NETWORKS, settings), settings, rule)
    assert timing.arms == [BASELINE, NETWORK, *REPLAYED]
    assert set(timing.peaks) == {*NETWORKS, *REPLAYED}
    assert timing.median_ms("network_replayed") < timing.median_ms(NETWORK)
    assert timing.peaks[NETWORK].allocated > timing.peaks[BASELINE].allocated


def test_both_ways_from_the_outside() -> None:
    """Whoever times networks gets the replayed ones too, if both ways are asked for."""
    with pytest.raises(MeasurementError, match="no device cuda"):
        time_by(PLAN, NET, NETWORKS, Settings(device="cuda", cuda_graphs=Graphs.BOTH))
    both = with_replayed(NETWORKS, Settings(cuda_graphs=Graphs.BOTH))
    assert list(both) == [*NETWORKS, "baseline_replayed", "network_replayed"]
    assert with_replayed(NETWORKS, Settings(cuda_graphs=True)) == NETWORKS


def test_the_gpu_is_read_while_it_works(gpu: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the synchronisation its clock would be that of a GPU that has nothing to do."""
    working: list[bool] = []

    def read() -> Reading:
        working.append(gpu.streams[1].ready > gpu.now)
        return Reading(1000, 50, 0)

    monkeypatch.setattr(process, "watcher", lambda device: read)
    timing = time_quick(NET, NETWORKS, SECOND, PLAN)
    assert working
    assert all(working)
    throttling = timing.run.processes[0].process.throttling
    assert throttling is not None
    assert throttling.readings == 7  # four timings of a quad, settled where the arm changes


def test_a_gpu_that_is_always_slowed_down(gpu: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    """When every quad is dropped there is no result, but the reason."""
    monkeypatch.setattr(process, "watcher", lambda device: lambda: Reading(1200, 90, 0x40))
    with pytest.raises(MeasurementError, match=r"slowed down in all \d+ comparisons: let it cool"):
        time_quick(NET, NETWORKS, SECOND, QuickPlan(quads=1, max_time=5))


def test_what_disturbed_the_gpu(gpu: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flushes of the allocator count from the first quad on; other processes are told."""
    monkeypatch.setattr(process, "watch_sharing", lambda device: lambda: 3)

    def read() -> Reading:
        gpu.flushed += 1
        return Reading(1000, 50, 0)

    monkeypatch.setattr(process, "watcher", lambda device: read)
    timing = time_quick(NET, NETWORKS, SECOND, PLAN)
    found = timing.run.processes[0].process
    assert (found.retried, found.sharing) == (7, 3)
    said = " ".join(doubts(timing))
    assert "the memory was nearly full" in said
    assert "the GPU was shared: 3 other programs computed on it" in said


@pytest.mark.parametrize("hidden", [False, True], ids=["said", "hidden"])
def test_a_batch_that_does_not_fit_is_halved(gpu: Simulation, hidden: bool) -> None:
    """So it is when cuDNN reports another error; nothing of an attempt is alive in the next."""
    gpu.hidden, gpu.limit = hidden, SPACE
    timing = time_quick(NET, NETWORKS, Settings(device="cuda:1", mode=Mode.TRAIN, batch=16), PLAN)
    assert timing.settings.batch == 4
    assert timing.asked == 16
    assert len(gpu.at_start) == 1 + gpu.refused > 1
    assert set(gpu.at_start) == {0}


def test_a_plan_that_was_given_up_is_noticed(gpu: Simulation) -> None:
    """Near the limit cuDNN takes a slower plan and tells nobody: the batch is halved all the same.

    While it tries all plans, some of them are expected to be too large.
    """
    gpu.passed_over = True
    gpu.refuse = lambda operator: convolves(operator) and not gpu.refused
    assert time_quick(NET, NETWORKS, SECOND, PLAN).settings.batch == 1
    gpu.refused = 0
    tuning = Settings(device="cuda:1", batch=2, cudnn_benchmark=True)
    assert time_quick(NET, NETWORKS, tuning, PLAN).settings.batch == 2
    assert gpu.refused == 1


@pytest.mark.parametrize("hidden", [False, True], ids=["said", "hidden"])
def test_out_of_memory_in_a_capture(gpu: Simulation, hidden: bool) -> None:
    """It is out of memory, not an iteration that cannot be captured."""
    gpu.hidden = hidden
    gpu.refuse = lambda operator: convolves(operator) and gpu.captured is not None
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


class Once(Bench):
    """Operators that are timed once, however long there is time for them."""

    def run(self, seconds: float) -> None:
        """Time each of them."""
        super().run(0.0)


def test_why_it_takes_longer(gpu: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where launches decide, attention takes as long as launching its operators."""
    survey(monkeypatch)
    found = explain(NET, SECOND, PLAN, ready=Once)
    assert isinstance(found.machine, Machine)
    more = len(kernels(gpu, NETWORK, SECOND)) - len(kernels(gpu, BASELINE, SECOND))
    attention = found.timing.median_ms(NETWORK) - found.timing.median_ms(BASELINE)
    assert attention == pytest.approx(1000 * gpu.launch * more, rel=0.01)
    assert found.whole.predicted.launches == pytest.approx(
        gpu.launch * found.whole.operators, rel=0.01
    )
    of_stages = [quad.seconds for quads in found.timing.run.laps.values() for quad in quads]
    (whole,) = found.timing.run.quads
    assert [sum(each) for each in zip(*of_stages, strict=True)] == pytest.approx(whole.seconds)


def run(*words: str) -> Result:
    """Run `se-cost time` on a GPU."""
    small = ("--arch", "se_resnet18", "--input", "32", "--quick", "--runs", "1", "--quiet")
    return CliRunner().invoke(main, ["time", *small, *words])


def test_exit_0(gpu: Simulation) -> None:
    """The page names the GPU, and that its convolutions are in TF32."""
    result = run("--device", "cuda:1", "--layout", "nhwc")
    assert result.exit_code == 0, result.output
    assert "on Simulated GPU (1 thread, TF32 convolutions, torch" in result.stdout


def broken(operator: str) -> bool:
    """Fail as cuDNN does, where it has no kernel."""
    if convolves(operator):
        raise RuntimeError(f"{NO_ENGINE}\nsomewhere in C++")
    return False


def test_exit_3(gpu: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what is missing: the device, the type, the memory, or a kernel."""
    refusals = {"--device cuda:2": "no device cuda:2: torch sees 2 of cuda"}
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **how: False)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Tesla T4", raising=False)
    refusals["--device cuda --dtype bfloat16"] = "Tesla T4 has no bfloat16"
    for words, said in refusals.items():
        assert_one_line(run(*words.split()), said)
    gpu.limit = 1e6
    assert_one_line(run("--device", "cuda"), "out of memory: take a smaller --batch")
    gpu.limit, gpu.refuse = 1e9, broken
    assert_one_line(run("--device", "cuda"), f"cuda failed: {NO_ENGINE}")


def assert_one_line(result: Result, said: str) -> None:
    """Assert that a run ended with exit code 3 and one line that begins with some words."""
    assert result.exit_code == 3, result.output
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith(f"se-cost: {said}")
