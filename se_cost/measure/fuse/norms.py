"""Batch norms folded into the convolutions that precede them, in a network of one's own."""

from itertools import pairwise

from torch import Tensor, nn

from se_cost.measure.fuse.network import Network
from se_cost.measure.models.folding import constant, foldable


def fold(network: Network) -> None:
    """Fold every batch norm that follows a convolution directly, and put an identity there."""
    for chain in network.chains():
        for before, after in pairwise(chain.spots):
            conv, norm = before.module, after.module
            if foldable(conv) and constant(norm):
                network.expect_removable(conv, norm)
                _fold(conv, norm)
                after.put(nn.Identity())


def factor_and_shift(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Return a norm in inference as a factor and a shift for each channel, in float64."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    factor = (norm.running_var.double() + norm.eps).rsqrt()
    if norm.weight is not None:
        factor = factor * norm.weight.detach().double()
    shift = -norm.running_mean.double() * factor
    return factor, shift if norm.bias is None else shift + norm.bias.detach().double()


def _fold(conv: nn.Conv2d | nn.ConvTranspose2d, norm: nn.BatchNorm2d) -> None:
    """Give the convolution the factor and the shift of the norm."""
    factor, shift = factor_and_shift(norm)
    outputs = (1, -1, 1, 1) if isinstance(conv, nn.ConvTranspose2d) else (-1, 1, 1, 1)
    weight = conv.weight.detach()
    trained = conv.weight.requires_grad
    if conv.bias is not None:
        shift = shift + factor * conv.bias.detach().double()
    conv.weight = nn.Parameter((weight.double() * factor.view(outputs)).to(weight), trained)
    conv.bias = nn.Parameter(shift.to(weight), trained)
