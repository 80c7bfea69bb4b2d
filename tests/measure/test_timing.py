"""A timed comparison from recipe to result, on the real clock but without a word on its speed."""

import gc
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import se_cost
from se_cost.errors import BadInput, CannotMeasure
from se_cost.measure.arms import steps
from se_cost.measure.clocks import cpu_stopwatch, quiet
from se_cost.measure.compared import three
from se_cost.measure.device import resolve
from se_cost.measure.environment import cpu_name, environment
from se_cost.measure.protocol import Plan, Samples
from se_cost.measure.quads import Quad
from se_cost.measure.result import BASELINE, NETWORK, TRIMMED, Timing
from se_cost.measure.run import Process, Run
from se_cost.measure.settings import DType, Layout, Mode, Settings
from se_cost.measure.surroundings import Surroundings
from se_cost.measure.timing import time
from se_cost.nets.registry import recipe

NET = recipe("se_resnet18", input=32)
PLAN = Plan(quads=1, max_time=10, shortest=0.001)
CPU = torch.device("cpu")


@pytest.mark.parametrize("mode", Mode)
def test_times_every_arm(mode: Mode) -> None:
    """Plain, with attention and without its final stage are all timed, against the plain one."""
    timing = time(NET, Settings(device="cpu", mode=mode, batch=2), PLAN)
    assert timing.arms == [BASELINE, NETWORK, TRIMMED]
    assert all(timing.median_ms(arm) > 0 for arm in timing.arms)
    assert [quad.arm for quad in timing.run.quads] == [NETWORK, TRIMMED]
    assert timing.environment["device"] == "cpu"
    assert timing.run.processes[0].surroundings.preempted >= 0
    assert timing.run.quick


def test_the_public_function_is_the_same() -> None:
    """`se_cost.time` is what the command uses."""
    timing = se_cost.time(recipe("se_resnet18", input=32, stages=[2]), Settings("cpu"), PLAN)
    assert timing.arms == [BASELINE, NETWORK]


def test_a_plain_network_has_nothing_to_compare() -> None:
    """Without attention there is no pair."""
    with pytest.raises(CannotMeasure, match="nothing to compare: resnet18 has no attention"):
        time(recipe("resnet18"))


def test_one_value_per_channel_cannot_be_trained_on() -> None:
    """A batch norm over one value is refused before anything is built."""
    with pytest.raises(BadInput, match=r"batch 1 is too small to train at 32x32: stage5\.block1"):
        time(NET, Settings(device="cpu", mode=Mode.TRAIN), PLAN)


def test_no_time_for_one_comparison() -> None:
    """A limit that is too short is said, not answered with nothing."""
    with pytest.raises(CannotMeasure, match="not one comparison fits into the 1e-09 s"):
        time(NET, Settings(device="cpu"), replace(PLAN, max_time=1e-9))


@pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is here")
def test_no_such_device() -> None:
    """A device that is not there is named, with what torch sees."""
    with pytest.raises(CannotMeasure, match=r"no device cuda: torch .* CUDA"):
        resolve("cuda")
    assert resolve("auto") == CPU


def test_cuda_without_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build for CUDA that sees no device says so, and so does a number that is too high."""
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(CannotMeasure, match=r"is built for CUDA 13\.0 and sees no CUDA device"):
        resolve("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(CannotMeasure, match="no device cuda:3: torch sees 1 CUDA devices"):
        resolve("cuda:3")
    assert resolve("auto") == torch.device("cuda")


def test_training_step_is_forward_and_backward() -> None:
    """A step leaves fresh gradients: running it twice does not add them up."""
    settings = Settings(device="cpu", mode=Mode.TRAIN, batch=2)
    seen: list[torch.Tensor] = []
    step = steps({NETWORK: NET}, settings, CPU)[NETWORK]
    network = step.__closure__[1].cell_contents  # type: ignore[index]
    for _ in range(2):
        step()
        seen.append(network[0].conv.weight.grad.clone())
    assert seen[0].abs().sum() > 0
    assert seen[1].norm() < 1.5 * seen[0].norm()


@pytest.mark.parametrize("dtype", [DType.FLOAT32, DType.BFLOAT16])
@pytest.mark.parametrize("layout", Layout)
def test_types_and_layouts_run(dtype: DType, layout: Layout) -> None:
    """Number types and memory layouts reach the network."""
    settings = Settings(device="cpu", dtype=dtype, layout=layout)
    steps({NETWORK: NET}, settings, CPU)[NETWORK]()
    assert environment(CPU, settings)["layout"] == layout.value


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


def test_environment_names_no_person() -> None:
    """The fingerprint is versions and hardware: no path, no host."""
    import getpass
    import socket

    found = environment(CPU, Settings())
    assert set(found) >= {"se_cost", "torch", "python", "device_name", "cores", "threads", "dtype"}
    text = " ".join(map(str, found.values()))
    assert socket.gethostname() not in text
    assert str(Path.home()) not in text
    assert getpass.getuser() not in text.split()


def test_processor_name(tmp_path: Path) -> None:
    """The name is read where the system gives it, and never empty."""
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Fast CPU @ 9 GHz\n")
    assert cpu_name(tmp_path / "cpuinfo") == "Fast CPU @ 9 GHz"
    assert cpu_name(tmp_path / "missing")


def test_result_is_derived_from_the_samples() -> None:
    """Medians, throughput and overhead follow from hand-made samples."""
    quads = tuple(
        Quad(arm, reverse, (b, a, a, b) if reverse else (a, b, b, a))
        for arm, a, b in ((NETWORK, 0.010, 0.011), (TRIMMED, 0.010, 0.0105))
        for reverse in (False, True, False, True, False, True)
    )
    samples = Samples(1, quads, warm=True, complete=True, interrupted=False)
    process = Process(samples, {}, Surroundings(0, None, None, None))
    timing = Timing(NET, Settings(batch=4), three(NET), Run((process,)))
    assert timing.median_ms(BASELINE) == pytest.approx(10)
    assert timing.median_ms(NETWORK) == pytest.approx(11)
    assert timing.images_per_second(BASELINE) == pytest.approx(400)
    change = timing.overhead(TRIMMED)
    assert change.percent.value == pytest.approx(5)
    assert change.verdict == "slower"
    assert timing.null.value == pytest.approx(0, abs=1e-9)
    assert timing.drift.value == pytest.approx(0, abs=1e-9)
