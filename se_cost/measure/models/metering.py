"""What a module moves in fact: every operator of a run, below autograd, with its bytes.

An operator is taken to read each operand and to write each result once; what it is only given to
write to, it does not read. What only looks at memory costs nothing. That needs no values, so a
module without weights, on meta, is metered as well.
"""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from se_cost.ledger.channels import MATRICES
from se_cost.ledger.find import PRODUCT
from se_cost.ledger.operators import GLOBAL, NAMES
from se_cost.ledger.traffic import Traffic
from se_cost.measure.models.recorder import signature
from se_cost.measure.models.tracing import results
from se_cost.record import Record

UNREAD = {  # the operand of which only the shape is used
    "aten::adaptive_max_pool2d_backward": 1,
    "aten::new_zeros": 0,
}
ALLOCATION = "aten::empty.memory_format"  # of nothing: a norm asks for it, and moves none
WORDS = {  # of the ledger
    **NAMES,
    **dict.fromkeys(MATRICES, "linear"),
    "convolution": "conv",
    "batch_norm": "norm",
    "mul": PRODUCT,
}
MAPS = 4  # dimensions of a batch of maps
OTHER = "other"  # what autograd runs for no operator of the forward pass

Metered = Mapping[str, Traffic]  # by operator; that of a gradient is of what it is a gradient of


class Ran(Record):
    """One operator that has run: what torch calls it, what it was given, made and moved."""

    word: str  # of the ledger, or ATen's
    func: Any
    arguments: tuple[Any, ...]  # those in their order, and those by their names
    read: tuple[Tensor, ...]
    made: tuple[Tensor, ...]
    bytes: int


def unseen(ran: Ran) -> None:
    """Take no note of an operator."""


def inference(module: nn.Module, inputs: Sequence[Tensor]) -> Metered:
    """Return what a forward pass moves, without gradients."""
    with torch.no_grad(), Meter() as forward:
        module(*inputs)
    return {
        name: Traffic(forward=moves, operators_forward=forward.number[name])
        for name, moves in forward.bytes.items()
    }


def training(module: nn.Module, inputs: Sequence[Tensor]) -> Metered:
    """Return what a forward and a backward pass move, and what the first saves for the second.

    Parameters and buffers that are saved count as nothing: they are there anyhow. The gradient
    of every result is given, so no loss is metered.
    """
    with torch.enable_grad(), Meter() as forward, Saved(module, forward) as saved:
        output = module(*inputs)
    ends = [one for one in results(output) if one.requires_grad]
    gradients = [torch.ones_like(one) for one in ends]
    with Meter(forward) as backward:
        if ends:
            torch.autograd.backward(ends, gradients)
    kept = saved.by_operator
    return {
        name: Traffic(
            forward.bytes.get(name, 0),
            backward.bytes.get(name, 0),
            forward.number.get(name, 0),
            backward.number.get(name, 0),
            kept.get(name, 0),
        )
        for name in {**forward.bytes, **backward.bytes, **kept}
    }


class Meter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up the bytes and the number of all operators that are not views, by their names.

    What runs in a backward pass has the name of the operator of the `forward` pass that it is for.
    """

    def __init__(
        self, forward: "Meter | None" = None, note: Callable[[Ran], None] = unseen
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.bytes: dict[str, int] = {}
        self.number: dict[str, int] = {}
        self.run: list[str] = []  # the names of all that ran and moved something
        self.written: list[int] = []  # the memory that the last of them wrote
        self.nodes: dict[int, str] = {}  # what autograd will run, by its number
        self._forward = forward
        self._note = note

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run an operator and note what it moves."""
        result = func(*args, **(kwargs or {}))
        name = self._name(func, args, result)
        if not _looks(func):
            skipped = UNREAD.get(func.name())
            read = [arg for i, arg in enumerate(args) if i != skipped]
            named = {name: arg for name, arg in (kwargs or {}).items() if name != "out"}
            given, made = _tensors((read, named)), _tensors(result)
            moves = sum(map(moved, given + made))
            self.bytes[name] = self.bytes.get(name, 0) + moves
            self.number[name] = self.number.get(name, 0) + 1
            self.run.append(name)
            self.written = list(map(_memory, made))
            arguments = (tuple(args), kwargs or {})
            self._note(Ran(name, func, arguments, tuple(given), tuple(made), moves))
        return result

    def _name(self, func: Any, args: Sequence[Any], result: Any) -> str:
        """Return the name of an operator, or of the one that it is the gradient of."""
        if self._forward is None:
            name = _word(signature(func).name, args, result)
            number = torch._C._autograd._get_sequence_nr() - 1
            self.nodes.setdefault(number, name)  # of what follows, nothing has a gradient
            return name
        node = torch._C._current_autograd_node()
        return self._forward.nodes.get(node._sequence_nr(), OTHER) if node else OTHER


def _looks(func: Any) -> bool:
    """Return whether an operator moves nothing: it looks at memory, or changes how that is done."""
    in_place = torch.Tag.inplace_view in func.tags
    return bool(func.is_view) or in_place or func.name() == ALLOCATION


def _word(name: str, args: Sequence[Any], result: Any) -> str:
    """Return the word of the ledger for an operator, else its own name."""
    pools = name in GLOBAL and args[0].dim() == MAPS
    if pools and _tensors(result)[0].numel() == prod(args[0].shape[:2]):
        return GLOBAL[name]
    return WORDS.get(name, name)


def moved(tensor: Tensor) -> int:
    """Return the bytes that a tensor stands for; what is expanded lies in memory once."""
    sizes = zip(tensor.shape, tensor.stride(), strict=True)
    return tensor.element_size() * prod(size for size, stride in sizes if stride)


def _memory(tensor: Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


def _tensors(tree: Any) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, Tensor)]


class Saved:
    """Adds up the bytes of all storages that autograd keeps, each once.

    A result counts to the operator that wrote it, anything else to the one that needs it.
    """

    def __init__(self, network: nn.Module, meter: Meter) -> None:
        own = [*network.parameters(), *network.buffers()]
        self._own = set(map(_memory, own))
        self._meter = meter
        self._kept: dict[int, tuple[Tensor, int]] = {}  # and how many operators had run by then
        self._hooks: Any = torch.autograd.graph.saved_tensors_hooks(self._note, _as_it_is)

    @property
    def by_operator(self) -> dict[str, int]:
        """Return the bytes so far."""
        found: dict[str, int] = {}
        for tensor, place in self._kept.values():
            name = self._meter.run[place] if place < len(self._meter.run) else OTHER
            found[name] = found.get(name, 0) + tensor.untyped_storage().nbytes()
        return found

    def __enter__(self) -> "Saved":
        """Begin to watch."""
        self._hooks.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """Watch no longer."""
        self._hooks.__exit__(*error)

    def _note(self, tensor: Tensor) -> Tensor:
        memory = _memory(tensor)
        if memory not in self._own and memory not in self._kept:
            just = memory in self._meter.written
            self._kept[memory] = (tensor, len(self._meter.run) - just)
        return tensor


def _as_it_is(tensor: Tensor) -> Tensor:
    return tensor
