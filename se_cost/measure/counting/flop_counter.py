"""FLOPs counted by torch.utils.flop_counter.FlopCounterMode."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from se_cost.measure.counting.counts import TorchCount
from se_cost.measure.models.build import blank_of
from se_cost.measure.models.tracing import results
from se_cost.nets.model import Model


def torch_count(model: Model, *, backward: bool = False) -> TorchCount:
    """Count one image of a model; `backward` runs and counts that pass too."""
    inputs = (torch.empty(1, *model.input, device="meta"),)
    return by_flop_counter(blank_of(model), inputs, backward=backward)


def by_flop_counter(
    blank: nn.Module, inputs: Sequence[Tensor], *, backward: bool = False
) -> TorchCount:
    """Count one run of a module, which may be on the meta device, in eval mode."""
    network = blank.eval()
    with torch.set_grad_enabled(backward), FlopCounterMode(display=False) as counter:
        output = network(*inputs)
        forward = counter.get_total_flops()
        if not backward:
            return TorchCount(forward, None)
        ends = [one for one in results(output) if one.requires_grad]
        torch.autograd.backward(ends, [torch.ones_like(one) for one in ends])
        return TorchCount(forward, counter.get_total_flops() - forward)
