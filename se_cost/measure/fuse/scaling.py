"""Modules in which a map is scaled by one of its neighbours."""

from torch import Tensor, nn
from torch.nn import functional

from se_cost.measure.fuse.affine import affine
from se_cost.measure.fuse.eager import ONE_IMAGE, overwrites
from se_cost.measure.fuse.factor import MeanFactor


class Factored(nn.Module):
    """A map and its factor, which is made of the input of the convolution that makes the map.

    There is no convolution where the squeeze stays behind it.
    """

    def __init__(self, conv: nn.Module | None, factor: nn.Module) -> None:
        super().__init__()
        self.conv = conv
        self.factor = factor

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the map (N, C, H, W) and its factor, of a shape that multiplies it."""
        factor: Tensor = self.factor(x)  # first, while the caches hold `x`
        return x if self.conv is None else self.conv(x), factor


class Scaled(nn.Module):
    """The product of map and factor, written over the map, which must be its own."""

    def __init__(self, factored: Factored) -> None:
        super().__init__()
        self.factored = factored

    def forward(self, x: Tensor) -> Tensor:
        """Return the product (N, C, H, W)."""
        u: Tensor
        u, factor = self.factored(x)
        return u.mul_(factor) if overwrites(u) else u * factor


class ScaledConv(nn.Module):
    """A convolution with the rows of its weights scaled by a factor made of its input."""

    def __init__(self, conv: nn.Conv2d, factor: nn.Module) -> None:
        super().__init__()
        self.conv = conv
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        """Return the scaled output (N, C, H, W); for more images than one, by a product."""
        conv, factor = self.conv, self.factor(x)
        if factor.shape[0] != ONE_IMAGE:
            whole: Tensor = conv(x) * factor
            return whole
        weight = conv.weight * factor.view(-1, 1, 1, 1)
        bias = None if conv.bias is None else conv.bias * factor.view(-1)
        return functional.conv2d(
            x, weight, bias, conv.stride, conv.padding, conv.dilation, conv.groups
        )


class ConvOfScaled(nn.Module):
    """A convolution with the columns of its weights scaled by the factor of its input."""

    def __init__(self, factored: Factored, conv: nn.Conv2d) -> None:
        super().__init__()
        self.factored = factored
        self.conv = conv

    def forward(self, x: Tensor) -> Tensor:
        """Return conv(u * s) (N, C_out, H, W)."""
        u, factor = self.factored(x)
        if factor.shape[0] == ONE_IMAGE:
            return self._convolved(u, self._weights(factor), self.conv.bias)
        return self._images(u, factor)

    def _images(self, u: Tensor, factor: Tensor) -> Tensor:
        """Return the output of several images: their convolutions are the groups of one."""
        images, _, height, width = u.shape
        bias = self.conv.bias
        output = self._convolved(
            u.reshape(1, -1, height, width),
            self._weights(factor),
            bias if bias is None else bias.repeat(images),
            images,
        )
        return output.view(images, -1, *output.shape[2:])

    def _weights(self, factor: Tensor) -> Tensor:
        """Return the weights (N * C_out, C_in / groups, ...) for factors (N, C_in, 1, 1)."""
        weight, groups = self.conv.weight, self.conv.groups
        if factor.shape[0] == ONE_IMAGE:
            if groups == 1:
                return weight * factor
            if groups == len(weight):  # one output of a group, as in a depthwise convolution
                return weight * factor.view(*weight.shape[:2], 1, 1)
        c_in = weight.shape[1]
        split = weight.view(1, groups, -1, *weight.shape[1:])
        scaled = split * factor.view(-1, groups, 1, c_in, 1, 1)
        return scaled.view(-1, *weight.shape[1:])

    def _convolved(
        self, x: Tensor, weight: Tensor, bias: Tensor | None, images: int = ONE_IMAGE
    ) -> Tensor:
        conv = self.conv
        return functional.conv2d(
            x, weight, bias, conv.stride, conv.padding, conv.dilation, images * conv.groups
        )


class NormOfScaled(nn.Module):
    """A batch norm in inference, one factor and one shift a channel, of a scaled map."""

    def __init__(self, factored: Factored, weight: nn.Parameter, bias: nn.Parameter) -> None:
        super().__init__()
        self.factored = factored
        self.weight = weight
        self.bias = bias

    def forward(self, x: Tensor) -> Tensor:
        """Return norm(u * s), of the shape of the map."""
        u, factor = self.factored(x)
        vector: Tensor = factor.flatten(1)
        return affine(u, self.weight * vector, self.bias.expand_as(vector))


class PoolOfScaled(nn.Module):
    """A pooling that a factor for each channel commutes with, before the scale."""

    def __init__(self, factored: Factored, pool: nn.Module) -> None:
        super().__init__()
        self.factored = factored
        self.pool = pool

    def forward(self, x: Tensor) -> Tensor:
        """Return pool(u * s), which is pool(u) * s."""
        u, factor = self.factored(x)
        pooled: Tensor = self.pool(u)
        return pooled.mul_(factor) if overwrites(pooled) else pooled * factor


class MeanOfScaled(nn.Module):
    """The mean of a scaled map, whose squeeze has made it already."""

    def __init__(self, factor: MeanFactor) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        """Return mean(x * s) (N, C, 1, 1), which is mean(x) * s."""
        mean = self.factor.mean(x)
        return mean[..., None, None] * self.factor.of_mean(mean.clone())
