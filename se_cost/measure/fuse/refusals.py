"""Networks that cannot be fused at all."""

import torch
from torch import nn

from se_cost.errors import UsageError

QUANTIZED = ("torch.ao.nn.quantized", "torch.ao.nn.intrinsic", "torch.ao.quantization")


def expect_fusable(module: nn.Module) -> None:
    """Raise UsageError, with the reason on one line, for a network that must be left alone."""
    if isinstance(module, torch.jit.ScriptModule):
        raise UsageError("a TorchScript module cannot be fused: fuse the module it was made of")
    if isinstance(module, torch._dynamo.OptimizedModule):
        raise UsageError("a compiled module cannot be fused: fuse it before torch.compile")
    for path, part in module.named_modules():
        name = path or "the network"
        if type(part).__module__.startswith(QUANTIZED):
            raise UsageError(f"{name} is quantised: fuse before quantising")
        if part.training:
            raise UsageError(f"{name} is in training mode: call eval() before fusing")
    for path, values in module.state_dict().items():
        if isinstance(values, torch.Tensor) and values.is_quantized:
            raise UsageError(f"{path} is quantised: fuse before quantising")
