"""The networks there are, and what SE adds to each."""

from se_cost.ledger.compare import Comparison, compare
from se_cost.ledger.stages import stage_costs
from se_cost.nets.family import Family
from se_cost.nets.registry import FAMILIES, SE_PREFIX, recipe
from se_cost.report.page import SCHEMA_VERSION, Cell, Column, Data, Page, Table

COLUMNS = (
    Column("network"),
    Column("blocks", minor=True),
    Column("channels", minor=True),
    Column("input"),
    Column("params M", ".2f"),
    Column("MACs G", ".3f"),
    Column("SE params M", ".2f"),
    Column("SE params %", ".2f"),
    Column("SE MACs M", ".2f"),
    Column("SE MACs %", ".3f"),
    Column("source", minor=True),
)


def page() -> Page:
    """Return every family with its size, and what SE adds to it at r = 16."""
    pairs = [(f, compare(recipe(f"{SE_PREFIX}{f.name}"))) for f in FAMILIES.values()]
    data: Data = {"schema_version": SCHEMA_VERSION, "command": "nets"}
    return Page(
        lines=(
            (
                "Every network is also there with SE, as se_NAME; blocks and channels are those of "
                "the stages that then have it."
            ),
        ),
        tables=(Table("Networks, and what SE adds", COLUMNS, tuple(_row(*p) for p in pairs)),),
        data=data | {"networks": [_data(*pair) for pair in pairs]},
    )


def _row(family: Family, whole: Comparison) -> tuple[Cell, ...]:
    plain, added, stages = whole.baseline, whole.attention, stage_costs(whole)
    return (
        family.name,
        "-".join(str(cost.blocks) for cost in stages),
        "-".join(str(max(cost.channels)) for cost in stages),
        "x".join(map(str, family.input)),
        plain.params / 1e6,
        plain.macs / 1e9,
        added.params / 1e6,
        whole.percent,
        added.macs / 1e6,
        100 * added.macs / plain.macs,
        family.source,
    )


def _data(family: Family, whole: Comparison) -> Data:
    return {
        "name": family.name,
        "title": family.title,
        "source": family.source,
        "input": list(family.input),
        "places": [place.value for place in family.places],
        "stages": [
            {"stage": cost.stage, "blocks": cost.blocks, "channels": max(cost.channels)}
            for cost in stage_costs(whole)
        ],
        "params": whole.baseline.params,
        "macs": whole.baseline.macs,
        "attention": {"params": whole.attention.params, "macs": whole.attention.macs},
    }
