"""What may be done where operators run one by one, and nobody needs their operands later.

Both are asked for every block of attention. At one image a call of Python that the caches have lost
takes as long as an operator on a vector, so neither calls more than it must.
"""

import torch
from torch import Tensor

ONE_IMAGE = 1  # of a batch
SUMMABLE = (torch.float32, torch.float64)  # types in which the sum of a map does not overflow


def overwrites(x: Tensor) -> bool:
    """Return whether operators may write into a map such as `x` that nobody else reads.

    Nothing is overwritten where autograd may need it, or where a compiler plans the memory itself.
    """
    recorded = type(x) is not Tensor or torch.compiler.is_dynamo_compiling()
    return not recorded and not torch.is_grad_enabled()


def calls_matter(x: Tensor) -> bool:
    """Return whether calls of operators, not bytes, decide the time of a gate of `x` (N, C, H, W).

    Not on a GPU, where they are launches. What is recorded is for any number of images: of a map
    that is traced, a size is no int.
    """
    images = x.shape[0]
    one = type(images) is int and images == ONE_IMAGE
    return one and x.is_cpu and x.dtype in SUMMABLE and overwrites(x)
