"""Batch norms folded into the convolutions before them, as networks are deployed."""

from itertools import pairwise
from typing import TypeGuard

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def fold(network: nn.Module) -> None:
    """Fold every batch norm directly after a convolution into it, in place.

    An identity replaces the norm, so the paths of all submodules stay. A norm without a convolution
    directly before it (pre-activated blocks, DenseNet) stays too. In inference a norm is
    y = (x - mean) / sqrt(var + eps) * weight + bias per channel: one factor and one shift, which
    the weights and the bias of the convolution can hold. The network must be in eval mode.
    """
    for sequence in [part for part in network.modules() if isinstance(part, nn.Sequential)]:
        for (before, conv), (after, norm) in pairwise(list(sequence.named_children())):
            if foldable(conv) and constant(norm):
                transposed = type(conv) is nn.ConvTranspose2d
                setattr(sequence, before, fuse_conv_bn_eval(conv, norm, transposed))
                setattr(sequence, after, nn.Identity())


def foldable(module: nn.Module) -> TypeGuard[nn.Conv2d | nn.ConvTranspose2d]:
    """Return whether a module is a convolution whose weights can hold a factor for each channel.

    A subclass may do more: standardise its weights, for instance.
    """
    transposed = type(module) is nn.ConvTranspose2d and module.groups == 1
    return type(module) is nn.Conv2d or transposed


def constant(module: nn.Module | None) -> TypeGuard[nn.BatchNorm2d]:
    """Return whether a module is a batch norm whose statistics are constants in inference.

    A subclass may do more: hold the activation that follows, for instance.
    """
    return type(module) is nn.BatchNorm2d and module.running_var is not None
