"""Batch norms folded into the convolutions before them, as networks are deployed."""

from itertools import pairwise

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

Convolution = nn.Conv2d | nn.ConvTranspose2d


def fold(network: nn.Module) -> None:
    """Fold every batch norm directly after a convolution into it, in place.

    An identity replaces the norm, so the paths of all submodules stay. A norm without a convolution
    directly before it (pre-activated blocks, DenseNet) stays too. In inference a norm is
    y = (x - mean) / sqrt(var + eps) * weight + bias per channel: one factor and one shift, which
    the weights and the bias of the convolution can hold. The network must be in eval mode.
    """
    for sequence in [part for part in network.modules() if isinstance(part, nn.Sequential)]:
        for (before, conv), (after, norm) in pairwise(list(sequence.named_children())):
            if isinstance(conv, Convolution) and isinstance(norm, nn.BatchNorm2d):
                transposed = isinstance(conv, nn.ConvTranspose2d)
                setattr(sequence, before, fuse_conv_bn_eval(conv, norm, transposed))
                setattr(sequence, after, nn.Identity())
