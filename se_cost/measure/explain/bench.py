"""A bench on which the operators of a network's attention are timed one by one.

Before each timing the memory of its operands and results is brought to where it is found in the
network: first all of it is pushed out of the caches, then each tensor is used, and after it as
much other memory as the network uses in between. What was used long ago, as weights and all that
is saved for the backward pass, lies in memory then; what has just been written lies in a cache. So
does the code of an operator that has just run elsewhere: it is run on other tensors before.

Whole blocks are timed in the same way, called as the network calls them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import pairwise
from statistics import median
from time import monotonic

import torch

from se_cost.measure.explain.alone import CALLS, TimedOperator
from se_cost.measure.explain.calls import CalledBlock, Operand, TorchCall
from se_cost.measure.explain.preparation import NOW, Preparation, Prepared
from se_cost.measure.explain.tape import attention
from se_cost.measure.machine.clocks import quiet, stopwatch
from se_cost.measure.machine.device import device_for
from se_cost.measure.machine.out_of_memory import enough_memory
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.model import Model
from se_cost.record import Record

TIMED = "timed"
EMPTY = 3  # timings of nothing in a round


class Alike(Record):
    """Blocks of one stage that are given the same shape and run the same operators."""

    stage: int
    given: Operand
    operators: tuple[TorchCall, ...]

    def calls(self, taken: Mapping["TorchCall | Alike", float]) -> float:
        """Return the seconds that a block takes beyond its operators."""
        return taken[self] - sum(taken[call] for call in self.operators)


class Bench:
    """The operators of the attention of every stage, and the rounds in which they were timed."""

    def __init__(self, model: Model, settings: Settings) -> None:
        self._settings, self._device = settings, device_for(settings)
        with self._quiet(), enough_memory(self._device):
            found = attention(model, settings, self._device)
            self._stages, self._blocks = found.stages, grouped(found.blocks)
            self._ready = Preparation(self._device, training=settings.mode is Mode.TRAIN)
            calls = dict.fromkeys(call for counts in self._stages.values() for call in counts)
            self._prepared: dict[TorchCall | Alike, Prepared] = {
                **{call: self._ready.operator(call, found.reuses[call]) for call in calls},
                **{alike: self._ready.block(blocks) for alike, blocks in self._blocks.items()},
            }
        self._rounds: list[dict[TorchCall | Alike, float]] = []

    def run(self, seconds: float) -> None:
        """Time every operator once in each of as many rounds as fit into the time, at least one."""
        end, taken = monotonic() + seconds, 0.0
        with self._quiet(), enough_memory(self._device), torch.inference_mode():
            while not taken or monotonic() + taken < end:
                begun = monotonic()
                self._rounds.append(self._round())
                taken = monotonic() - begun

    @property
    def operators(self) -> tuple[TimedOperator, ...]:
        """Return what was timed so far, stage by stage, in the order of an iteration."""
        return tuple(one for stage in self._stages for one in self._of_stage(stage))

    def _of_stage(self, stage: int) -> Iterator[TimedOperator]:
        """Yield the operators of a stage, then what its blocks take beyond them."""
        for call, count in self._stages[stage].items():
            yield TimedOperator(
                stage=stage,
                word=call.word,
                backward=call.backward,
                call=call.func.name(),
                shapes=tuple(one.shape for one in call.operands),
                count=count,
                bytes=call.bytes,
                seconds=tuple(taken[call] for taken in self._rounds),
            )
        for alike, blocks in self._blocks.items():
            if alike.stage == stage:
                yield TimedOperator(
                    stage=stage,
                    word=CALLS,
                    backward=False,
                    call=type(blocks[0].module).__name__,
                    shapes=(alike.given.shape,),
                    count=len(blocks),
                    bytes=0,
                    launches=0,
                    seconds=tuple(map(alike.calls, self._rounds)),
                )

    def _quiet(self) -> AbstractContextManager[None]:
        return quiet(self._settings.threads, benchmark=self._settings.cudnn_benchmark)

    def _round(self) -> dict[TorchCall | Alike, float]:
        """Return the seconds of every operator and block without those of timing nothing."""
        nothing = Prepared(_nothing, ())
        empty = median(self._seconds(nothing) for _ in range(EMPTY))
        return {one: self._seconds(ready) - empty for one, ready in self._prepared.items()}

    def _seconds(self, ready: Prepared) -> float:
        """Return the seconds of one run, with the caches as they are found in the network."""
        stream = self._ready.stream
        stream.use(None)
        held = []
        for this, following in pairwise((*ready.uses, NOW)):
            held.append(this.again())
            between = (this.since or 0) - (following.since or 0) - following.bytes
            stream.use(max(0, between))
        held.clear()  # the memory of results is what the allocator hands out next
        return stopwatch({TIMED: ready.step}, self._device)(TIMED, 1)


def grouped(blocks: Mapping[int, Sequence[CalledBlock]]) -> dict[Alike, list[CalledBlock]]:
    """Return the blocks of each stage that are alike."""
    found: dict[Alike, list[CalledBlock]] = {}
    for stage, several in blocks.items():
        for one in several:
            found.setdefault(Alike(stage, one.given, one.operators), []).append(one)
    return found


def _nothing() -> None:
    pass
