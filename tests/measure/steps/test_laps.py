"""The seconds of stages, on a clock that only moves while a stage runs."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from se_cost.measure.steps.laps import Clock, Laps, clock

FORWARD = {"stem": 1.0, "stage2": 10.0, "head": 100.0}
BACKWARD = {"stem": 2.0, "stage2": 20.0, "head": 200.0}


class Taking(torch.autograd.Function):
    """What takes known times in both passes."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, stage: "Stage") -> Tensor:
        """Let the seconds of the forward pass go by."""
        ctx.stage = stage
        stage.clock.now += FORWARD[stage.name]
        return x.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Let the seconds of the backward pass go by."""
        ctx.stage.clock.now += BACKWARD[ctx.stage.name]
        return gradients[0], None


class Stage(nn.Module):
    """A stage with a weight, whose map is used twice, as that of a residual block is."""

    def __init__(self, made: "MadeUp", name: str) -> None:
        super().__init__()
        self.clock, self.name = made, name
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        """Return something of the map."""
        taken: Tensor = Taking.apply(x * self.weight, self)  # type: ignore[no-untyped-call]
        return taken + x


class MadeUp:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def network(self) -> nn.Sequential:
        """Return three stages on this clock."""
        found = nn.Sequential()
        for name in FORWARD:
            found.add_module(name, Stage(self, name))
        return found


def taken(*, training: bool, iterations: int) -> dict[str, float]:
    """Return the seconds of stages in so many iterations, after one that is asked for before."""
    made = MadeUp()
    network, images = made.network(), torch.ones(2, 3)
    laps = Laps(Clock(lambda: made.now, lambda start, end: end - start))

    def step() -> None:
        with torch.set_grad_enabled(training):
            out = network(images).sum()
        if training:
            out.backward()

    watched = laps.watched(network, step)
    watched()
    laps.taken()
    for _ in range(iterations):
        watched()
    return laps.taken()


@pytest.mark.parametrize("iterations", [1, 3])
def test_inference(iterations: int) -> None:
    """The forward pass of every stage, in all iterations since it was last asked."""
    found = taken(training=False, iterations=iterations)
    assert found == {name: iterations * seconds for name, seconds in FORWARD.items()}


@pytest.mark.parametrize("iterations", [1, 3])
def test_training(iterations: int) -> None:
    """Both passes of every stage, though gradients come back in the opposite order."""
    found = taken(training=True, iterations=iterations)
    both = {name: FORWARD[name] + BACKWARD[name] for name in FORWARD}
    assert found == {name: iterations * seconds for name, seconds in both.items()}


def test_nothing_has_run() -> None:
    """There is nothing to tell."""
    assert Laps(clock(torch.device("cpu"))).taken() == {}


def test_the_clock_of_a_cpu_goes_forward() -> None:
    """It tells seconds, of two readings one after the other."""
    found = clock(torch.device("cpu"))
    first, second = found.read(), found.read()
    assert 0 <= found.between(first, second) < 1
