"""FLOPs counted by torch.utils.flop_counter.FlopCounterMode."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from se_cost.measure.counts import TorchCount
from se_cost.measure.module import blank
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import build


def by_torch(recipe: Recipe, *, backward: bool = False) -> TorchCount:
    """Count one image on the meta device; `backward` runs and counts that pass too."""
    module = blank(build(recipe)).eval()
    x = torch.empty(1, *recipe.input, device="meta")
    with FlopCounterMode(display=False) as counter:
        output = module(x)
        forward = counter.get_total_flops()
        if not backward:
            return TorchCount(forward, None)
        output.sum().backward()
        return TorchCount(forward, counter.get_total_flops() - forward)
