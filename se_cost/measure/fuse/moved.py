"""The bytes that a network moves and the operators that it runs, counted while it runs."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from se_cost.measure.fuse.record import Movement


class Counting(TorchDispatchMode):
    """Counts operators, each of which reads its operands once and writes its results once.

    Views move nothing. What an operator only writes to, it does not read.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.bytes = 0
        self.operators = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run an operator and count it."""
        result = func(*args, **(kwargs or {}))
        if not func.is_view:
            read = {id(value): value for value in tree_leaves(args) if isinstance(value, Tensor)}
            written = [value for value in tree_leaves(result) if isinstance(value, Tensor)]
            self.bytes += sum(t.numel() * t.itemsize for t in (*read.values(), *written))
            self.operators += 1
        return result


def moved(network: nn.Module, images: Tensor) -> Movement:
    """Return what a network moves in eager inference of images (N, C, H, W)."""
    counter = Counting()
    with torch.no_grad(), counter:
        network(images)
    return Movement(counter.bytes, counter.operators)
