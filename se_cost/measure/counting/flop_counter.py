"""FLOPs counted by torch.utils.flop_counter.FlopCounterMode."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from se_cost.measure.counting.counts import TorchCount
from se_cost.measure.models.build import blank_of
from se_cost.nets.model import Model
from se_cost.nets.nodes import Shape


def torch_count(model: Model, *, backward: bool = False) -> TorchCount:
    """Count one image of a model; `backward` runs and counts that pass too."""
    return by_flop_counter(blank_of(model), model.input, backward=backward)


def by_flop_counter(blank: nn.Module, shape: Shape, *, backward: bool = False) -> TorchCount:
    """Count one input of a module on the meta device, in eval mode."""
    network = blank.eval()
    x = torch.empty(1, *shape, device="meta")
    with torch.set_grad_enabled(backward), FlopCounterMode(display=False) as counter:
        output = network(x)
        forward = counter.get_total_flops()
        if not backward:
            return TorchCount(forward, None)
        output.sum().backward()
        return TorchCount(forward, counter.get_total_flops() - forward)
