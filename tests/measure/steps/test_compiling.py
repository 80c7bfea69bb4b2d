"""Networks compiled, and compilers that fail."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn
from torch._dynamo.utils import counters

from se_cost.errors import MeasurementError
from se_cost.measure.steps.compiling import compile_now, compiled, in_one_line

X = torch.ones(2, 3, 4, 4)


@pytest.fixture(autouse=True)
def nothing_compiled() -> Iterator[None]:
    """Begin with nothing compiled, and leave nothing to other tests."""
    torch.compiler.reset()
    yield
    torch.compiler.reset()


def small() -> nn.Sequential:
    """Return a network that is compiled quickly."""
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten())


@pytest.mark.skipif(not shutil.which("g++"), reason="no C++ compiler is here")
def test_compiled_network_computes_the_same() -> None:
    """The first iteration compiles the whole network as one graph, which agrees with it."""
    counters.clear()
    network = small()
    runs = compiled(network)
    compile_now(lambda: runs(X))
    assert counters["stats"]["unique_graphs"] == 1
    torch.testing.assert_close(runs(X), network(X))
    assert counters["stats"]["unique_graphs"] == 1


def compile_by(backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let torch.compile hand its graphs to `backend`, which takes less time than code."""
    compile_ = torch.compile
    monkeypatch.setattr(torch, "compile", lambda *a, **k: compile_(*a, **k, backend=backend))


class Broken(nn.Module):
    """A network that cannot be compiled as a whole."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Break the graph."""
        torch._dynamo.graph_break()
        return x


def test_a_network_in_pieces_is_refused() -> None:
    """What would be compiled in part is not timed as compiled."""
    runs = compiled(Broken())
    with pytest.raises(MeasurementError, match=r"^torch\.compile failed: [^\n]+$"):
        compile_now(lambda: runs(X))


def test_a_second_network_gets_code_for_its_own_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of other shapes than the first is compiled for them alone, as the first was."""
    graphs: list[torch.fx.GraphModule] = []

    def backend(graph: torch.fx.GraphModule, inputs: list[torch.Tensor]) -> torch.fx.GraphModule:
        graphs.append(graph)
        return graph

    compile_by(backend, monkeypatch)
    runs = compiled(nn.Sequential(nn.ReLU(), nn.Flatten()))
    for side in (4, 5):
        runs(torch.ones(2, 3, side, side))
    inputs = [node for graph in graphs for node in graph.graph.nodes if node.op == "placeholder"]
    assert [tuple(node.meta["example_value"].shape) for node in inputs] == [
        (2, 3, 4, 4),
        (2, 3, 5, 5),
    ]


@pytest.mark.parametrize("reason", ["InvalidCxxCompiler: No working C++ compiler", "ValueError"])
def test_a_compiler_that_fails(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the compiler becomes one line that names its cause."""
    name, _, said = reason.partition(": ")
    cause = type(name, (Exception,), {})(f"{said}\nand how it came to it" if said else "")

    def backend(graph: torch.fx.GraphModule, inputs: list[torch.Tensor]) -> None:
        raise cause

    compile_by(backend, monkeypatch)
    runs = compiled(small())
    with pytest.raises(MeasurementError) as raised:
        compile_now(lambda: runs(X))
    assert str(raised.value) == f"torch.compile failed: {reason}"


def test_more_networks_than_the_compiler_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its limit torch.compile would give up quietly; here that is an error."""
    compile_by("eager", monkeypatch)
    networks = [compiled(nn.Sequential(*[nn.ReLU()] * n)) for n in range(1, 11)]

    def iteration() -> None:
        for runs in networks:
            runs(X)

    with pytest.raises(MeasurementError, match="RecompileLimit"):
        compile_now(iteration)


def test_other_errors_are_not_the_compilers() -> None:
    """Out of memory, say, is told by those who know what to do about it."""

    def iteration() -> None:
        raise torch.cuda.OutOfMemoryError

    with pytest.raises(torch.cuda.OutOfMemoryError):
        compile_now(iteration)


def test_in_one_line() -> None:
    """An error without words is still named."""
    assert in_one_line(KeyError()) == "KeyError"
    assert in_one_line(OSError("first\nsecond")) == "OSError: first"
