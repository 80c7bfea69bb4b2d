"""The sum of two parts, one of which is scaled by the sum itself."""

from collections.abc import Mapping
from enum import Enum

import torch
from torch import Tensor, nn

from se_cost.measure.fuse.eager import overwrites
from se_cost.measure.fuse.products import product


class WrittenTo(Enum):
    """Where a sum may be written: the map that is scaled, the other part, or new memory."""

    MAP = "map"
    OTHER = "other"
    NEW = "new"


class SumOfTwo(nn.ModuleDict):
    """Base: two parallel parts, the outputs of which are joined; `scaled` names the one."""

    def __init__(self, parts: Mapping[str, nn.Module], scaled: str) -> None:
        super().__init__(dict(parts))
        self.scaled = scaled
        self.first = next(iter(parts)) == scaled

    def outputs(self, x: Tensor) -> tuple[tuple[Tensor, ...], Tensor]:
        """Return what the scaled part makes of `x`, and what the other does, run in their order."""
        first, second = self._modules.values()
        one, two = first(x), second(x)
        return (one, two) if self.first else (two, one)


class ScaledSum(SumOfTwo):
    """Map times factor plus the other part, in one pass over the three."""

    def __init__(
        self,
        parts: Mapping[str, nn.Module],
        scaled: str,
        constant: float = 1.0,
        output: WrittenTo = WrittenTo.NEW,
    ) -> None:
        super().__init__(parts, scaled)
        self.constant = constant
        self.output = output

    def forward(self, x: Tensor) -> Tensor:
        """Return other + constant * map * factor (N, C, H, W)."""
        (u, factor), other = self.outputs(x)
        out = None
        if self.output is not WrittenTo.NEW and overwrites(other):
            out = u if self.output is WrittenTo.MAP else other
        return torch.addcmul(other, u, factor, value=self.constant, out=out)


class ProductSum(SumOfTwo):
    """A 1x1 convolution, its scale and the sum as one batched matrix product."""

    def __init__(
        self, parts: Mapping[str, nn.Module], scaled: str, constant: float, overwrite: bool
    ) -> None:
        super().__init__(parts, scaled)
        self.constant = constant
        self.overwrite = overwrite  # the other part

    def forward(self, x: Tensor) -> Tensor:
        """Return other + constant * (matrices @ map + shift) (N, C, H, W)."""
        (u, matrices, *shift), other = self.outputs(x)
        overwrite = self.overwrite
        if shift:
            in_place = overwrite and overwrites(other)
            other = torch.add(other, shift[0], alpha=self.constant, out=other if in_place else None)
            overwrite = True
        return product(matrices, u, other, self.constant, overwrite)
