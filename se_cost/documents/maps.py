"""What the attention of a network costs at several input sizes and batches."""

from se_cost.documents.choices import predicted_ms
from se_cost.planning.amounts import Pace
from se_cost.planning.maps import Cell
from se_cost.planning.sites import Site
from se_cost.planning.words import Dimension
from se_cost.record import Record


class MapStage(Record):
    """The attention of one stage at one input and batch."""

    stage: int
    macs: int
    bytes: int
    time_ms: float | None


class MapCell(Record):
    """The attention of the network at one input and batch."""

    height: int
    width: int
    batch: int
    macs: int
    macs_percent: float
    bytes: int
    bytes_percent: float | None
    time_ms: float | None
    costliest_macs: int  # the stage
    costliest_bytes: int
    costliest_time: int | None
    final_stage_bytes_percent: float  # of the attention's bytes
    final_stage_time_percent: float | None
    stages: tuple[MapStage, ...]


def map_cell(cell: Cell) -> MapCell:
    """Return what the attention costs there, and the stage that costs most."""
    whole, timed = cell.whole, cell.pace is not None
    plain = cell.plain
    return MapCell(
        height=cell.model.input[1],
        width=cell.model.input[2],
        batch=cell.batch,
        macs=whole.macs,
        macs_percent=100 * whole.macs / max(1, plain.macs),
        bytes=whole.bytes,
        bytes_percent=None if plain.bytes is None else 100 * whole.bytes / plain.bytes,
        time_ms=predicted_ms(whole, cell.pace),
        costliest_macs=cell.costliest(Dimension.MACS),
        costliest_bytes=cell.costliest(Dimension.BYTES),
        costliest_time=cell.costliest(Dimension.TIME) if timed else None,
        final_stage_bytes_percent=cell.share(Dimension.BYTES),
        final_stage_time_percent=cell.share(Dimension.TIME) if timed else None,
        stages=tuple(_map_stage(site, cell.pace) for site in cell.stages),
    )


def _map_stage(site: Site, pace: Pace | None) -> MapStage:
    amounts = site.candidates[0].amounts
    return MapStage(site.stage, amounts.macs, amounts.bytes, predicted_ms(amounts, pace))
