"""A model of the user's: what it is fed, the attention in it, what it costs, and its arms."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from torch import nn

from se_cost.errors import MeasurementError, UsageError
from se_cost.ledger.costs import Costs
from se_cost.ledger.gates.find import TracedBlock, find
from se_cost.ledger.gates.sites import sites
from se_cost.ledger.trace import Trace
from se_cost.ledger.traced_rows import attention, rows
from se_cost.measure.models.feeding import batched, example, shapes, valued
from se_cost.measure.models.found import FoundAttention
from se_cost.measure.models.guard import guarded
from se_cost.measure.models.insert import insert
from se_cost.measure.models.loading import Loaded, load
from se_cost.measure.models.removal import way_out
from se_cost.measure.models.strip import strip
from se_cost.measure.models.tracing import trace
from se_cost.nets.imported import Imported, Removal
from se_cost.record import Record, replace
from se_cost.text import joined


class Known(Record):
    """What one look at a model tells: its trace, and every block of attention in it."""

    model: Imported  # with its input, and the stages in which attention was found
    seen: Trace
    blocks: tuple[TracedBlock, ...]
    inputs: tuple[Any, ...]  # of one run, with whatever batch
    on_meta: bool = True  # whether it runs without values

    def kept(self) -> list[TracedBlock]:
        """Return the blocks that the model keeps."""
        return [
            block
            for block in self.blocks
            if not self.model.drops(block.path, block.stage, block.kind)
        ]

    def gone(self) -> list[TracedBlock]:
        """Return the blocks that the model leaves out."""
        return [
            block for block in self.blocks if self.model.drops(block.path, block.stage, block.kind)
        ]

    @property
    def found(self) -> FoundAttention:
        """Return what taking out its attention needs to know."""
        return FoundAttention(self.inputs, self.seen, self.blocks)


def known(model: Imported) -> Known:
    """Look at a model: build it without weights, run it once on meta, and find its attention.

    Raises UsageError and MeasurementError as `load` and `trace` do.
    """
    whole = _looked_at(_whole(model))
    asked = replace(model, input=whole.model.input, others=whole.model.others)
    left = {
        block.stage
        for block in whole.blocks
        if not asked.drops(block.path, block.stage, block.kind)
    }
    return replace(whole, model=replace(asked, stages=tuple(sorted(left))))


def _whole(model: Imported) -> Imported:
    """Return a model with all of its attention."""
    return replace(model, stages=(), dropped=(), patterns=(), removal=None)


@lru_cache(maxsize=8)
def _looked_at(model: Imported) -> Known:
    loaded, on_meta = _prepared(model, meta=True), True
    inputs = example(loaded.model, loaded.module)
    try:
        seen = _traced(loaded, inputs)
    except MeasurementError:  # it may read values as it runs
        loaded, on_meta = _prepared(model, meta=False), False
        seen = _traced(loaded, inputs)
    blocks = tuple(block for block in find(seen) if block.counted)
    first, *others = shapes(inputs)
    fed = replace(loaded.model, input=first, others=tuple(others))
    return Known(fed, seen, blocks, inputs, on_meta)


def _prepared(model: Imported, *, meta: bool) -> Loaded:
    """Return the module of a model, with the kind of attention that is tried in it."""
    if model.attention is None:
        return load(model, meta=meta)
    bare = replace(_whole(model), attention=None, after=())
    own = _looked_at(bare)
    module = load(own.model, meta=meta and own.on_meta).module
    if own.blocks:
        way = _way_out(bare)
        with guarded(f"running {model.spec}"):
            module = strip(module, own.found, own.blocks, way)
    channels = _places(model, own)
    whole = replace(own.model, attention=model.attention, after=model.after)
    return Loaded(insert(module, channels, model.attention), whole)


def _places(model: Imported, own: Known) -> dict[str, int]:
    """Return the paths of the modules that attention is put after, with the channels there."""
    if own.blocks and not model.after:
        return {block.path: block.channels for block in own.blocks}
    found = {site.path: site.channels for site in sites(own.seen, model.after)}
    if not found:
        words = "fits no module that returns a map" if model.after else "has no residual branch"
        asked = f"--insert-after {joined(model.after)}" if model.after else model.spec
        raise UsageError(f"{asked} {words}: say where with --insert-after 'features.*.bn2'")
    return found


def _traced(loaded: Loaded, inputs: tuple[Any, ...]) -> Trace:
    with guarded(f"running {loaded.model.spec}"):
        return trace(loaded.module, batched(inputs, 1))


def costs(model: Imported) -> Costs:
    """Return what a model costs, by the rows of its trace."""
    found = known(model)
    return _costs(found.model, found.seen, found.kept(), found.gone())


def _costs(
    model: Imported, seen: Trace, kept: Sequence[TracedBlock], gone: Sequence[TracedBlock]
) -> Costs:
    return Costs(
        model=model,
        network=rows(seen, kept, gone),
        plain=rows(seen, (), (*kept, *gone)),
        blocks=attention(seen, kept),
    )


def removal(model: Imported) -> Removal | None:
    """Return how the attention of a model is taken out, None for one that has none.

    Raises MeasurementError with the path and the reason where it cannot be.
    """
    whole = _whole(model)
    return model.removal or (_way_out(whole) if _looked_at(whole).blocks else None)


@lru_cache(maxsize=8)
def _way_out(model: Imported) -> Removal:
    own = _looked_at(model)
    network = _prepared(own.model, meta=own.on_meta).module
    with guarded(f"running {model.spec}"):
        return way_out(network, own.found)


def built(model: Imported, *, meta: bool = False) -> nn.Module:
    """Return the module of a model, without the attention that it leaves out."""
    own = known(model)
    way = removal(model)
    module = _prepared(own.model, meta=meta and own.on_meta).module
    if way is None:
        return module
    with guarded(f"running {model.spec}"):
        return strip(module, own.found, own.gone(), way)


def fed(model: Imported, module: nn.Module, batch: int = 1) -> tuple[Any, ...]:
    """Return what the built module of a model is fed for so many images, on meta if that is."""
    return valued(module, batched(known(model).inputs, batch))
