"""A bench on which the operators of a network's attention are timed one by one.

Before each timing the memory of its operands and results is brought to where it is found in the
network: first all of it is pushed out of the caches, then each tensor is used, and after it as
much other memory as the network uses in between. What was used long ago, as weights and all that
is saved for the backward pass, lies in memory then; what has just been written lies in a cache. So
does the code of an operator that has just run elsewhere: it is run on other tensors before.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import pairwise
from statistics import median
from time import monotonic
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_unflatten

from se_cost.measure.explain.alone import TimedOperator
from se_cost.measure.explain.cache import Stream
from se_cost.measure.explain.tape import MemoryState, Operand, Reuse, TorchCall, attention
from se_cost.measure.machine.clocks import quiet, stopwatch
from se_cost.measure.machine.device import device_for
from se_cost.measure.machine.out_of_memory import enough_memory
from se_cost.measure.steps.steps import Step
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Model
from se_cost.record import Record

TIMED, NOTHING = "timed", "nothing"
EMPTY = 3  # timings of nothing in a round

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


class Bench:
    """The operators of the attention of every stage, and the rounds in which they were timed."""

    def __init__(self, model: Model, settings: Settings) -> None:
        self._settings, self._device = settings, device_for(settings)
        with quiet(settings.threads), enough_memory(self._device):
            self._stages, reuses = attention(model, settings, self._device)
            self._stream = Stream(self._device)
            self._pool: dict[tuple[Any, ...], Numbers] = {}
            calls = dict.fromkeys(call for counts in self._stages.values() for call in counts)
            self._prepared = {call: self._prepare(call, reuses[call]) for call in calls}
        self._rounds: list[dict[TorchCall, float]] = []

    def run(self, seconds: float) -> None:
        """Time every operator once in each of as many rounds as fit into the time, at least one."""
        end, taken = monotonic() + seconds, 0.0
        with quiet(self._settings.threads), enough_memory(self._device), torch.inference_mode():
            while not taken or monotonic() + taken < end:
                begun = monotonic()
                self._rounds.append(self._round())
                taken = monotonic() - begun

    @property
    def operators(self) -> tuple[TimedOperator, ...]:
        """Return what was timed so far, stage by stage, in the order of an iteration."""
        return tuple(
            TimedOperator(
                stage=stage,
                word=call.word,
                backward=call.backward,
                call=call.func.name(),
                shapes=tuple(one.shape for one in call.operands),
                count=count,
                bytes=call.bytes,
                seconds=tuple(one[call] for one in self._rounds),
            )
            for stage, counts in self._stages.items()
            for call, count in counts.items()
        )

    def _quiet(self) -> AbstractContextManager[None]:
        return quiet(self._settings.threads, benchmark=self._settings.cudnn_benchmark)

    def _round(self) -> dict[TorchCall, float]:
        """Return the seconds of every operator without those of timing nothing."""
        nothing = Prepared(_nothing, ())
        empty = median(self._seconds(nothing) for _ in range(EMPTY))
        return {call: self._seconds(ready) - empty for call, ready in self._prepared.items()}

    def _seconds(self, ready: Prepared) -> float:
        """Return the seconds of one run, with the caches as they are found in the network."""
        self._stream.use(None)
        held = []
        for this, following in pairwise((*ready.uses, NOW)):
            held.append(this.again())
            between = (this.since or 0) - (following.since or 0) - following.bytes
            self._stream.use(max(0, between))
        held.clear()  # the memory of results is what the allocator hands out next
        return stopwatch({TIMED: ready.step}, self._device)(TIMED, 1)

    def _prepare(self, call: TorchCall, reuse: Reuse) -> Prepared:
        memory, step = self._step(call)
        _, twin = self._step(call, other=True)
        found = [
            Use(reuse.code, call.bytes, twin),
            *(
                Use(one.since, whole.nbytes, partial(self._stream.write, whole, one.beside))
                for whole, one in zip(memory, reuse.operands, strict=True)
            ),
            *(Use(one.since, one.size, partial(self._given_back, one)) for one in reuse.made),
        ]
        recent = [one for one in found if one.since is not None and one.since < self._stream.bytes]
        return Prepared(step, tuple(sorted(recent, key=lambda one: -(one.since or 0))))

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
        self._stream.write(memory, made.beside)
        return memory


def numbers(operand: Operand, device: torch.device) -> Numbers:
    """Return random numbers between 1/2 and 3/2, or zeros where they are whole, as laid out."""
    places = zip(operand.shape, operand.strides, strict=True)
    size = 1 + sum((length - 1) * stride for length, stride in places)
    whole = torch.zeros(size, dtype=operand.dtype, device=device)
    if whole.is_floating_point():
        whole.uniform_(0.5, 1.5)
    return whole, whole.as_strided(operand.shape, operand.strides)


def _nothing() -> None:
    pass
