"""Attention taken out of a module: each block is replaced by what hands on its map.

Where a module call holds a block and nothing else, that module is replaced. What is left is traced
again and held against what should be left, operator by operator, so a network is never timed as
plain that is not.
"""

from collections.abc import Sequence
from typing import Any, assert_never

from torch import Tensor, nn

from se_cost.errors import MeasurementError
from se_cost.ledger.gates.find import TracedBlock, without
from se_cost.ledger.gates.liveness import Living
from se_cost.ledger.gates.same import aligned
from se_cost.ledger.trace import Trace
from se_cost.measure.models.feeding import batched
from se_cost.measure.models.found import FoundAttention
from se_cost.measure.models.graphs import exported, symbolic
from se_cost.measure.models.parts import put
from se_cost.measure.models.rewrite import rewritten
from se_cost.measure.models.tracing import trace
from se_cost.nets.imported import Removal


class HandOn(nn.Module):
    """Returns one of the tensors that it is called with, as it is."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def forward(self, *args: Any, **kwargs: Any) -> Tensor:
        """Return the tensor of this number among the arguments."""
        given = [value for value in (*args, *kwargs.values()) if isinstance(value, Tensor)]
        return given[self.number]


def strip(
    network: nn.Module, found: FoundAttention, gone: Sequence[TracedBlock], way: Removal
) -> nn.Module:
    """Take some of the blocks of a network out of it, in place, and return it.

    Those that are kept are treated alike, so that both arms of a timing are of one kind. Raises
    MeasurementError with the path and the reason where it cannot be done in this way.
    """
    numbers = {n for n, block in enumerate(found.blocks) if block in gone}
    network = _taken_out(network, found, numbers, way)
    left = trace(network, batched(found.inputs, 1))
    expected = without(found.seen, gone)
    if (left.params, left.macs) != (expected.params, expected.macs):
        raise MeasurementError(
            f"without it the model has {left.params:,} parameters and {left.macs:,} MACs instead "
            f"of {expected.params:,} and {expected.macs:,}"
        )
    if aligned(found.seen, [cut for block in gone for cut in block.cuts], left) is None:
        raise MeasurementError("without it the model computes something else besides")
    return network


def _taken_out(
    network: nn.Module, found: FoundAttention, gone: set[int], way: Removal
) -> nn.Module:
    match way:
        case Removal.MODULE | Removal.REWRITE:
            whole = _modules(found, strict=way is Removal.MODULE)
            blocks = found.blocks
            within = [n for n, block in enumerate(blocks) if block.path not in whole]
            paths = dict.fromkeys(blocks[n].path for n in within)
            network = rewritten(network, found, paths, gone.intersection(within), symbolic)
            for number in gone.difference(within):
                path = blocks[number].path
                put(network, path, HandOn(whole[path]))
            return network
        case Removal.EXPORT:
            return rewritten(network, found, ("",), gone, exported)
        case _:
            assert_never(way)


def _modules(found: FoundAttention, *, strict: bool) -> dict[str, int]:
    """Return the paths of modules that are attention, and which tensor each hands on.

    Raises MeasurementError, if it is `strict`, for attention that is no module of its own.
    """
    living = Living(found.seen)
    living.remove([cut for block in found.blocks for cut in block.cuts])
    whole: dict[str, int] = {}
    within = set[str]()
    for block in found.blocks:
        try:
            handed = _handed_on(found, living, block)
            if whole.setdefault(block.path, handed) != handed:
                raise MeasurementError(f"{block.path} hands on now one tensor, now another")
        except MeasurementError:
            if strict:
                raise
            within.add(block.path)
    return {path: handed for path, handed in whole.items() if path not in within}


def _handed_on(found: FoundAttention, living: Living, block: TracedBlock) -> int:
    """Return which of the tensors given to the module of a block it returns without it."""
    seen = found.seen
    call, path = seen.calls[block.call], block.path
    calls = sum(other.path == path for other in seen.calls)
    if calls > len({other.call for other in found.blocks if other.path == path}):
        raise MeasurementError(f"{path} is called {calls} times, not always as attention")
    refusal = f"the attention in {path or 'the model'} is no module of its own"
    if not path or len(call.outputs) != 1:
        raise MeasurementError(refusal)
    busy = [n for n in living.ops if not seen.ops[n].view and _inside(seen, n, block.call)]
    source = living.source(call.outputs[0])
    if busy or source not in call.inputs:
        name = seen.ops[busy[0]].name if busy else "its result"
        raise MeasurementError(f"{refusal}: {name} is left there without it")
    return call.inputs.index(source)


def _inside(seen: Trace, op: int, call: int) -> bool:
    """Return whether an operator ran within a call."""
    at: int | None = seen.ops[op].call
    while at is not None and at != call:
        at = seen.calls[at].parent
    return at == call
