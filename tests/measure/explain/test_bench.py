"""Operators on the bench: all of them run, with their caches in the state of the network."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import pytest
import torch
from helpers import GATING_KINDS
from torch import nn

from se_cost.measure.explain import bench, cache
from se_cost.measure.explain.alone import CALLS
from se_cost.measure.explain.bench import Bench
from se_cost.measure.explain.calls import Operand, TorchCall
from se_cost.measure.explain.preparation import Prepared, Use, numbers
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.settings import DType, MemoryFormat, Mode, Settings
from se_cost.nets.zoo.model import model

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Push little out of the caches, which here takes less time."""
    monkeypatch.setattr(cache, "last_level", lambda device: 2**12)


@pytest.mark.parametrize("layout", MemoryFormat)
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("kind", GATING_KINDS)
def test_every_kind_runs_on_it(kind: str, mode: Mode, layout: MemoryFormat) -> None:
    """Both directions and layouts: an operator that cannot be run by itself fails here."""
    if kind == "mhsa":  # in the place of a convolution of a bottleneck
        net = model("resnet50", attention=kind, input=64)
    else:
        net = model("mobilenet", attention=kind, input=32, stages=[3], width=0.25)
    found = Bench(net, Settings("cpu", mode, 2, layout=layout))
    found.run(0)
    found.run(0)
    assert found.operators
    assert {one.stage for one in found.operators} == set(net.stages)
    assert all(len(one.seconds) == 2 for one in found.operators)
    assert any(one.backward for one in found.operators) is (mode is Mode.TRAIN)


def test_two_bytes_a_number() -> None:
    """The types are those of the network."""
    net = model("se_resnet18", input=32, stages=[3])
    found = Bench(net, Settings("cpu", dtype=DType.BFLOAT16))
    assert {whole.dtype for whole, _ in found._ready._pool.values()} == {torch.bfloat16}


def test_time_of_nothing_is_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that says 5 s for nothing and 7 s for all else: each takes 2 s, and so do blocks."""

    def stopwatch(steps: dict[str, Callable[[], None]], device: torch.device) -> object:
        empty = steps[bench.TIMED] is bench._nothing
        return lambda arm, iterations: 5.0 if empty else 7.0

    found = Bench(model("se_resnet18", input=32, stages=[3]), Settings("cpu"))
    monkeypatch.setattr(bench, "stopwatch", stopwatch)
    found.run(0)
    *ran, calls = found.operators
    assert {one.seconds for one in ran} == {(2.0,)}
    assert sum(one.count for one in ran) == 2 * 6
    assert (calls.word, calls.count, calls.seconds) == (CALLS, 2, (2.0 - 6 * 2.0,))
    assert calls.bound(Machine(1e9, 1e-6)) == 0


def test_cudnn_plans_as_in_the_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes operators ready and what times them have its way of the settings."""
    seen: list[tuple[int | None, bool]] = []

    def noting(threads: int | None, *, benchmark: bool = False) -> AbstractContextManager[None]:
        seen.append((threads, benchmark))
        return nullcontext()

    monkeypatch.setattr(bench, "quiet", noting)
    monkeypatch.setattr(bench, "device_for", lambda settings: CPU)
    net = model("se_resnet18", input=32, stages=[3])
    Bench(net, Settings("cpu", threads=1, cudnn_benchmark=True)).run(0)
    assert seen == [(1, True)] * 2


def test_memory_is_used_as_long_before_as_in_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """First all is pushed out; then each tensor, the longest ago first, and what lies between."""
    seen: list[int | None] = []
    found = Bench(model("se_resnet18", input=32, stages=[3]), Settings("cpu"))
    monkeypatch.setattr(found._ready.stream, "use", seen.append)
    first = Use(100, 40, lambda: seen.append(-1))
    second = Use(30, 8, lambda: seen.append(-2))
    found._seconds(Prepared(bench._nothing, (first, second)))
    assert seen == [None, -1, 100 - 30 - 8, -2, 30]


def test_what_was_used_too_long_ago_is_left_in_memory() -> None:
    """Weights, which the rest of a network pushes out, are not used before an operator."""
    found = Bench(model("se_resnet18", input=32, stages=[3]), Settings("cpu"))
    linear = [
        ready
        for call, ready in found._prepared.items()
        if isinstance(call, TorchCall) and call.word == "linear"
    ]
    used = [one.bytes for ready in linear for one in ready.uses if "step" not in str(one.again)]
    assert 4 * 128 * 8 not in used
    assert all(
        (one.since or 0) < found._ready.stream.bytes for ready in linear for one in ready.uses
    )


@pytest.mark.parametrize("strides", [(12, 4, 1), (0, 4, 1), (1, 2, 6)])
def test_numbers_lie_as_they_are_laid_out(strides: tuple[int, ...]) -> None:
    """What is expanded lies in memory once; positions are zeros."""
    whole, seen = numbers(Operand(0, (2, 3, 4), strides, torch.float32), CPU)
    assert (seen.shape, seen.stride()) == ((2, 3, 4), strides)
    assert ((whole >= 0.5) & (whole <= 1.5)).all()
    _, places = numbers(Operand(0, (2,), (1,), torch.int64), CPU)
    assert places.tolist() == [0, 0]


@pytest.mark.parametrize("mode", Mode)
def test_a_block_runs_as_in_its_network(mode: Mode) -> None:
    """With autograd in training only, and on what its own module makes of what it is given."""
    seen: list[tuple[bool, bool]] = []
    found = Bench(model("se_resnet18", input=32, stages=[3]), Settings("cpu", mode, 2))
    (blocks,) = found._blocks.values()
    assert len(blocks) == 2

    def note(block: object, given: object, made: torch.Tensor) -> None:
        seen.append((made.requires_grad, made.is_inference()))

    for block in blocks:
        block.module.register_forward_hook(note)
    found.run(0)
    training = mode is Mode.TRAIN
    assert seen == [(training, not training)]


def test_a_block_alone_has_a_copy_as_its_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose weights are not its own: it runs before, if that is so short ago as to matter."""
    monkeypatch.setattr(cache, "last_level", lambda device: 2**24)
    found = Bench(model("se_resnet18", input=32, stages=[3]), Settings("cpu"))
    (blocks,) = found._blocks.values()
    ready = found._ready.block(blocks[:1])
    again = [one.again.func for one in ready.uses if isinstance(one.again, partial)]
    (twin,) = (one for one in again if isinstance(one, nn.Module))
    assert isinstance(ready.step, partial)
    assert ready.step.func is blocks[0].module is not twin
