"""The operators of an iteration, as torch runs them, and how far back their memory was used.

They are read off one iteration of the network itself, below autograd: with their arguments, and
with the shapes, strides and types of their operands. So they are what the network runs, whatever
kind of attention it has, however that is spelled, in either pass and in either layout.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_flatten

from se_cost.measure.models.build import network
from se_cost.measure.models.metering import Meter, Ran
from se_cost.measure.steps.steps import Batch, data, loss
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.model import Model
from se_cost.record import Record

CONVOLUTION = "conv"  # copies what it is given and makes, into an order of its own
COPIES = "copies"


class Operand(Record):
    """A tensor that an operator is given; equal numbers within one call are one tensor."""

    number: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: Any


class TorchCall(Record, cache_hash=True):
    """An operator with its arguments, in which operands stand for tensors."""

    word: str  # of the ledger, or ATen's
    backward: bool
    func: Any
    arguments: tuple[Any, ...]  # flattened
    tree: Any  # how they are put together again
    bytes: int  # read and written if every operand is read once

    @property
    def operands(self) -> list[Operand]:
        """Return what it reads, each tensor once."""
        found = {one.number: one for one in self.arguments if isinstance(one, Operand)}
        return [found[number] for number in sorted(found)]


class MemoryState(Record):
    """How the memory of a tensor is found."""

    size: int  # bytes
    since: int | None  # bytes of other memory that was used since; None if it never was
    beside: int  # bytes of other memory that was used together with it, by the same operator


class Reuse(Record):
    """How the memory is found of what an operator is given, and of what it makes."""

    code: int | None  # bytes used since it ran before, on whatever tensors; None for never
    operands: tuple[MemoryState, ...]  # in the order of `TorchCall.operands`
    made: tuple[MemoryState, ...]  # new results


class Tape:
    """Notes the calls of an iteration."""

    def __init__(self) -> None:
        self.calls: Counter[TorchCall] = Counter()
        self._reuses: dict[TorchCall, list[Reuse]] = {}
        self._used: dict[Any, MemoryState] = {}  # by address or operator, the last used at the end

    def forward(self, ran: Ran) -> None:
        """Note an operator of the forward pass."""
        self._note(ran, backward=False)

    def backward(self, ran: Ran) -> None:
        """Note an operator of the backward pass."""
        self._note(ran, backward=True)

    def rewind(self) -> None:
        """Forget the calls, but not which memory was used."""
        self.calls.clear()
        self._reuses.clear()

    @property
    def reuses(self) -> dict[TorchCall, Reuse]:
        """Return for each call the median of all times that it was made."""
        return {call: _median(every) for call, every in self._reuses.items()}

    def _note(self, ran: Ran, *, backward: bool) -> None:
        leaves, tree = tree_flatten(ran.arguments)
        tensors: dict[tuple[Any, ...], Tensor] = {}
        for leaf in leaves:
            if isinstance(leaf, Tensor):
                tensors.setdefault(_identity(leaf), leaf)
        numbers = {identity: number for number, identity in enumerate(tensors)}
        arguments = tuple(
            _operand(numbers[_identity(leaf)], leaf) if isinstance(leaf, Tensor) else leaf
            for leaf in leaves
        )
        call = TorchCall(ran.word, backward, ran.func, arguments, tree, ran.bytes)
        given = {_address(one) for one in tensors.values()}
        new = [one for one in ran.made if _address(one) not in given]
        reuse = Reuse(
            self._since(ran.func),
            tuple(map(self._found, tensors.values())),
            tuple(map(self._found, new)),
        )
        self.calls[call] += 1
        self._reuses.setdefault(call, []).append(reuse)
        sizes = {_address(one): _size(one) for one in (*tensors.values(), *ran.made)}
        every = sum(sizes.values())
        for key in (ran.func, *sizes):
            self._used.pop(key, None)
        self._used[ran.func] = MemoryState(0, 0, 0)
        self._used |= {key: MemoryState(size, 0, every - size) for key, size in sizes.items()}
        if ran.word == CONVOLUTION:  # its copies of all that are memory as well
            self._used.pop(COPIES, None)
            self._used[COPIES] = MemoryState(every, 0, 0)

    def _found(self, tensor: Tensor) -> MemoryState:
        """Return how the memory of a tensor is found now."""
        before = self._used.get(_address(tensor))
        since = self._since(_address(tensor))
        return MemoryState(_size(tensor), since, before.beside if before else 0)

    def _since(self, key: Any) -> int | None:
        """Return the bytes of all memory that was used since this was."""
        if key not in self._used:
            return None
        later = takewhile(lambda one: one != key, reversed(self._used))
        return sum(self._used[one].size for one in later)


def tape(model: Model, settings: Settings, device: torch.device) -> Tape:
    """Return the calls of one iteration of a network, after another one."""
    torch.manual_seed(settings.seed)
    batch = data(model, settings, device)
    built = network(model, settings, device)
    found = Tape()
    for _ in range(2):
        found.rewind()
        _iteration(built, batch, settings, found)
    return found


def attention(
    model: Model, settings: Settings, device: torch.device
) -> tuple[dict[int, Counter[TorchCall]], dict[TorchCall, Reuse]]:
    """Return what the attention of each stage runs more, and how the memory of each call is found.

    Attention is put into one stage after another: the parts add up to the whole. What runs less
    has a count below zero, for instance an operator that now is given another layout.
    """
    last = tape(model.plain, settings, device)
    reuses = last.reuses
    found: dict[int, Counter[TorchCall]] = {}
    for number, stage in enumerate(model.stages, 1):
        more = tape(model.without(model.stages[number:]), settings, device)
        found[stage] = _difference(more.calls, last.calls)
        reuses |= more.reuses
        last = more
    return found, reuses


def _difference(whole: Counter[TorchCall], less: Counter[TorchCall]) -> Counter[TorchCall]:
    both = whole.copy()
    both.subtract(less)
    return Counter({call: count for call, count in both.items() if count})


def _iteration(built: nn.Module, batch: Batch, settings: Settings, found: Tape) -> None:
    """Run what a timing runs; without gradients composite operators show what they are made of."""
    if settings.mode is Mode.INFER:
        with torch.no_grad(), Meter(note=found.forward):
            batch.through(built)
        return
    built.zero_grad(set_to_none=True)
    with Meter(note=found.forward) as forward:
        error = loss(batch.through(built), batch.targets)
    with Meter(forward, found.backward):
        error.backward()  # type: ignore[no-untyped-call]


def _operand(number: int, tensor: Tensor) -> Operand:
    return Operand(number, tuple(tensor.shape), tensor.stride(), tensor.dtype)


def _identity(tensor: Tensor) -> tuple[Any, ...]:
    return _address(tensor), tensor.data_ptr(), tuple(tensor.shape), tensor.stride(), tensor.dtype


def _address(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _size(tensor: Tensor) -> int:
    return tensor.untyped_storage().nbytes()


def _median(every: Sequence[Reuse]) -> Reuse:
    operands = zip(*(one.operands for one in every), strict=True)
    made = zip(*(one.made for one in every), strict=True)
    return Reuse(
        _middle([one.code for one in every]),
        tuple(map(_usual, operands)),
        tuple(map(_usual, made)),
    )


def _usual(found: Sequence[MemoryState]) -> MemoryState:
    beside = round(median(one.beside for one in found))
    return MemoryState(found[0].size, _middle([one.since for one in found]), beside)


def _middle(values: Sequence[int | None]) -> int | None:
    """Return the median, None if most are None."""
    known = [value for value in values if value is not None]
    return round(median(known)) if 2 * len(known) > len(values) else None
