"""Iterations as CUDA graphs: the order of things by a fake GPU, and the real one where it is."""

import gc
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch

from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.models.build import network
from se_cost.measure.steps.cuda_graphs import WARM_UPS, replayed
from se_cost.measure.steps.steps import data, step
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.zoo.model import model

GPU = torch.device("cuda:1")


class FakeStream:
    """A stream that notes what it waits for."""

    def __init__(self, name: str, log: list[str]) -> None:
        self.name, self.log = name, log

    def wait_stream(self, other: "FakeStream") -> None:
        """Note it."""
        self.log.append(f"{self.name} waits for {other.name}")


class FakeGraph:
    """A graph that notes its replays."""

    def __init__(self, log: list[str]) -> None:
        self.log = log

    def replay(self) -> None:
        """Note it."""
        self.log.append("replay")


class FakeCuda:
    """The part of torch.cuda that a capture uses; `ending` is raised when a capture ends badly."""

    OutOfMemoryError = torch.cuda.OutOfMemoryError

    def __init__(self, ending: Exception | None = None) -> None:
        self.log: list[str] = []
        self.ending = ending

    def Stream(self, device: torch.device) -> FakeStream:  # noqa: N802 # torch's name
        """Return the side stream."""
        return FakeStream("side", self.log)

    def CUDAGraph(self) -> FakeGraph:  # noqa: N802 # torch's name
        """Return an empty graph."""
        return FakeGraph(self.log)

    def current_stream(self) -> FakeStream:
        """Return the stream that work goes to by itself."""
        return FakeStream("main", self.log)

    def device(self, device: torch.device) -> Any:
        """Work on `device`."""
        return self._within(str(device))

    def stream(self, stream: FakeStream) -> Any:
        """Work on `stream`."""
        return self._within(f"on {stream.name}")

    @contextmanager
    def graph(self, graph: FakeGraph, *, stream: FakeStream) -> Iterator[None]:
        """Capture on `stream`; a capture that broke off may fail once more at its end."""
        self.log.append(f"[capture on {stream.name}")
        try:
            yield
        except RuntimeError:
            if self.ending:
                raise self.ending  # noqa: B904 # as torch's own, it leaves the first as context
            raise
        self.log.append("]")

    @contextmanager
    def _within(self, name: str) -> Iterator[None]:
        self.log.append(f"[{name}")
        yield
        self.log.append("]")


def test_warmed_up_on_the_side_then_captured() -> None:
    """The order is that of torch's notes, all of it on the device that was asked for."""
    cuda = FakeCuda()
    step = replayed(lambda: cuda.log.append("iteration"), GPU, cuda)
    warm_up = ["side waits for main", "[on side", *["iteration"] * WARM_UPS, "]"]
    capture = ["main waits for side", "[capture on side", "iteration", "]"]
    assert cuda.log == ["[cuda:1", *warm_up, *capture, "]"]
    step()
    step()
    assert cuda.log[-3:] == ["]", "replay", "replay"]


def test_a_replay_keeps_the_tensors() -> None:
    """The graph works in the memory of the iteration's tensors, so they must not be freed."""

    def made() -> tuple[Callable[[], None], "weakref.ref[torch.Tensor]"]:
        x = torch.ones(1)

        def iteration() -> None:
            x.add_(1)

        return iteration, weakref.ref(x)

    iteration, x = made()
    step = replayed(iteration, GPU, FakeCuda())
    del iteration
    gc.collect()
    assert x() is not None
    del step
    gc.collect()
    assert x() is None


def failing(error: Exception) -> Callable[[], None]:
    """Return an iteration that can be run, but not captured."""
    calls: list[int] = []

    def iteration() -> None:
        calls.append(1)
        if len(calls) > WARM_UPS:
            raise error

    return iteration


@pytest.mark.parametrize("ending", [None, RuntimeError("capture invalidated")])
def test_what_cannot_be_captured(ending: Exception | None) -> None:
    """The first error is told, in one line, not that the capture was broken off by it."""
    iteration = failing(RuntimeError("operation not permitted\nwhen capturing"))
    with pytest.raises(
        MeasurementError, match=r"captured as a CUDA graph: operation not permitted$"
    ):
        replayed(iteration, GPU, FakeCuda(ending))


@pytest.mark.parametrize("ending", [None, RuntimeError("capture invalidated")])
def test_out_of_memory_while_capturing(ending: Exception | None) -> None:
    """It stays what it is, for a smaller batch may fit."""
    iteration = failing(torch.cuda.OutOfMemoryError("full"))
    with pytest.raises(torch.cuda.OutOfMemoryError, match="full"):
        replayed(iteration, GPU, FakeCuda(ending))


def test_no_graph_on_a_cpu() -> None:
    """A device that turned out to be a CPU is refused before anything is run."""
    with pytest.raises(UsageError, match=r"^--cuda-graphs needs --device cuda$"):
        replayed(failing(AssertionError()), torch.device("cpu"))


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device")
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("compiled", [False, True])
def test_replays_on_a_gpu(mode: Mode, compiled: bool) -> None:
    """A replay does the work again: training moves the weights, inference leaves them."""
    training = mode is Mode.TRAIN
    settings = Settings(
        device="cuda", mode=mode, batch=4, cuda_graphs=True, compile=compiled, optimizer=training
    )
    device, net = torch.device("cuda"), model("se_resnet18", input=64)
    built = network(net, settings, device)
    runs = step(built, data(net, settings, device), settings)
    weights = built.get_parameter("stage1.conv.weight")
    before = weights.detach().clone()
    runs()
    torch.cuda.synchronize()
    assert torch.equal(before, weights) is not training
