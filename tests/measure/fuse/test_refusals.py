"""Networks that are refused, in one line, with nothing changed."""

from collections.abc import Callable
from typing import cast

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations

from measure.fuse.nets import built, fused, images
from se_cost.errors import UsageError
from se_cost.measure.fuse.fuse import fuse
from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import SE
from se_cost.nets.model import StrideIn
from se_cost.nets.nodes import seq
from se_cost.nets.zoo import mobilenet, resnet

SLOT = Slot(SE(stage=2, r=4), Place.STANDARD)
NETWORK = seq(
    first=resnet.block(16, 8, 32, 1, SLOT, StrideIn.CONV1X1),
    second=mobilenet.separable(32, 16, 1, SLOT),
    third=mobilenet.separable(16, 16, 1, SLOT),
)
X = images(1, 16, 8, 8)


def network() -> nn.Module:
    """Return a network of three blocks."""
    return built(NETWORK)


def test_training_mode() -> None:
    """A network in training, or a part of one."""
    with pytest.raises(UsageError, match=r"^the network is in training mode: call eval\(\)"):
        fuse(network().train(), X)
    partly = network()
    partly.get_submodule("second.norm1").train()
    with pytest.raises(UsageError, match=r"^second.norm1 is in training mode"):
        fuse(partly, X)


HOOKS: list[Callable[[nn.Module], object]] = [
    lambda part: part.register_forward_hook(lambda *_: None),
    lambda part: part.register_forward_pre_hook(lambda *_: None),
    lambda part: part.register_full_backward_hook(lambda *_: None),
]


@pytest.mark.parametrize("register", HOOKS)
@pytest.mark.parametrize(
    "path",
    [
        "first.sum",
        "first.sum.residual.se",
        "first.sum.residual.se.reduce",
        "first.sum.residual.conv3",
        "first.sum.residual.norm1",
        "third.depthwise",
    ],
)
def test_hooks_on_what_would_vanish(path: str, register: Callable[[nn.Module], object]) -> None:
    """Whoever hooked a part would hear no more of it."""
    hooked = network()
    register(hooked.get_submodule(path))
    with pytest.raises(UsageError, match=rf"^{path} has hooks, .*: remove them first$"):
        fuse(hooked, X)


@pytest.mark.parametrize("path", ["", "first", "first.relu", "third.relu2"])
def test_hooks_elsewhere(path: str) -> None:
    """Hooks on parts that stay are kept, and see what they saw."""
    hooked, seen = network(), []
    hooked.get_submodule(path).register_forward_hook(lambda *args: seen.append(args[2].clone()))
    fused = fuse(hooked, X).module
    seen.clear()
    with torch.inference_mode():
        hooked(X)
        fused(X)
    one, two = seen
    assert torch.allclose(one, two)


def test_parametrised() -> None:
    """An FC whose weight is computed cannot absorb a convolution."""
    normed = network()
    parametrizations.weight_norm(normed.get_submodule("first.sum.residual.se.reduce"))
    with pytest.raises(UsageError, match=r"^first.sum.residual.se.reduce is parametrised"):
        fuse(normed.eval(), X)


def test_parametrised_convolution() -> None:
    """Its norm stays, and so does the squeeze."""
    normed = network()
    parametrizations.weight_norm(normed.get_submodule("first.sum.residual.conv3"))
    block = fused(normed.eval(), X).blocks[0]
    assert block.squeeze_reason == "a norm precedes the gate, not a 1x1 convolution"


class Shared(nn.Module):
    """Two branches with one convolution."""

    def __init__(self) -> None:
        super().__init__()
        conv = nn.Conv2d(16, 16, 1)
        self.one = nn.Sequential(conv, nn.BatchNorm2d(16))
        self.two = nn.Sequential(conv, nn.BatchNorm2d(16))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the sum of the branches."""
        return self.one(x) + self.two(x)  # type: ignore[no-any-return]


def test_shared_convolution() -> None:
    """What is folded for one norm would be wrong for the other."""
    with pytest.raises(UsageError, match=r"^one.0 is used 2 times"):
        fuse(Shared().double().eval(), X)


def test_quantised() -> None:
    """Integers can be neither scaled nor folded."""
    quantised = nn.Sequential(torch.ao.nn.quantized.Linear(4, 4))  # type: ignore[no-untyped-call]
    with pytest.raises(UsageError, match=r"^0 is quantised: fuse before quantising$"):
        fuse(quantised.eval(), torch.ones(1, 4))


def test_compiled_and_scripted() -> None:
    """Only modules of Python can be rewritten."""
    with pytest.raises(UsageError, match=r"fuse it before torch\.compile"):
        fuse(cast(nn.Module, torch.compile(network())), X)
    scripted: nn.Module = torch.jit.script(nn.ReLU().eval())
    with pytest.raises(UsageError, match="TorchScript"):
        fuse(scripted, X)
