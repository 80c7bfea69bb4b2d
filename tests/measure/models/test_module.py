"""The built module: it runs, compiles and exports, and is left alone by counting."""

import pytest
import torch
from torch import nn

import se_cost
from se_cost.measure.models.module import blank, module
from se_cost.nets.attention.place import Place
from se_cost.nets.nodes import RELU, Norm, add, conv, seq
from se_cost.nets.special import ChannelConv
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import build

SMALL = model("se_resnet18", input=64)


def test_gate_multiplies() -> None:
    """The output of an SE block is its input times one factor for each channel."""
    block = module(se_cost.SE(r=2).block(4))
    x = torch.randn(2, 4, 5, 6)
    hidden = torch.relu(block.reduce(x.mean((2, 3))))  # type: ignore[operator]
    factor = torch.sigmoid(block.expand(hidden))  # type: ignore[operator]
    assert torch.allclose(block(x), x * factor[:, :, None, None])


def test_no_squeeze_multiplies_value_by_value() -> None:
    """Without squeeze there is a factor for each value."""
    block = module(se_cost.SE(r=2, squeeze=se_cost.Squeeze.NONE).block(4))
    x = torch.randn(2, 4, 5, 6)
    hidden = torch.relu(block.reduce(x))  # type: ignore[operator]
    assert torch.allclose(block(x), x * torch.sigmoid(block.expand(hidden)))  # type: ignore[operator]


@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_convolution_along_the_channels(kernel: int) -> None:
    """Every channel is a weighted sum of its neighbours, with zeros beyond the ends."""
    part = module(ChannelConv(kernel))
    (weight,) = part.parameters()
    x = torch.randn(2, 7)
    padded = torch.nn.functional.pad(x, (kernel // 2, kernel // 2))
    expected = padded.unfold(1, kernel, 1) @ weight.flatten()
    torch.testing.assert_close(part(x), expected)
    assert [name for name, _ in part.named_parameters()] == ["weight"]


def test_relu_is_in_place_only_where_its_input_is_its_own() -> None:
    """A first ReLU would overwrite the input that a shortcut still needs."""
    net = add(residual=seq(relu=RELU, norm=Norm(3), relu2=RELU), shortcut=seq())
    built = module(net).eval()
    inplace = {path: m.inplace for path, m in built.named_modules() if isinstance(m, nn.ReLU)}
    assert inplace == {"residual.relu": False, "residual.relu2": True}
    x = torch.full((1, 3, 2, 2), -1.0)
    assert torch.equal(built(x), x)


def test_blank_has_shapes_only() -> None:
    """A blank module holds no values."""
    assert {p.device.type for p in blank(build(SMALL)).parameters()} == {"meta"}


def test_exports() -> None:
    """torch.export takes the module and gives the same output."""
    built = module(build(SMALL)).eval()
    x = torch.randn(1, *SMALL.input)
    exported = torch.export.export(built, (x,)).module()
    assert torch.allclose(exported(x), built(x), atol=1e-5)


def test_compiles() -> None:
    """torch.compile traces the whole module as one graph, without a break."""
    built = module(build(model("se_resnet18", input=32, place=Place.INNER))).eval()
    torch._dynamo.reset()
    compiled = torch.compile(built, backend="eager", fullgraph=True)
    x = torch.randn(1, 3, 32, 32)
    assert torch.allclose(compiled(x), built(x), atol=1e-5)


def test_names_are_paths() -> None:
    """The names of submodules are those of the ledger."""
    paths = {path for path, _ in se_cost.module(SMALL).named_modules()}
    assert {row.path for row in se_cost.costs(SMALL).network.rows} <= paths


@pytest.mark.parametrize("groups", [1, 2])
def test_weights_are_initialised(groups: int) -> None:
    """A module that is to be timed has finite, varied weights."""
    weight = next(module(seq(c=conv(4, 8, 3, groups=groups))).parameters())
    assert weight.isfinite().all()
    assert weight.std() > 0
