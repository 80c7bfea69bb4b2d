"""A model of the user's: what it is fed, the attention in it, what it costs, and its arms."""

from collections.abc import Sequence
from functools import lru_cache

from torch import nn

from se_cost.errors import UsageError
from se_cost.ledger.costs import Costs
from se_cost.ledger.gates.find import TracedBlock, find
from se_cost.ledger.gates.sites import sites
from se_cost.ledger.trace import Trace
from se_cost.ledger.traced_rows import attention, rows
from se_cost.measure.models.guard import guarded
from se_cost.measure.models.insert import insert
from se_cost.measure.models.loading import Loaded, load
from se_cost.measure.models.strip import strip
from se_cost.measure.models.tracing import images, trace
from se_cost.nets.imported import Imported
from se_cost.nets.nodes import Shape
from se_cost.record import Record, replace
from se_cost.text import joined


class Known(Record):
    """What one look at a model tells: its trace, and every block of attention in it."""

    model: Imported  # with its input, and the stages in which attention was found
    seen: Trace
    blocks: tuple[TracedBlock, ...]

    def kept(self) -> list[TracedBlock]:
        """Return the blocks that the model keeps."""
        return [block for block in self.blocks if not self.model.drops(block.path, block.stage)]

    def gone(self) -> list[TracedBlock]:
        """Return the blocks that the model leaves out."""
        return [block for block in self.blocks if self.model.drops(block.path, block.stage)]


def known(model: Imported) -> Known:
    """Look at a model: build it without weights, run it once on meta, and find its attention.

    Raises UsageError and MeasurementError as `load` and `trace` do.
    """
    whole = _looked_at(replace(model, stages=(), dropped=(), patterns=()))
    asked = replace(model, input=whole.model.input)
    left = {block.stage for block in whole.blocks if not asked.drops(block.path, block.stage)}
    return replace(whole, model=replace(asked, stages=tuple(sorted(left))))


@lru_cache(maxsize=8)
def _looked_at(model: Imported) -> Known:
    loaded = _prepared(model, meta=True)
    seen = _traced(loaded)
    return Known(loaded.model, seen, tuple(block for block in find(seen) if block.counted))


def _prepared(model: Imported, *, meta: bool) -> Loaded:
    """Return the module of a model, with the kind of attention that is tried in it."""
    if model.attention is None:
        return load(model, meta=meta)
    bare = replace(model, attention=None, after=(), stages=(), dropped=(), patterns=())
    own = _looked_at(bare)
    loaded = load(own.model, meta=meta)
    if own.blocks:
        with guarded(f"running {model.spec}"):
            strip(loaded.module, shapes(own.model), own.seen, own.blocks)
    channels = _places(model, own)
    whole = replace(own.model, attention=model.attention, after=model.after)
    return Loaded(insert(loaded.module, channels, model.attention), whole)


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


def _traced(loaded: Loaded) -> Trace:
    with guarded(f"running {loaded.model.spec}"):
        return trace(loaded.module, images(loaded.module, shapes(loaded.model)))


def costs(model: Imported) -> Costs:
    """Return what a model costs, by the rows of its trace."""
    found = known(model)
    return _costs(found.model, found.seen, found.kept(), found.gone())


def costs_of(module: nn.Module, *inputs: Shape) -> Costs:
    """Return what a module at hand costs, which stays as it is; `inputs` leave out the batch.

    Raises MeasurementError as `trace` does.
    """
    seen = trace(module, images(module, inputs))
    blocks = [block for block in find(seen) if block.counted]
    stages = tuple(sorted({block.stage for block in blocks}))
    first, *others = inputs
    name = type(module).__name__
    model = Imported(spec=name, input=first, others=tuple(others), stages=stages)
    return _costs(model, seen, blocks, ())


def _costs(
    model: Imported, seen: Trace, kept: Sequence[TracedBlock], gone: Sequence[TracedBlock]
) -> Costs:
    return Costs(
        model=model,
        network=rows(seen, kept, gone),
        plain=rows(seen, (), (*kept, *gone)),
        blocks=attention(seen, kept),
    )


def built(model: Imported, *, meta: bool = False) -> nn.Module:
    """Return the module of a model, without the attention that it leaves out."""
    found = known(model)
    module = _prepared(found.model, meta=meta).module
    if found.blocks:
        with guarded(f"running {model.spec}"):
            strip(module, shapes(found.model), found.seen, found.gone(), found.kept())
    return module


def shapes(model: Imported) -> tuple[Shape, ...]:
    """Return the shapes of the tensors that a model takes, without the batch."""
    return (model.input, *model.others)
