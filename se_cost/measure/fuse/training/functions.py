"""A map that is scaled by a factor of its own means, as one function with its own derivative.

Autograd takes the product and the mean one by one: it saves both operands of the product, makes a
gradient of the map for either, and adds the two. Here the function has two halves, and autograd
sees what makes the factor of the means, on vectors, between them:

    statistics -> layers -> affine

Backward, the second half runs first. It reads the gradient G and the map x once for the gradient
of the factor, and leaves G to the first half, which makes the gradient of x in one go:

    dx = factor * G + (d mean + 2 (x - mean) d variance) / pixels

A norm in training is such a scale, too: its statistics over the batch follow from those of every
image, and norm and gate together are one factor and one shift for each channel of each image.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from se_cost.errors import UsageError
from se_cost.measure.fuse.affine import affine

EPSILON = 1e-5  # keeps a deviation of nothing finite
Vectors = tuple[Tensor, Tensor]  # of shape (N, C)


class Handover:
    """What the second half leaves to the first on the way back: a gradient and its factor."""

    def __init__(self) -> None:
        self.left: Vectors | None = None

    def take(self) -> Vectors:
        """Return what was left, once."""
        assert self.left is not None, "the affine half runs backward before the statistics"
        left, self.left = self.left, None
        return left


class Statistics(Function):
    """The first half: mean and, if asked for, biased variance of every channel of every image."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, handover: Handover, varies: bool) -> Any:
        """Return the means (N, C) of `x` (N, C, H, W), with the variances if `varies`."""
        ctx.handover, ctx.varies, ctx.pixels = handover, varies, x[0, 0].numel()
        if not varies:
            return x.mean((2, 3))
        mean, variance = moments(x)
        ctx.save_for_backward(x, mean)
        return mean, variance

    @staticmethod
    def backward(ctx: Any, d_mean: Tensor, *d_variance: Tensor) -> Any:
        """Return the gradient of the map, with what the affine half left."""
        expect_first_order()
        gradient, factor = ctx.handover.take()
        if not ctx.varies:
            return affine(gradient, factor, d_mean / ctx.pixels), None, None
        x, mean = ctx.saved_tensors
        slope = 2 / ctx.pixels * d_variance[0]
        total = affine(gradient, factor, d_mean / ctx.pixels - slope * mean)
        return total.addcmul_(x, slope[..., None, None]), None, None


class Affine(Function):
    """The second half: factor * x + shift, for vectors; the statistics take the gradient of x."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, factor: Tensor, shift: Tensor | None, handover: Handover
    ) -> Tensor:
        """Return the scaled map (N, C, H, W)."""
        ctx.handover, ctx.shifts = handover, shift is not None
        ctx.save_for_backward(x, factor)
        return x * factor[..., None, None] if shift is None else affine(x, factor, shift)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        """Return the gradients of factor and shift."""
        expect_first_order()
        x, factor = ctx.saved_tensors
        ctx.handover.left = gradient, factor
        d_factor = (gradient * x).sum((2, 3))
        return None, d_factor, gradient.sum((2, 3)) if ctx.shifts else None, None


def moments(x: Tensor) -> Vectors:
    """Return mean and biased variance of every channel of every image.

    On a CPU `var_mean` takes twenty times as long as the norm of which this is a part.
    """
    images, channels, height, width = x.shape
    _, mean, inverse = torch.native_group_norm(
        x, None, None, images, channels, height * width, channels, EPSILON
    )
    return mean, inverse.square().reciprocal() - EPSILON


def expect_first_order() -> None:
    """Raise UsageError if autograd wants to derive a derivative."""
    if torch.is_grad_enabled():  # as it is in a backward pass that makes a graph
        raise UsageError("fused attention has no second derivative: train with the unfused block")
