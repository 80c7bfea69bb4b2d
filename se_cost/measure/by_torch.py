"""FLOPs counted by torch.utils.flop_counter.FlopCounterMode."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from se_cost.measure.counts import TorchCount
from se_cost.measure.module import blank
from se_cost.nets.nodes import Node, Shape


def by_torch(network: Node, shape: Shape, *, backward: bool = False) -> TorchCount:
    """Count one input on the meta device; `backward` runs and counts that pass too."""
    module = blank(network).eval()
    x = torch.empty(1, *shape, device="meta")
    with torch.set_grad_enabled(backward), FlopCounterMode(display=False) as counter:
        output = module(x)
        forward = counter.get_total_flops()
        if not backward:
            return TorchCount(forward, None)
        output.sum().backward()
        return TorchCount(forward, counter.get_total_flops() - forward)
