"""A sum that is written over one of its parts."""

from collections.abc import Mapping

from torch import Tensor, nn

from se_cost.measure.fuse.eager import overwrites
from se_cost.measure.models.layers import Sum


class SumInto(Sum):
    """Sum of the outputs of two parallel parts, written over that of the part `into`."""

    def __init__(self, parts: Mapping[str, nn.Module], into: str) -> None:
        super().__init__(dict(parts))
        self.into = into

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum, of the shape of every part's output."""
        outputs = {name: part(x) for name, part in self.items()}
        total: Tensor = outputs.pop(self.into)
        (other,) = outputs.values()
        return total.add_(other) if overwrites(total) else total + other
