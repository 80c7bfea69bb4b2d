"""Whether the squeeze of a gate can be taken before the convolution that makes its map.

Pooling commutes with a 1x1 convolution and its norm: mean(W y + b) = W mean(y) + b. So the gate
needs the mean of the convolution's input only, which is known before the convolution runs.
"""

from math import prod
from typing import NamedTuple

from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from se_cost.measure.fuse.chains import Chain
from se_cost.measure.fuse.choice import ConvSize, squeeze_passes
from se_cost.measure.fuse.factor import ACTIVATIONS, absorbed
from se_cost.measure.fuse.gates import GateParts, Mean
from se_cost.measure.fuse.named import named
from se_cost.measure.fuse.seen import Seen

UNPADDED = ((0, 0), "valid", "same")  # of a 1x1 convolution


class Squeezed(NamedTuple):
    """A gate whose squeeze is where it should be."""

    parts: GateParts
    conv: nn.Conv2d | None  # that the squeeze was moved before
    e_passes: float  # that the factor takes
    reason: str


def squeezed(chain: Chain, place: int, parts: GateParts, seen: Seen) -> Squeezed:
    """Return the gate, with its squeeze moved before the convolution if that moves fewer bytes."""
    before = chain.at(place - 1)
    elements = prod(seen.inputs[chain.spots[place].module])
    refused = _refused(parts, before)
    if refused or not isinstance(before, nn.Conv2d):
        return Squeezed(parts, None, parts.e_passes(seen, elements), refused)
    absorbs = isinstance(next(iter(parts.layers.values()), None), nn.Linear)
    passes = squeeze_passes(conv_size(before, seen), seen.outputs[before][0], absorbs)
    if passes >= 1:
        reason = f"before the convolution it would take {passes:.3g} E-passes instead of 1"
        return Squeezed(parts, None, 1, reason)
    rows, columns = before.stride
    moved = parts._replace(squeeze=Mean((rows, columns)), layers=absorbed(parts.layers, before))
    return Squeezed(moved, before, passes, f"{passes:.3g} E-passes instead of 1")


def conv_size(conv: nn.Conv2d, seen: Seen) -> ConvSize:
    """Return what decides the bytes of a convolution that has run."""
    return ConvSize(
        c_in=conv.in_channels,
        c_out=conv.out_channels,
        area=prod(conv.kernel_size),
        groups=conv.groups,
        aligned=prod(conv.stride) == 1 and conv.padding in UNPADDED,
        bias=conv.bias is not None,
        pixels=prod(seen.outputs[conv][2:]),
    )


def _refused(parts: GateParts, before: nn.Module | None) -> str:
    """Return why the squeeze cannot be moved, nothing if it can."""
    if parts.squeeze is None:
        return "there is no squeeze that could be moved"
    if not isinstance(parts.squeeze, Mean):
        return "a maximum does not commute with a convolution"
    if before is None:
        return "the gate comes first in its branch"
    if type(before) in ACTIVATIONS:
        return "an activation stands between the gate and what precedes it"
    if is_parametrized(before):
        return "the convolution before the gate is parametrised"
    if type(before) is not nn.Conv2d or prod(before.kernel_size) > 1:
        return f"{named(before)} precedes the gate, not a 1x1 convolution"
    if before.padding not in UNPADDED:
        return "the convolution before the gate is padded"
    return ""
