"""What may be done where operators run one by one, and nobody needs their operands later."""

import torch
from torch import Tensor

ONE_IMAGE = 1  # of a batch
SUMMABLE = (torch.float32, torch.float64)  # types in which the sum of a map does not overflow


def overwrites() -> bool:
    """Return whether operators may write into maps that nobody else reads.

    Nothing is overwritten where autograd may need it, or where a compiler plans the memory itself.
    """
    return not torch.is_grad_enabled() and not torch.compiler.is_compiling()


def calls_matter(x: Tensor) -> bool:
    """Return whether calls of operators, not bytes, decide the time of a gate of `x` (N, C, H, W).

    Not on a GPU, where they are launches. What is recorded is for any number of images.
    """
    recorded = type(x) is not Tensor or torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
    one = not recorded and x.shape[0] == ONE_IMAGE
    return one and x.dtype in SUMMABLE and x.device.type == "cpu" and overwrites()
