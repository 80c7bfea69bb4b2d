"""Operators and blocks ready to run alone, and what is to be used before, as in their network."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_unflatten

from se_cost.measure.explain.cache import Stream
from se_cost.measure.explain.calls import CalledBlock, MemoryState, Operand, Reuse, TorchCall, usual
from se_cost.measure.steps.steps import Step
from se_cost.record import Record

Numbers = tuple[Tensor, Tensor]  # all of their memory, and as an operator sees them


class Use(Record):
    """What was used a while before an operator runs: a tensor, or the operator's own code."""

    since: int | None  # bytes of other memory; None for never
    bytes: int
    again: Callable[[], Any]  # uses it, and returns what must not be given back before


NOW = Use(0, 0, lambda: None)


class Prepared(Record):
    """An operator that is ready to run, and what is to be used before."""

    step: Step
    uses: tuple[Use, ...]  # the longest ago first


class Preparation:
    """Makes operators and blocks ready; what is of one shape shares its memory."""

    def __init__(self, device: torch.device, *, training: bool) -> None:
        self.stream = Stream(device)
        self._device, self._training = device, training
        self._pool: dict[tuple[Any, ...], Numbers] = {}

    def operator(self, call: TorchCall, reuse: Reuse) -> Prepared:
        """Return an operator that is ready to run."""
        memory, step = self._step(call)
        _, twin = self._step(call, other=True)
        return Prepared(step, self._uses(reuse, memory, Use(reuse.code, call.bytes, twin)))

    def block(self, blocks: Sequence[CalledBlock]) -> Prepared:
        """Return a block that is ready to be called; another one, if there is one, is its twin."""
        one, other = blocks[0], blocks[-1]
        memory, step = self._call(one.module, one.given)
        another = other.module if other is not one else deepcopy(one.module)
        _, twin = self._call(another, one.given, other=True)
        reuse = usual([block.reuse for block in blocks])
        used = memory.nbytes + sum(made.size for made in reuse.made)
        weights = [
            weight.data.as_strided((weight.numel(),), (1,)) for weight in one.module.parameters()
        ]
        return Prepared(step, self._uses(reuse, [memory, *weights], Use(reuse.code, used, twin)))

    def _uses(self, reuse: Reuse, memory: Sequence[Tensor], code: Use) -> tuple[Use, ...]:
        """Return what was used before, the longest ago first, so far as it may be in a cache."""
        found = [
            code,
            *(
                Use(one.since, whole.nbytes, partial(self.stream.write, whole, one.beside))
                for whole, one in zip(memory, reuse.operands, strict=True)
            ),
            *(Use(one.since, one.size, partial(self._given_back, one)) for one in reuse.made),
        ]
        recent = [one for one in found if one.since is not None and one.since < self.stream.bytes]
        return tuple(sorted(recent, key=lambda one: -(one.since or 0)))

    def _call(self, block: Any, given: Operand, *, other: bool = False) -> tuple[Tensor, Step]:
        """Return the memory of what a block is given, and what calls it, as its network does."""
        whole, seen = self._numbers(given, (given,), other)
        maps = seen.detach().requires_grad_(self._training)

        def with_autograd() -> None:
            with torch.inference_mode(False):
                block(maps)

        return whole, with_autograd if self._training else partial(block, maps)

    def _step(self, call: TorchCall, *, other: bool = False) -> tuple[list[Tensor], Step]:
        """Return the memory of the operands of a call, and what runs it; or that of other ones."""
        tensors = {one.number: self._numbers(one, call.operands, other) for one in call.operands}
        leaves = [
            tensors[leaf.number][1] if isinstance(leaf, Operand) else leaf
            for leaf in call.arguments
        ]
        args, kwargs = tree_unflatten(leaves, call.tree)

        def step() -> None:
            call.func(*args, **kwargs)

        return [whole for whole, _ in tensors.values()], step

    def _numbers(self, operand: Operand, beside: Sequence[Operand], other: bool) -> Numbers:
        """Return a tensor; operators share tensors, but one operator has no tensor twice."""
        kind = (operand.shape, operand.strides, operand.dtype)
        alike = [one.number for one in beside if (one.shape, one.strides, one.dtype) == kind]
        key = (*kind, alike.index(operand.number), other)
        if key not in self._pool:
            self._pool[key] = numbers(operand, self._device)
        return self._pool[key]

    def _given_back(self, made: MemoryState) -> Tensor:
        """Return memory, used, for a result to get."""
        memory = torch.empty(made.size, dtype=torch.uint8, device=self._device)
        self.stream.write(memory, made.beside)
        return memory


def numbers(operand: Operand, device: torch.device) -> Numbers:
    """Return random numbers between 1/2 and 3/2, or zeros where they are whole, as laid out."""
    places = zip(operand.shape, operand.strides, strict=True)
    size = 1 + sum((length - 1) * stride for length, stride in places)
    whole = torch.zeros(size, dtype=operand.dtype, device=device)
    if whole.is_floating_point():
        whole.uniform_(0.5, 1.5)
    return whole, whole.as_strided(operand.shape, operand.strides)
