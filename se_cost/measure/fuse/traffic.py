"""What the attention of every stage moves before and after it is fused.

For a network of the zoo by the rows of its ledger; a model of the user's is metered as it runs,
with more and more of its attention.
"""

from itertools import pairwise
from typing import NamedTuple

from se_cost.ledger import traffic as formulas
from se_cost.ledger.folding import folded_costs
from se_cost.measure.fuse.fuse import folded, fuse
from se_cost.measure.fuse.moved import moved
from se_cost.measure.fuse.record import FusedBlock, FusedStage, FusedTraffic, How, Movement
from se_cost.measure.fuse.rows import FoldedRows
from se_cost.measure.fuse.whole import unfused
from se_cost.measure.models.costs import costs
from se_cost.measure.timing.settings import SIZES, Settings
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model, Zoo


def fused_traffic(model: Model, settings: Settings, how: How = How.AUTO) -> FusedTraffic:
    """Return what the attention of every stage moves in inference.

    Raises UsageError as `fuse` does, MeasurementError for a model of the user's that cannot be run.
    """
    if isinstance(model, Imported):
        return _metered(model, settings, how)
    return _of_rows(model, settings, how)


def _of_rows(model: Zoo, settings: Settings, how: How) -> FusedTraffic:
    """Return what the ledger says of the rows that run before, and of those that run after."""
    done = fuse(*unfused(model, settings), how)
    known, numbers = folded_costs(costs(model)), (settings.batch, SIZES[settings.dtype])
    reading = FoldedRows(known.network)
    exchanges = [reading.exchanged(one) for one in done.rewritings]
    stages = {row.path: row.stage for row in known.network.rows}
    found = []
    for stage, traffic in formulas.by_stage(known, *numbers).items():
        before = Movement(traffic.forward, traffic.operators_forward)
        added = [one.added(*numbers) for one in exchanges if one.stage == stage]
        blocks = [block for block in done.blocks if stages[block.path] == stage]
        found.append(_stage(stage, blocks, before, sum(added, before)))
    return FusedTraffic(formulas.forward_bytes(known.plain, *numbers), tuple(found))


class Metered(NamedTuple):
    """A network that has run, unfused and fused."""

    blocks: tuple[FusedBlock, ...]
    before: Movement
    after: Movement


def _metered(model: Imported, settings: Settings, how: How) -> FusedTraffic:
    """Return what is moved with the attention of a stage beyond what is without it."""
    gone = [model.without(model.stages[i:]) for i in range(len(model.stages) + 1)]
    networks = [_run(one, settings, how) for one in gone]
    found = []
    for stage, (less, whole) in zip(model.stages, pairwise(networks), strict=True):
        known = {block.path for block in less.blocks}
        blocks = [block for block in whole.blocks if block.path not in known]
        before, after = whole.before - less.before, whole.after - less.after
        found.append(_stage(stage, blocks, before, after))
    return FusedTraffic(networks[0].before.bytes, tuple(found))


def _run(model: Imported, settings: Settings, how: How) -> Metered:
    built, images = unfused(model, settings)
    done = fuse(built, images, how)
    return Metered(done.blocks, moved(folded(built, images), images), moved(done.module, images))


def _stage(
    stage: int | None, blocks: list[FusedBlock], before: Movement, after: Movement
) -> FusedStage:
    return FusedStage(
        stage=stage,
        blocks=len(blocks),
        e_passes_before=sum(block.e_passes_before for block in blocks),
        e_passes_after=sum(block.e_passes_after for block in blocks),
        before=before,
        after=after,
    )
