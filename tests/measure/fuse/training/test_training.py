"""Attention that trains with fewer passes: the same outputs, gradients and statistics."""

import copy
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from measure.fuse.nets import EXACT, difference, images, lived_in
from se_cost.errors import UsageError
from se_cost.measure.fuse.training.blocks import TrainedGate, fused_se
from se_cost.measure.fuse.training.network import fuse_training
from se_cost.measure.models.layers import Gated
from se_cost.measure.models.module import module
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.ese import ESE
from se_cost.nets.attention.kinds import AnyKind, Slot
from se_cost.nets.attention.place import RESIDUAL_PLACES, Place
from se_cost.nets.attention.se import GATES, SE, Squeeze
from se_cost.nets.model import StrideIn
from se_cost.nets.nodes import Seq, seq
from se_cost.nets.zoo import resnet

KINDS: list[AnyKind] = [
    *(SE(stage=2, r=4, gate=gate, bias=bias) for gate in GATES for bias in (True, False)),
    ESE(stage=2),
    ECA(stage=2),
]


def gate_of(kind: AnyKind, channels: int = 8) -> Gated:
    """Return the gate of a kind, in training and float64."""
    torch.manual_seed(0)
    gate = module(kind.block(channels)).double()
    assert isinstance(gate, Gated)
    return gate


def norm_of(channels: int = 8) -> nn.BatchNorm2d:
    """Return a norm in training that does something."""
    norm = lived_in(nn.BatchNorm2d(channels)).train()
    assert isinstance(norm, nn.BatchNorm2d)
    return norm


def step(network: nn.Module, x: Tensor) -> Iterator[Tensor]:
    """Yield the output of a training step, the gradient of its input, and those of parameters."""
    x = x.clone().requires_grad_()
    output = network(x)
    (output * images(*output.shape, seed=3)).sum().backward()
    yield output
    assert x.grad is not None
    yield x.grad
    for _, parameter in sorted(network.named_parameters(), key=lambda named: named[1].numel()):
        assert parameter.grad is not None
        yield parameter.grad


def assert_same_step(network: nn.Module, fused: nn.Module, x: Tensor) -> None:
    """Assert that two networks agree in all that a step makes."""
    pairs = zip(step(network, x), step(fused, x), strict=True)
    assert all(difference(actual, expected) < EXACT for expected, actual in pairs)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_gate(kind: AnyKind) -> None:
    """A gate alone has the gradients of autograd."""
    gate = gate_of(kind)
    fused = fused_se(copy.deepcopy(gate))
    assert_same_step(gate, fused, images(3, 8, 5, 6))


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_norm_and_gate(kind: AnyKind, layout: str) -> None:
    """So has a gate with the norm before it, which keeps the same statistics."""
    norm, gate = norm_of(), gate_of(kind)
    plain = nn.Sequential(norm, gate)
    fused = fused_se(copy.deepcopy(gate), copy.deepcopy(norm))
    x = images(3, 8, 5, 6, layout=layout)
    assert_same_step(plain, fused, x)
    kept = fused.norm
    assert kept is not None
    for name, values in norm.named_buffers():
        torch.testing.assert_close(kept.get_buffer(name), values)
    with torch.no_grad():
        assert difference(fused.eval()(x), plain.eval()(x)) < EXACT


def test_average_of_all_batches() -> None:
    """A norm without momentum weighs all batches alike."""
    norm = norm_of()
    norm.momentum = None
    fused = fused_se(gate_of(ECA(stage=2)), copy.deepcopy(norm))
    for seed in range(3):
        x = images(2, 8, 4, 4, seed=seed)
        norm(x)
        fused(x)
    assert fused.norm is not None
    for name, values in norm.named_buffers():
        torch.testing.assert_close(fused.norm.get_buffer(name), values)


@pytest.mark.parametrize("norm", [None, norm_of(4)], ids=["gate", "norm and gate"])
@pytest.mark.parametrize("kind", [SE(stage=2, r=2), ESE(stage=2), ECA(stage=2)], ids=str)
def test_gradients_by_differences(kind: AnyKind, norm: nn.BatchNorm2d | None) -> None:
    """Gradients are those of finite differences."""
    block = fused_se(gate_of(kind, 4), norm)
    names = [name for name, _ in block.named_parameters()]

    def run(x: Tensor, *values: Tensor) -> Tensor:
        parameters = dict(zip(names, values, strict=True))
        return torch.func.functional_call(block, parameters, (x,))  # type: ignore[no-any-return]

    values = [p.detach().clone().requires_grad_() for p in block.parameters()]
    assert torch.autograd.gradcheck(run, (images(2, 4, 3, 3).requires_grad_(), *values))


