"""Networks that others wrote: fused as ours are, or left alone with the reason."""

import copy

import pytest
import torch
from torch import nn

from measure.fuse.foreign import (
    Bottleneck,
    ConvSE,
    Efficient,
    InlineBlock,
    Inverted,
    MeanSE,
    NormAct,
    NormedSE,
    Spatial,
    Stemmed,
    ViewSE,
)
from measure.fuse.nets import EXACT, difference, fused, images, lived_in
from se_cost.errors import UsageError
from se_cost.measure.fuse.fuse import folded, fuse
from se_cost.measure.fuse.record import ScaleForm, SqueezeForm
from se_cost.measure.fuse.words.sums import SumInto

GATES = {"se": (ConvSE, ViewSE, MeanSE), "eca": (Efficient,)}
NAMED = [(kind, gate) for kind, gates in GATES.items() for gate in gates]


def bottlenecks(*gates: type[nn.Module]) -> nn.Module:
    """Return a network of two bottlenecks, each with its gate."""
    blocks = [Bottleneck(c, 8, gate) for c, gate in zip((16, 32), gates, strict=True)]
    return lived_in(Stemmed(*blocks, features=32))


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize(("kind", "gate"), NAMED)
def test_bottlenecks(kind: str, gate: type[nn.Module], batch: int, layout: str) -> None:
    """A block with its gate before the sum has its squeeze moved and its scale in the sum."""
    x = images(batch, 3, 64, 64, layout=layout)
    result = fused(bottlenecks(gate, gate), x)
    assert [block.path for block in result.blocks] == ["layers.0.se", "layers.1.se"]
    assert {block.kind for block in result.blocks} == {kind}
    assert {block.squeeze for block in result.blocks} == {SqueezeForm.MOVED}
    assert {block.scale for block in result.blocks} == {ScaleForm.ADDCMUL}
    assert result.unread == {}
    assert not any(isinstance(part, nn.BatchNorm2d) for part in result.module.modules())


def test_weights_that_are_zero_before_training() -> None:
    """They hide what a norm computes, but its forward is read all the same."""
    norm = NormAct(16)
    network = lived_in(nn.Sequential(nn.Conv2d(3, 16, 3), norm, ConvSE(16), nn.Conv2d(16, 4, 1)))
    nn.init.zeros_(norm.weight)
    nn.init.zeros_(norm.bias)
    result = fuse(network, images(2, 3, 12, 12))
    assert result.unread == {}
    assert not any(isinstance(part, nn.BatchNorm2d) for part in result.module.modules())


def test_macs() -> None:
    """The excitation with the convolution in it has a quarter of the inputs."""
    block, _ = fused(bottlenecks(ViewSE, ViewSE), images(1, 3, 64, 64)).blocks
    assert block.macs_before == 2 * 32 * 16
    assert block.macs_after == 8 * 16 + 16 * 32


def test_written_into_the_forward() -> None:
    """A gate that is no module of its own."""
    result = fused(lived_in(Stemmed(InlineBlock(16), InlineBlock(16))), images(2, 3, 32, 32))
    assert [(block.path, block.scale) for block in result.blocks] == [
        ("layers.0.mul", ScaleForm.ADDCMUL),
        ("layers.1.mul", ScaleForm.ADDCMUL),
    ]
    assert "3x3 convolution precedes" in result.blocks[0].squeeze_reason


@pytest.mark.parametrize(("batch", "form"), [(1, ScaleForm.WEIGHTS), (4, ScaleForm.PRODUCT)])
def test_before_a_projection(batch: int, form: ScaleForm) -> None:
    """The projection takes the scale; the squeeze stays behind the activation."""
    result = fused(lived_in(Stemmed(Inverted(16))), images(batch, 3, 96, 96))
    (block,) = result.blocks
    assert (block.path, block.scale) == ("layers.0.block.2", form)
    assert block.into == "layers.0.block.3.0"
    assert block.squeeze_reason.startswith("an activation stands between")
    assert any(isinstance(part, SumInto) for part in result.module.modules())


def test_other_forms_are_named() -> None:
    """A gate of another form is left alone, and the rest of its network is fused."""
    result = fused(bottlenecks(Spatial, ConvSE), images(2, 3, 32, 32))
    assert [block.path for block in result.blocks] == ["layers.1.se"]
    assert result.unread == {"layers.0.se": "its forward calls mean"}


def test_norms_with_activations() -> None:
    """A norm that holds its activation is folded like any other."""
    layers = [nn.Conv2d(3, 16, 3, padding=1), NormAct(16), NormedSE(16), nn.Conv2d(16, 4, 1)]
    result = fused(lived_in(nn.Sequential(*layers)), images(2, 3, 16, 16))
    (block,) = result.blocks
    assert (block.kind, block.scale) == ("se", ScaleForm.PRODUCT)
    assert not any(isinstance(part, nn.BatchNorm2d) for part in result.module.modules())


def test_folded_differs_in_the_attention_only() -> None:
    """The same network with its attention as it was."""
    network, x = bottlenecks(ViewSE, MeanSE), images(2, 3, 32, 32)
    plain = folded(network, x)
    assert not any(isinstance(part, nn.BatchNorm2d) for part in plain.modules())
    gates = [type(part) for part in plain.modules() if isinstance(part, ViewSE | MeanSE)]
    assert gates == [ViewSE, MeanSE]
    with torch.inference_mode():
        assert difference(plain(x), network(x)) < EXACT


def test_original_is_untouched() -> None:
    """Neither parameters nor structure of the original change."""
    network = bottlenecks(ViewSE, MeanSE)
    before, text = copy.deepcopy(network.state_dict()), str(network)
    fuse(network, images(1, 3, 32, 32))
    assert str(network) == text
    for name, values in network.state_dict().items():
        assert torch.equal(values, before[name])


def test_hook_on_a_block_that_would_be_said_in_words() -> None:
    """A hook would be lost with its module."""
    network = bottlenecks(ViewSE, MeanSE)
    network.get_submodule("layers.0").register_forward_hook(lambda *_: None)
    with pytest.raises(UsageError, match=r"^layers.0 has hooks"):
        fuse(network, images(1, 3, 32, 32))
