"""The operators of an iteration, as torch runs them, and how far back their memory was used.

They are read off one iteration of the network itself, below autograd: with their arguments, and
with the shapes, strides and types of their operands. So they are what the network runs, whatever
kind of attention it has, however that is spelled, in either pass and in either layout.
"""

from collections import Counter
from collections.abc import Sequence
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


class Operand(Record):
    """A tensor that an operator is given; equal numbers within one call are one tensor."""

    number: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: Any


class Call(Record, cache_hash=True):
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


class Reuse(Record):
    """How much other memory was used since that of an operator was: bytes, None for never."""

    operands: tuple[int | None, ...]  # in the order of `Call.operands`
    made: tuple[tuple[int, int | None], ...]  # bytes of each new result, and since its memory was


class Tape:
    """Notes the calls of an iteration."""

    def __init__(self) -> None:
        self.calls: Counter[Call] = Counter()
        self._reuses: dict[Call, list[Reuse]] = {}
        self._used: dict[int, int] = {}  # bytes by address, what was used last at the end

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
    def reuses(self) -> dict[Call, Reuse]:
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
        call = Call(ran.word, backward, ran.func, arguments, tree, ran.bytes)
        given = {_address(one) for one in tensors.values()}
        new = [one for one in ran.made if _address(one) not in given]
        reuse = Reuse(
            tuple(self._since(one) for one in tensors.values()),
            tuple((_size(one), self._since(one)) for one in new),
        )
        self.calls[call] += 1
        self._reuses.setdefault(call, []).append(reuse)
        for one in (*tensors.values(), *ran.made):
            self._used.pop(_address(one), None)
            self._used[_address(one)] = _size(one)

    def _since(self, tensor: Tensor) -> int | None:
        """Return the bytes of all other memory that was used since this was."""
        between = 0
        for address in reversed(self._used):
            if address == _address(tensor):
                return between
            between += self._used[address]
        return None


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
) -> tuple[dict[int, Counter[Call]], dict[Call, Reuse]]:
    """Return what the attention of each stage runs more, and how the memory of each call is found.

    Attention is put into one stage after another: the parts add up to the whole. What runs less
    has a count below zero, for instance an operator that now is given another layout.
    """
    last = tape(model.plain, settings, device)
    reuses = last.reuses
    found: dict[int, Counter[Call]] = {}
    for number, stage in enumerate(model.stages, 1):
        more = tape(model.without(model.stages[number:]), settings, device)
        found[stage] = _difference(more.calls, last.calls)
        reuses |= more.reuses
        last = more
    return found, reuses


def _difference(whole: Counter[Call], less: Counter[Call]) -> Counter[Call]:
    both = whole.copy()
    both.subtract(less)
    return Counter({call: count for call, count in both.items() if count})


def _iteration(built: nn.Module, batch: Batch, settings: Settings, found: Tape) -> None:
    """Run what a timing runs; without gradients composite operators show what they are made of."""
    if settings.mode is Mode.INFER:
        with torch.no_grad(), Meter(note=found.forward):
            built(batch.images)
        return
    built.zero_grad(set_to_none=True)
    with Meter(note=found.forward) as forward:
        error = loss(built(batch.images), batch.targets)
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
        tuple(map(_middle, operands)),
        tuple((each[0][0], _middle([since for _, since in each])) for each in made),
    )


def _middle(values: Sequence[int | None]) -> int | None:
    """Return the median, None if most are None."""
    known = [value for value in values if value is not None]
    return round(median(known)) if 2 * len(known) > len(values) else None
