"""A fused network is an ordinary module: it can be copied, converted, compiled, exported, saved."""

import copy
import io

import pytest
import torch
from torch import Tensor, nn

from measure.fuse.nets import built, difference, images
from se_cost.measure.fuse.fuse import fuse
from se_cost.measure.fuse.record import How
from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import SE
from se_cost.nets.model import StrideIn
from se_cost.nets.nodes import seq
from se_cost.nets.zoo import cifar_blocks, mobilenet, resnet

CLOSE = 1e-5  # of float32, relative to the largest output
COARSE = 0.03  # of bfloat16
SLOT, PRE = Slot(SE(stage=2, r=4), Place.STANDARD), Slot(SE(stage=2, r=4), Place.PRE)

NETWORK = seq(  # with every form of the scale but the one that is asked for
    bottleneck=resnet.block(16, 8, 32, 1, SLOT, StrideIn.CONV1X1),
    identity=resnet.block(32, 8, 32, 1, SLOT, StrideIn.CONV1X1),
    preactivated=cifar_blocks.preactivated_bottleneck(32, 32, 1, PRE),
    separable=mobilenet.separable(32, 32, 1, SLOT),
    another=mobilenet.separable(32, 32, 1, SLOT),
    basic=resnet.block(32, 32, 32, 1, PRE, StrideIn.CONV1X1),
    head=resnet.classifier(32, 5),
)
CASES = [(How.AUTO, 1), (How.AUTO, 2), (How.WEIGHTS, 1), (How.PRODUCT, 2)]


@pytest.fixture(params=CASES, ids=str)
def pair(request: pytest.FixtureRequest) -> tuple[nn.Module, Tensor, Tensor]:
    """Return a fused network, images, and what the original makes of them."""
    how, batch = request.param
    network, x = built(NETWORK, dtype=torch.float32), images(batch, 16, 12, 12, dtype=torch.float32)
    with torch.inference_mode():
        return fuse(network, x, how).module, x, network(x)


Pair = tuple[nn.Module, Tensor, Tensor]


def test_copied(pair: Pair) -> None:
    """A deep copy shares nothing with the original."""
    fused, x, expected = pair
    copied = copy.deepcopy(fused)
    with torch.inference_mode():
        for parameter in fused.parameters():
            parameter.zero_()
        assert difference(copied(x), expected) < CLOSE


def test_pickled(pair: Pair) -> None:
    """A whole module can be saved."""
    fused, x, expected = pair
    file = io.BytesIO()
    torch.save(fused, file)
    file.seek(0)
    loaded = torch.load(file, weights_only=False)
    with torch.inference_mode():
        assert difference(loaded(x), expected) < CLOSE


def test_state_is_saved(pair: Pair) -> None:
    """The values of one fused network can be loaded by another that was fused in the same way."""
    fused, x, expected = pair
    other = copy.deepcopy(fused)
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.fill_(7.0)
    other.load_state_dict(fused.state_dict())
    with torch.inference_mode():
        assert difference(other(x), expected) < CLOSE


def test_converted(pair: Pair) -> None:
    """Another type, another layout."""
    fused, x, expected = pair
    with torch.inference_mode():
        lowered = copy.deepcopy(fused).to(torch.bfloat16)(x.bfloat16())
        assert lowered.dtype == torch.bfloat16
        assert difference(lowered.float(), expected) < COARSE
        last = copy.deepcopy(fused).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        assert difference(last(x.contiguous(memory_format=torch.channels_last)), expected) < CLOSE


def test_autocast(pair: Pair) -> None:
    """Lower precision where autocast takes it."""
    fused, x, expected = pair
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        assert difference(fused(x).float(), expected) < COARSE


def test_gradients_flow(pair: Pair) -> None:
    """Nothing that autograd needs is overwritten."""
    fused, x, _ = pair
    x = x.clone().requires_grad_()
    fused(x).sum().backward()
    assert x.grad is not None
    assert all(p.grad is not None for p in fused.parameters())


def test_exported(pair: Pair) -> None:
    """An exported program is saved and loaded."""
    fused, x, expected = pair
    file = io.BytesIO()
    with torch.no_grad():
        torch.export.save(torch.export.export(fused, (x,)), file)
    file.seek(0)
    loaded = torch.export.load(file).module()
    assert difference(loaded(x), expected) < CLOSE


def test_compiled(pair: Pair) -> None:
    """The compiler takes the whole network as one graph."""
    fused, x, expected = pair
    torch._dynamo.reset()
    compiled = torch.compile(fused, backend="aot_eager", fullgraph=True)
    with torch.inference_mode():
        assert difference(compiled(x), expected) < CLOSE