@pytest.mark.parametrize("norm", [None, norm_of(4)], ids=["gate", "norm and gate"])
def test_no_second_derivative(norm: nn.BatchNorm2d | None) -> None:
    """Who asks for one is told so."""
    x = images(2, 4, 3, 3).requires_grad_()
    output = fused_se(gate_of(ESE(stage=2), 4), norm)(x).square().sum()
    with pytest.raises(UsageError, match="no second derivative"):
        torch.autograd.grad(output, x, create_graph=True)


def test_backward_twice() -> None:
    """A graph that is retained gives the same gradients again."""
    x = images(2, 4, 3, 3).requires_grad_()
    output = fused_se(gate_of(ESE(stage=2), 4), norm_of(4))(x).square().sum()
    (one,) = torch.autograd.grad(output, x, retain_graph=True)
    (two,) = torch.autograd.grad(output, x)
    assert torch.equal(one, two)


def saved(network: nn.Module, x: Tensor) -> int:
    """Return the elements of maps that a forward pass saves for the backward pass."""
    found: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        if tensor.dim() == 4:
            found[tensor.untyped_storage().data_ptr()] = tensor.numel()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        output = network(x.requires_grad_())
    assert output.requires_grad
    return sum(found.values())


def test_fewer_maps_are_saved() -> None:
    """Norm and gate save one map instead of two."""
    norm, gate, x = norm_of(), gate_of(SE(stage=2, r=4)), images(2, 8, 16, 16)
    fused = fused_se(gate, norm)
    assert saved(fused, x) == pytest.approx(x.numel(), rel=0.1)
    assert saved(nn.Sequential(norm, gate), x) == pytest.approx(2 * x.numel(), rel=0.1)


def blocks(kind: AnyKind, place: Place) -> Seq:
    """Return two bottlenecks."""
    slot = Slot(kind, place)
    return seq(
        first=resnet.block(16, 8, 32, 2, slot, StrideIn.CONV1X1),
        second=resnet.block(32, 8, 32, 1, slot, StrideIn.CONV1X1),
    )


@pytest.mark.parametrize("place", RESIDUAL_PLACES)
def test_network(place: Place) -> None:
    """Two blocks with their attention at any place."""
    network = lived_in(module(blocks(SE(stage=2, r=4), place))).train()
    text = str(network)
    result = fuse_training(network)
    assert str(network) == text
    assert [block.fused for block in result.blocks] == [True, True]
    with_norm = {Place.STANDARD: [True, True], Place.IDENTITY: [True, False]}
    assert [block.norm for block in result.blocks] == with_norm.get(place, [False, False])
    expected, actual = (list(step(arm, images(2, 16, 12, 12))) for arm in (network, result.module))
    assert difference(actual[0], expected[0]) < EXACT
    assert difference(actual[1], expected[1]) < EXACT
    lengths = [sorted(float(one.norm()) for one in found[2:]) for found in (actual, expected)]
    assert lengths[0] == pytest.approx(lengths[1], rel=1e-8, abs=1e-12)


@pytest.mark.parametrize("squeeze", [Squeeze.MAX, Squeeze.NONE])
def test_other_squeezes_are_left_alone(squeeze: Squeeze) -> None:
    """Only the mean is read off the statistics."""
    network = module(blocks(SE(stage=2, r=4, squeeze=squeeze), Place.STANDARD))
    result = fuse_training(network)
    assert not any(block.fused for block in result.blocks)
    assert "made of the mean of its map" in result.blocks[0].reason
    assert not any(isinstance(part, TrainedGate) for part in result.module.modules())


def test_refused() -> None:
    """A norm that cannot be read off the statistics, and hooks on what would vanish."""
    with pytest.raises(UsageError, match="statistics and parameters"):
        fused_se(gate_of(ESE(stage=2)), nn.BatchNorm2d(8, affine=False))
    network = module(blocks(SE(stage=2, r=4), Place.STANDARD))
    network.get_submodule("first.sum.residual.norm3").register_forward_hook(lambda *_: None)
    with pytest.raises(UsageError, match=r"^first.sum.residual.norm3 has hooks"):
        fuse_training(network)
