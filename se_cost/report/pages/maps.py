"""The attention of a network at several input sizes and batches."""

from se_cost.documents.maps import MapCell
from se_cost.documents.plan import PlanDocument
from se_cost.nets.words import described
from se_cost.report.page import Block, Column, Picture, Table, Text
from se_cost.report.pages.words import MIB
from se_cost.text import joined

MAP = "The attention of {} at other inputs and batches; the stage that costs most"
CELLS = (
    Column("input", lambda cell: f"{cell.height}x{cell.width}"),
    Column("batch", lambda cell: cell.batch),
    Column("MACs %", lambda cell: cell.macs_percent, ".3f"),
    Column("moved MiB", lambda cell: cell.bytes / MIB, ",.1f"),
    Column("moved %", lambda cell: cell.bytes_percent, ".1f"),
    Column("most MACs", lambda cell: cell.costliest_macs),
    Column("most bytes", lambda cell: cell.costliest_bytes),
    Column("final stage, % of bytes", lambda cell: cell.final_stage_bytes_percent, ".1f"),
)
CELL_TIMES = (
    Column("time ms", lambda cell: cell.time_ms, ",.3f"),
    Column("most time", lambda cell: cell.costliest_time),
    Column("final stage, % of time", lambda cell: cell.final_stage_time_percent, ".1f"),
)


def mapped(document: PlanDocument) -> list[Block]:
    """Return the map as a table and a picture, below a sentence; nothing of one pair."""
    if not document.map:
        return []
    columns = (*CELLS, *(CELL_TIMES if document.machine else ()))
    heading = MAP.format(described(document.recipe.without(())).split(", input")[0])
    table = Table.of(heading, columns, document.map)
    return [Text(_flips(document)), table, _heat(document)]


def _flips(document: PlanDocument) -> str:
    """Return where the advice to drop the final stage is the best single saving, and where not."""
    final = document.recipe.final_stage
    timed = document.machine is not None
    what = "predicted time" if timed else "bytes moved"
    there = [cell for cell in document.map if _costliest(cell, timed) == final]
    if len(there) == len(document.map):
        return f"The final stage costs most {what} everywhere: dropping it saves most."
    if not there:
        return f"The final stage costs most {what} nowhere: dropping another stage saves more."
    names = joined(f"{cell.height}x{cell.width} with batch {cell.batch}" for cell in there)
    return (
        f"The advice flips: the final stage costs most {what} at {names}, so dropping it saves "
        "most there; elsewhere an earlier stage costs more."
    )


def _costliest(cell: MapCell, timed: bool) -> int | None:
    return cell.costliest_time if timed else cell.costliest_bytes


def _heat(document: PlanDocument) -> Picture:
    timed = document.machine is not None
    what = "predicted time" if timed else "bytes moved"
    name = f"Share of the final stage in the {what} of the attention, %"

    def draw() -> str:
        from se_cost.report.figures.plan import Heat, heat

        cells = [
            Heat(
                f"{cell.height}x{cell.width}",
                str(cell.batch),
                (cell.final_stage_time_percent if timed else cell.final_stage_bytes_percent) or 0.0,
                f"most: stage {_costliest(cell, timed)}",
            )
            for cell in document.map
        ]
        return heat(name, cells)

    return Picture("map", draw, name)
