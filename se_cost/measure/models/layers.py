"""Layers and joins that torch has no module for."""

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from se_cost.nets.nodes import Reduce


class Sum(nn.ModuleDict):
    """Sum of the outputs of parallel parts."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum, of the shape of every part's output."""
        total: Tensor
        total, *others = [part(x) for part in self.values()]
        for other in others:
            total = total + other
        return total


class Stack(nn.ModuleDict):
    """Outputs of parallel parts, stacked along dimension 1."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the parts' outputs, one after another along the channels."""
        return torch.cat([part(x) for part in self.values()], 1)


class Gated(nn.Sequential):
    """The input times the output of the parts, which follow one another."""

    def forward(self, x: Tensor) -> Tensor:
        """Return `x` (N, C, H, W) times a factor (N, C) or (N, C, H, W)."""
        factor: Tensor = super().forward(x)  # type: ignore[no-untyped-call]
        return x * (factor if factor.dim() == x.dim() else factor[..., None, None])


class SideBySide(nn.ModuleDict):
    """Vectors that parallel parts make, side by side as a map."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a map (N, C, parts, 1)."""
        return torch.stack([part(x) for part in self.values()], 2).unsqueeze(3)


class Shifted(nn.Sequential):
    """The input plus a vector that the parts, which follow one another, make of it."""

    def forward(self, x: Tensor) -> Tensor:
        """Return `x` (N, C, H, W) plus a vector (N, C) at each position."""
        vector: Tensor = super().forward(x)  # type: ignore[no-untyped-call]
        return x + vector[..., None, None]


class Weighed(nn.Sequential):
    """The sum of the input over its positions, by weights that the parts make of it."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a vector (N, C): `x` as a matrix (C, H*W) times the weights as a column."""
        weights: Tensor = super().forward(x)  # type: ignore[no-untyped-call]
        return torch.bmm(x.flatten(2), weights.flatten(2).transpose(1, 2)).squeeze(2)


class Stretched(nn.Sequential):
    """What the parts, which follow one another, make of a map, enlarged to its size."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a map of the height and width of `x` (N, C, H, W)."""
        small: Tensor = super().forward(x)  # type: ignore[no-untyped-call]
        return interpolate(small, size=[int(x.shape[2]), int(x.shape[3])])


class Crossed(nn.ModuleDict):
    """The input times a factor for each row, and one for each column, of every channel."""

    def forward(self, x: Tensor) -> Tensor:
        """Return `x` (N, C, H, W) times factors (N, C, H, 1) and (N, C, 1, W)."""
        shared, height, width = self.values()
        sides = [int(x.shape[2]), int(x.shape[3])]  # no operators in a trace
        rows, columns = shared(x).split(sides, 2)
        product: Tensor = x * height(rows) * width(columns).transpose(2, 3)
        return product


class PositionScores(nn.ModuleDict):
    """How well each position fits every other, by what is there and by their distance."""

    def __init__(self, parts: dict[str, nn.Module], channels: int, size: tuple[int, int]) -> None:
        super().__init__(parts)
        distances = 2 * sum(size) - 2
        self.distances = nn.Parameter(torch.randn(channels, distances) * channels**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Return scores (N, heads, H*W, H*W), those of a position with all others in a row."""
        n, _, h, w = (int(side) for side in x.shape)
        query, key = (part(x).reshape(-1, len(self.distances), h * w) for part in self.values())
        rows = query.transpose(1, 2)
        tall, wide = torch.split(self.distances, [2 * h - 1, 2 * w - 1], 1)
        scores = torch.bmm(rows, key) * len(tall) ** -0.5
        scores = scores.view(-1, h, w, h, w)
        high, far = 2 * h - 1, 2 * w - 1
        vertical = torch.bmm(rows, tall.expand(len(rows), -1, -1))
        vertical = vertical.as_strided(
            (len(rows), h, w, h, 1), (h * w * high, w * high - 1, high, 1, 1), h - 1
        )
        horizontal = torch.bmm(rows, wide.expand(len(rows), -1, -1))
        horizontal = horizontal.as_strided(
            (len(rows), h, w, 1, w), (h * w * far, w * far, far - 1, 1, 1), w - 1
        )
        total: Tensor = scores + vertical + horizontal
        return total.view(n, -1, h * w, h * w)


class Attended(nn.ModuleDict):
    """Sums of the values of all positions, for each of them."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a map of the shape of the values, (N, C, H, W)."""
        by, value = (part(x) for part in self.values())
        heads = by.flatten(0, 1)
        columns = value.reshape(len(heads), -1, heads.shape[1])
        return torch.bmm(columns, heads.transpose(1, 2)).view(value.shape)


class MeansOfLines(nn.Module):
    """Means of the rows of a map, then those of its columns."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a map (N, C, H + W, 1) for a map `x` (N, C, H, W)."""
        return torch.cat([x.mean(3, keepdim=True), x.mean(2, keepdim=True).transpose(2, 3)], 2)


class SummedColumns(nn.Module):
    """Sum of the columns of a map."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a vector (N, C)."""
        total: Tensor
        total, *others = x.squeeze(3).unbind(2)
        for other in others:
            total = total + other
        return total


class StdOverMap(nn.Module):
    """Standard deviation over all positions; a small number keeps its derivative finite."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a vector (N, C)."""
        return (x.var((2, 3), correction=0) + 1e-5).sqrt()


class OverChannels(nn.Module):
    """Mean or maximum of the channels at each position."""

    def __init__(self, reduce: Reduce) -> None:
        super().__init__()
        self.reduce = reduce

    def forward(self, x: Tensor) -> Tensor:
        """Return a map (N, 1, H, W)."""
        if self.reduce is Reduce.AVG:
            return x.mean(1, keepdim=True)
        return x.max(1, keepdim=True).values


class SoftmaxOverMap(nn.Module):
    """Softmax over the positions of each channel."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a map of the shape of `x`."""
        return x.flatten(2).softmax(2).view(x.shape)


class SoftmaxOfRows(nn.Softmax):
    """Softmax along the last dimension."""

    def __init__(self) -> None:
        super().__init__(-1)


class ValueEnergy(nn.Module):
    """How far each value lies from the others of its channel."""

    def __init__(self, lam: float) -> None:
        super().__init__()
        self.lam = lam

    def forward(self, x: Tensor) -> Tensor:
        """Return a map of the shape of `x`."""
        others = max(1, int(x.shape[2]) * int(x.shape[3]) - 1)  # no operators in a trace
        deviation = (x - x.mean((2, 3), keepdim=True)).pow(2)
        variance = deviation.sum((2, 3), keepdim=True) / others
        return deviation / (4 * (variance + self.lam)) + 0.5


class Constant(nn.Module):
    """The input times a constant."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        """Return the product, of the shape of `x`."""
        return x * self.factor


class Offset(nn.Module):
    """The input plus a constant."""

    def __init__(self, term: float) -> None:
        super().__init__()
        self.term = term

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum, of the shape of `x`."""
        return x + self.term


class AlongChannels(nn.Conv1d):
    """Convolution along the channels of a vector, one kernel for all of them, no bias."""

    def __init__(self, kernel: int) -> None:
        super().__init__(1, 1, kernel, padding=kernel // 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return a vector (N, C) for a vector `x` (N, C)."""
        return super().forward(x.unsqueeze(1)).squeeze(1)
