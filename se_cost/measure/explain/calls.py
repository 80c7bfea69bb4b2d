"""Operators as records: what they are given, what they move, and where their memory is found."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from se_cost.record import Record


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


class CalledBlock(Record):
    """An attention block, as the network calls it: with one tensor, for a result of one."""

    module: Any
    given: Operand
    operators: tuple[TorchCall, ...]  # that it runs, in their order
    reuse: Reuse  # of its code; of what it is given and of its weights; of all that it makes


def usual(every: Sequence[Reuse]) -> Reuse:
    """Return the medians of how memory was found when the same was run several times."""
    operands = zip(*(one.operands for one in every), strict=True)
    made = zip(*(one.made for one in every), strict=True)
    return Reuse(
        _middle([one.code for one in every]),
        tuple(map(_state, operands)),
        tuple(map(_state, made)),
    )


def _state(found: Sequence[MemoryState]) -> MemoryState:
    beside = round(median(one.beside for one in found))
    return MemoryState(found[0].size, _middle([one.since for one in found]), beside)


def _middle(values: Sequence[int | None]) -> int | None:
    """Return the median, None if most are None."""
    known = [value for value in values if value is not None]
    return round(median(known)) if 2 * len(known) > len(values) else None
