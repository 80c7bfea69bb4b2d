"""A block of attention that trains with fewer passes over its map, in the place of another."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from se_cost.errors import UsageError
from se_cost.measure.fuse.gates import Mean, read
from se_cost.measure.fuse.seen import Seen
from se_cost.measure.fuse.training.functions import Affine, Handover, Statistics
from se_cost.measure.models.layers import Gated

_statistics: Callable[[Tensor, Handover, bool], Any] = Statistics.apply
_affine: Callable[[Tensor, Tensor, Tensor | None, Handover], Tensor] = Affine.apply


class TrainedGate(nn.Module):
    """A gate of the mean of its map, after a norm if there is one.

    Outputs and gradients are those of norm and gate one by one. There is no second derivative.
    """

    def __init__(self, layers: Mapping[str, nn.Module], norm: nn.BatchNorm2d | None = None) -> None:
        super().__init__()
        self.norm = norm
        self.layers = nn.Sequential(OrderedDict(layers))

    def forward(self, x: Tensor) -> Tensor:
        """Return gate(norm(x)) for a map (N, C, H, W)."""
        handover = Handover()
        if self.norm is None or not self.norm.training:
            x = x if self.norm is None else self.norm(x)
            factor = self.layers(_statistics(x, handover, False))
            return _affine(x, factor, None, handover)
        mean, variance = _statistics(x, handover, True)
        scale, shift = normalised(self.norm, mean, variance, x[0, 0].numel())
        factor = self.layers(mean * scale + shift)
        return _affine(x, factor * scale, factor * shift, handover)


def fused_se(gate: Gated, norm: nn.BatchNorm2d | None = None) -> TrainedGate:
    """Return a block that takes the place of a gate, and of the norm directly before it, if given.

    Parameters are shared with them. Raises UsageError for a gate that is not made of the mean of
    its map alone, and for a norm that keeps no statistics or has no parameters.
    """
    parts = read(gate, Seen.assumed(gate))
    if not isinstance(parts.squeeze, Mean):
        raise UsageError("only a gate that is made of the mean of its map can be fused in training")
    if norm is not None and (norm.running_mean is None or norm.weight is None):
        raise UsageError("only a norm with statistics and parameters can be fused in training")
    return TrainedGate(parts.layers, norm)


def normalised(
    norm: nn.BatchNorm2d, mean: Tensor, variance: Tensor, pixels: int
) -> tuple[Tensor, Tensor]:
    """Return a norm in training as a factor and a shift (C,), and update its running statistics.

    Means and biased variances (N, C) are those of every image.
    """
    centre = mean.mean(0)
    spread = variance.mean(0) + (mean - centre).square().mean(0)
    scale = norm.weight * (spread + norm.eps).rsqrt()
    with torch.no_grad():
        _update(norm, centre, spread, mean.shape[0] * pixels)
    return scale, norm.bias - centre * scale


def _update(norm: nn.BatchNorm2d, mean: Tensor, variance: Tensor, count: int) -> None:
    """Move the running statistics towards those of a batch of `count` values a channel."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    assert norm.num_batches_tracked is not None
    norm.num_batches_tracked.add_(1)
    weight = 1 / float(norm.num_batches_tracked) if norm.momentum is None else norm.momentum
    norm.running_mean.lerp_(mean, weight)
    norm.running_var.lerp_(variance * (count / max(1, count - 1)), weight)
