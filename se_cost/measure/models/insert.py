"""Attention put into a module of the user's: after modules that return a map of channels."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from se_cost.measure.models.module import module as built
from se_cost.measure.models.parts import set_part
from se_cost.nets.attention.kinds import AnyKind


class Followed(nn.Module):
    """A module and the attention after it, which gates what it returns."""

    def __init__(self, part: nn.Module, attention: nn.Module) -> None:
        super().__init__()
        self.part = part
        self.attention = attention

    def forward(self, *args: Any, **kwargs: Any) -> Tensor:
        """Return the gated map (N, C, H, W)."""
        gated: Tensor = self.attention(self.part(*args, **kwargs))
        return gated


def insert(network: nn.Module, channels: Mapping[str, int], kind: AnyKind) -> nn.Module:
    """Put blocks of a kind after the modules of some paths, in place; return the network.

    `channels` are those of the maps that the modules return, by their paths.
    """
    own = next(network.parameters(), torch.empty(0))
    for path, number in channels.items():
        parent, _, name = path.rpartition(".")
        with torch.device(own.device):
            block = built(kind.block(number)).to(own.dtype)
        whole = Followed(network.get_submodule(path), block).train(network.training)
        set_part(network.get_submodule(parent), name, whole)
    return network
