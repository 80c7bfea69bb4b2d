"""What PyTorch's operators move in fact: the formulas of `ledger/traffic.py` must equal it.

Below autograd, every operator of a forward and a backward pass goes by. It is taken to read each
operand and to write each result once.
"""

from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from se_cost.ledger.traffic import Traffic

UNREAD = {  # the operand of which only the shape is used
    "aten::adaptive_max_pool2d_backward": 1,
    "aten::new_zeros": 0,
}
ALLOCATION = "aten::empty.memory_format"  # of nothing: a norm asks for it, and moves none


class Operators(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up the bytes and the number of all operators that are not views."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.bytes = self.number = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run an operator and note what it moves."""
        result = func(*args, **(kwargs or {}))
        if not func.is_view and func.name() != ALLOCATION:
            skipped = UNREAD.get(func.name())
            read = [arg for i, arg in enumerate(args) if i != skipped]
            self.bytes += sum(map(moved, _tensors((read, kwargs)) + _tensors(result)))
            self.number += 1
        return result


def moved(tensor: Tensor) -> int:
    """Return the bytes that a tensor stands for; what is expanded lies in memory once."""
    sizes = zip(tensor.shape, tensor.stride(), strict=True)
    return tensor.element_size() * prod(size for size, stride in sizes if stride)


def _tensors(tree: Any) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, Tensor)]


def trace(network: nn.Module, x: Tensor) -> Traffic:
    """Return what a forward and a backward pass move, and what the first keeps for the second.

    Parameters and buffers that are kept count as nothing: they are there anyhow.
    """
    with Operators() as forward, Saved(network) as saved:
        output = network(x)
    gradient = torch.ones_like(output)
    with Operators() as backward:
        output.backward(gradient)
    return Traffic(forward.bytes, backward.bytes, forward.number, backward.number, saved.bytes)


class Saved:
    """Adds up the bytes of all storages that autograd keeps, each once."""

    def __init__(self, network: nn.Module) -> None:
        own = [*network.parameters(), *network.buffers()]
        self._own = {tensor.untyped_storage().data_ptr() for tensor in own}
        self._kept: dict[int, int] = {}
        self._hooks: Any = torch.autograd.graph.saved_tensors_hooks(self._note, _as_it_is)

    @property
    def bytes(self) -> int:
        """Return the bytes so far."""
        return sum(self._kept.values())

    def __enter__(self) -> "Saved":
        """Begin to watch."""
        self._hooks.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """Watch no longer."""
        self._hooks.__exit__(*error)

    def _note(self, tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in self._own:
            self._kept[storage.data_ptr()] = storage.nbytes()
        return tensor


def _as_it_is(tensor: Tensor) -> Tensor:
    return tensor
