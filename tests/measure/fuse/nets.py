"""Small networks in inference, of float64 and with norms that do something."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from se_cost.measure.fuse.fuse import Fused, fuse
from se_cost.measure.fuse.record import How
from se_cost.measure.models.module import module
from se_cost.nets.nodes import Node
from se_cost.record import Record, replace

LAYOUTS = {"nchw": torch.contiguous_format, "nhwc": torch.channels_last}
NARROWER = 4  # times
CHANNELS = ("c_in", "c_out", "channels", "groups")
EXACT = 1e-10  # of float64, relative to the largest output


def lived_in(network: nn.Module, dtype: torch.dtype = torch.float64) -> nn.Module:
    """Return a network in inference whose norms have statistics that do something."""
    torch.manual_seed(0)
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.uniform_(some(part.running_mean), -0.5, 0.5)
            nn.init.uniform_(some(part.running_var), 0.5, 1.5)
            nn.init.uniform_(part.bias, -0.5, 0.5)
            nn.init.uniform_(part.weight, 0.5, 1.5)
    return network.to(dtype).eval()


def some(tensor: Tensor | None) -> Tensor:
    """Return a tensor that is there."""
    assert tensor is not None
    return tensor


def built(node: Node, layout: str = "nchw", dtype: torch.dtype = torch.float64) -> nn.Module:
    """Return the module of a network in inference, in a memory layout."""
    return lived_in(module(node), dtype).to(memory_format=LAYOUTS[layout])  # type: ignore[call-overload, no-any-return]


def images(
    *shape: int, layout: str = "nchw", dtype: torch.dtype = torch.float64, seed: int = 1
) -> Tensor:
    """Return random images of a shape (N, C, H, W)."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)
    return drawn.contiguous(memory_format=LAYOUTS[layout])


def narrow(node: Node) -> Node:
    """Return a network with fewer channels, of the same structure."""
    return _narrow(node)  # type: ignore[no-any-return]


def _narrow(value: Any) -> Any:
    match value:
        case Record():
            fields: Mapping[str, Any] = {
                name: _number(field) if name in CHANNELS else _narrow(field)
                for name, field in zip(value.__struct_fields__, _values(value), strict=True)
            }
            return replace(value, **fields)
        case tuple():
            return tuple(map(_narrow, value))
        case _:
            return value


def _values(record: Record) -> list[Any]:
    return [getattr(record, name) for name in record.__struct_fields__]


def _number(channels: int) -> int:
    """Return the channels of a narrower network; hidden widths of attention stay as they are."""
    return channels // NARROWER if channels % NARROWER == 0 else channels


def fused(network: nn.Module, x: Tensor, how: How = How.AUTO) -> Fused:
    """Return a network fused for images like `x`, once it is proven to be the same function."""
    result = fuse(network, x, how)
    with torch.inference_mode():
        expected = network(x)
        assert (
            difference(result.module(x.clone(memory_format=torch.preserve_format)), expected)
            < EXACT
        )
        other = images(3, *x.shape[1:], dtype=x.dtype, seed=2)  # of another batch, and laid out so
        assert difference(result.module(other), network(other)) < EXACT
    assert difference(result.module(x), expected) < EXACT  # where autograd watches
    return result


def difference(actual: Tensor, expected: Tensor) -> float:
    """Return the largest difference relative to the largest value."""
    assert actual.shape == expected.shape
    largest = expected.detach().abs().max().item()
    return (actual - expected).detach().abs().max().item() / (largest or 1.0)
