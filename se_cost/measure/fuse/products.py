"""A 1x1 convolution as one matrix product for every image, with weights scaled for the image."""

import torch
from torch import Tensor, nn

from se_cost.measure.fuse.eager import overwrites
from se_cost.measure.fuse.scaling import Factored
from se_cost.measure.fuse.seen import channels_last


class ScaledMatrix(nn.Module):
    """The input of a 1x1 convolution, with its weights and its bias scaled for every image."""

    def __init__(self, conv: nn.Conv2d, factor: nn.Module) -> None:
        super().__init__()
        self.conv = conv
        self.factor = factor

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Return `x`, matrices (N, C_out, C_in), and a shift (N, C_out, 1, 1) if there is any."""
        factor = self.factor(x)
        matrices = self.conv.weight.flatten(1) * factor.flatten(2)
        if self.conv.bias is None:
            return x, matrices
        return x, matrices, self.conv.bias[:, None, None] * factor


class ProductOfScaled(nn.Module):
    """A 1x1 convolution of a scaled map, the columns of its matrix scaled instead."""

    def __init__(self, factored: Factored, conv: nn.Conv2d) -> None:
        super().__init__()
        self.factored = factored
        self.conv = conv

    def forward(self, x: Tensor) -> Tensor:
        """Return conv(u * s) (N, C_out, H, W)."""
        u, factor = self.factored(x)
        matrices = self.conv.weight.flatten(1) * factor.flatten(1)[:, None]
        bias = self.conv.bias
        return product(matrices, u, None if bias is None else bias[None, :, None, None])


def product(
    matrices: Tensor,
    maps: Tensor,
    addend: Tensor | None,
    constant: float = 1.0,
    overwrite: bool = False,
) -> Tensor:
    """Return addend + constant * matrices @ maps, for every image, in the layout of the maps.

    `matrices` are (N, C_out, C_in), `maps` (N, C_in, H, W); `addend` is (N, C_out, H, W), which
    may be overwritten if `overwrite` says so, or (1, C_out, 1, 1).
    """
    first, second = matrices, maps.flatten(2)
    added = None if addend is None else addend.flatten(2)
    transposed = channels_last(maps)
    if transposed:
        first, second, added = second.mT, first.mT, None if added is None else added.mT
    if added is None:
        result = torch.bmm(first, second)
    elif overwrite and overwrites(added):
        kind = added.dtype  # autocast leaves operators in place to themselves
        result = added.baddbmm_(first.to(kind), second.to(kind), alpha=constant)
    else:
        result = torch.baddbmm(added, first, second, alpha=constant)
    result = result.mT if transposed else result
    return result.view(*result.shape[:2], *maps.shape[2:])
