"""Attention taken out of a module: each block is replaced by what hands on its map.

Where a module call holds a block and nothing else, that module is replaced. What is left is traced
again and held against what should be left, so a network is never timed as plain that is not.
"""

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from se_cost.errors import MeasurementError
from se_cost.ledger.gates.find import TracedBlock, without
from se_cost.ledger.gates.liveness import Living
from se_cost.ledger.trace import Trace
from se_cost.measure.models.rewrite import graph_of, hand_on
from se_cost.measure.models.tracing import images, trace
from se_cost.nets.nodes import Shape


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
    module: nn.Module,
    shapes: Sequence[Shape],
    seen: Trace,
    blocks: Sequence[TracedBlock],
    kept: Sequence[TracedBlock] = (),
) -> nn.Module:
    """Take some of the blocks of a module out of it, in place, and return it.

    `seen` is the trace in which they were found, of inputs of these `shapes`. A block that is no
    module of its own is taken out of the graph of the module it stands in; of those that are
    `kept`, such modules become graphs too, so that both arms of a timing are of one kind. Raises
    MeasurementError with the path and the reason where more or less than the attention would go.
    """
    whole, within = _levels(seen, (*blocks, *kept))
    for block in blocks:
        if block.path in whole:
            _put(module, block.path, HandOn(whole[block.path]))
    for path in within:
        graph = graph_of(module.get_submodule(path), path)
        for block in blocks:
            if block.path == path:
                hand_on(graph, seen, block)
        _put(module, path, graph)
    left, expected = trace(module, images(module, shapes)), without(seen, blocks)
    if (left.params, left.macs) != (expected.params, expected.macs):
        raise MeasurementError(
            f"without its attention the model has {left.params:,} parameters and {left.macs:,} "
            f"MACs instead of {expected.params:,} and {expected.macs:,}: it cannot be taken out"
        )
    return module


def _put(module: nn.Module, path: str, part: nn.Module) -> None:
    parent, _, name = path.rpartition(".")
    set_part(module.get_submodule(parent), name, part)


def set_part(parent: nn.Module, name: str, part: nn.Module) -> None:
    """Replace a part of a module, which may be a list or a dictionary of parts."""
    if isinstance(parent, nn.Sequential | nn.ModuleList) and name.isdecimal():
        parent[int(name)] = part
    else:
        setattr(parent, name, part)


def _levels(seen: Trace, blocks: Sequence[TracedBlock]) -> tuple[dict[str, int], list[str]]:
    """Return the paths of modules that are attention, with what they hand on, and of the others."""
    living = Living(seen)
    living.remove([cut for block in blocks for cut in block.cuts])
    whole: dict[str, int] = {}
    within: list[str] = []
    for block in blocks:
        calls = sum(call.path == block.path for call in seen.calls)
        if calls > len({other.call for other in blocks if other.path == block.path}):
            raise MeasurementError(f"{block.path} is called {calls} times, not always as attention")
        try:
            whole[block.path] = _handed_on(seen, living, block)
        except MeasurementError:
            if not block.path:
                raise
            within.append(block.path)
    return whole, list(dict.fromkeys(within))


def _handed_on(seen: Trace, living: Living, block: TracedBlock) -> int:
    """Return which of the tensors given to the module of a block it returns without it."""
    call, path = seen.calls[block.call], block.path
    refusal = f"the attention in {path or 'the model'} is no module of its own"
    if not path or len(call.outputs) != 1:
        raise MeasurementError(f"{refusal}: it cannot be taken out of the built module")
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
