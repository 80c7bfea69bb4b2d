"""The network as it was, with its sums written over one of their parts.

A fused sum is written in place. That saves the memory of a result, with or without attention, so
what it is worth must not be taken for what fusing is worth.
"""

from torch import Tensor, nn

from se_cost.measure.fuse.chains import Chain, flat
from se_cost.measure.fuse.eager import overwrites
from se_cost.measure.fuse.fuse import folded
from se_cost.measure.fuse.network import ROOT, Network, held, hooked
from se_cost.measure.fuse.seen import run
from se_cost.measure.models.layers import Sum


class SumInPlace(Sum):
    """A sum that is written over one of its parts, which nobody else reads."""

    def __init__(self, parts: dict[str, nn.Module], over: str) -> None:
        super().__init__(parts)
        self.over = over

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum, of the shape of every part's output."""
        if not overwrites(x):
            return super().forward(x)
        outputs = {name: part(x) for name, part in self.items()}
        total: Tensor = outputs.pop(self.over)
        for other in outputs.values():
            total.add_(other)
        return total


def summed_in_place(module: nn.Module, images: Tensor) -> nn.Module:
    """Return a copy of a network with its norms folded and its sums in place, where that is safe.

    Raises UsageError as `fuse` does.
    """
    holder = held(folded(module, images))
    network = Network(holder, run(holder[ROOT], images), {}, {}, {})
    spots = [spot for chain in network.chains() for spot in chain.spots]
    for spot in spots:
        total = spot.module
        if type(total) is not Sum:
            continue
        over = next((name for name in total if _fresh(total, name, network)), None)
        if over is not None:
            spot.put(SumInPlace(dict(total.items()), over))
    return network.module


def _fresh(total: Sum, part: str, network: Network) -> bool:
    """Return whether only the sum reads what a part of it makes, and it is as large as the sum."""
    spots = tuple(flat(total, part, network.seen))
    if not spots or hooked(spots[-1].module):
        return False
    last = spots[-1].module
    whole = network.seen.outputs.get(last) == network.seen.outputs.get(total)
    return whole and Chain(spots).fresh(len(spots) - 1, network.seen)
