"""Why the time grows more than the multiply-accumulates."""

from collections.abc import Callable
from dataclasses import asdict, astuple

from se_cost.ledger.traffic import Traffic
from se_cost.measure.explanation import Explanation, Part
from se_cost.measure.result import BASELINE
from se_cost.measure.settings import Layout
from se_cost.measure.stats import Estimate
from se_cost.nets.registry import title
from se_cost.report import time, time_data
from se_cost.report.doubts import doubts
from se_cost.report.illustrated import Picture
from se_cost.report.page import Cell, Column, Data, Page, Table
from se_cost.report.recipes import described, document
from se_cost.report.references import REFERENCES
from se_cost.report.time import MIB, QUICK, heading

ALL = "all"

PREDICTED = (
    "predicted = bytes / copy bandwidth + operators x latency of a tiny one: every byte comes from "
    "memory, nothing overlaps, and nothing is fitted to the measurement"
)
PASSES = "E is one read or write of every gated map; E-passes are measured time x bandwidth / E"
CACHES = "maps that fit the caches of the CPU move faster: less can be measured"
QUEUES = "a launch costs nothing while the GPU is still busy: less can be measured"
STRIDED = "nhwc: gradients may be laid out anew in training: more can be measured"
PUBLISHED = "Published overheads of SE; one network by two code paths differs by 2.5 points"
ADDED = "What the attention adds; the backward pass, and what is saved for it, in training only"

TRAFFIC_COLUMNS = (
    *(Column("forward MiB", ",.2f"), Column("backward MiB", ",.2f"), Column("saved MiB", ",.2f")),
    *(Column("operators forward"), Column("operators backward")),
)
OPERATOR_COLUMNS = (Column("stage"), Column("operator"), *TRAFFIC_COLUMNS)
ADDED_COLUMNS = (
    *(Column("stage"), Column("blocks"), Column("E MiB", ",.2f"), *TRAFFIC_COLUMNS),
    *(Column("MACs", ",d", minor=True), Column("MACs/byte", ".3f")),
)
TIME_COLUMNS = (
    *(Column("stage"), Column("bytes ms", ".3f", minor=True)),
    *(Column("launches ms", ".3f", minor=True), Column("predicted ms", ".3f")),
    *(Column("measured ms", "+.3f"), Column("low", "+.3f"), Column("high", "+.3f")),
    *(Column("E-passes", "+.1f"), Column("low", "+.1f"), Column("high", "+.1f")),
)
MACHINE_COLUMNS = (Column("what"), Column("value", ",.2f"), Column("unit"))
REFERENCE_COLUMNS = (
    *(Column("network"), Column("setting"), Column("overhead %", "+.1f")),
    Column("source", minor=True),
)


def page(found: Explanation) -> Page:
    """Return the page for one explanation."""
    tables = (
        Table(ADDED, ADDED_COLUMNS, _by_stage(found, _added), totals=1),
        Table(f"{heading(found.timing)}: what it costs", TIME_COLUMNS, _by_stage(found, _times), 1),
        Table("By stage and operator", OPERATOR_COLUMNS, _operators(found), totals=1),
        Table("The machine, measured in the same run", MACHINE_COLUMNS, _machine(found)),
        Table(PUBLISHED, REFERENCE_COLUMNS, _references()),
    )
    lines = (f"{described(found.timing.recipe)}: {sentence(found)}", *assumptions(found), QUICK)
    return Page(lines, tables, _data(found), tuple(doubts(found.timing)))


def picture(found: Explanation) -> Picture:
    """Return how the page is called, and what its picture shows."""
    recipe = found.timing.recipe
    return Picture(
        f"Why {title(recipe)} takes more time than {title(recipe.baseline)}",
        "Predicted and measured milliseconds of the attention, by stage",
    )


def sentence(found: Explanation) -> str:
    """Return the answer: what grows with the time where the multiply-accumulates do not."""
    whole, plain = found.whole, found.comparison.baseline
    return (
        f"{100 * found.comparison.attention.macs / plain.macs:+.2f} % MACs, "
        f"{time.sentence(found.timing)} "
        f"The attention moves {whole.moved / MIB:,.1f} MiB more, as much as "
        f"{whole.moved / whole.gated_bytes:.1f} passes over every gated map, in "
        f"{whole.operators:,} more operators. Forward it does {whole.intensity:.2g} MACs for each "
        f"byte, the plain network {found.plain_intensity:.2g}."
    )


def assumptions(found: Explanation) -> tuple[str, ...]:
    """Return what the prediction takes for granted."""
    on_cpu = found.timing.environment["device"] == "cpu"
    strided = found.training and found.timing.settings.layout is Layout.NHWC
    return (PREDICTED, PASSES, CACHES if on_cpu else QUEUES, *[STRIDED] * strided)


def _by_stage(
    found: Explanation, row: Callable[[Part], tuple[Cell, ...]]
) -> tuple[tuple[Cell, ...], ...]:
    """Return a row for each stage, and one for all together."""
    return tuple((part.stage or ALL, *row(part)) for part in [*found.stages, found.whole])


def _added(part: Part) -> tuple[Cell, ...]:
    maps, moved = part.gated_bytes / MIB, _traffic(part.traffic)
    return (part.blocks, maps, *moved, part.macs, part.intensity)


def _times(part: Part) -> tuple[Cell, ...]:
    expected = [1000 * part.memory, 1000 * part.launches, 1000 * part.predicted]
    return (*expected, *_bounds(part.measured, 1000), *_bounds(part.passes, 1))


def _traffic(traffic: Traffic) -> tuple[Cell, ...]:
    amounts = (traffic.forward, traffic.backward, traffic.saved)
    operators = (traffic.operators_forward, traffic.operators_backward)
    return (*(amount / MIB for amount in amounts), *operators)


def _bounds(estimate: Estimate | None, unit: float) -> tuple[Cell, Cell, Cell]:
    if estimate is None:
        return (None, None, None)
    return astuple(estimate.map(lambda x: unit * x))


def _operators(found: Explanation) -> tuple[tuple[Cell, ...], ...]:
    rows = [(stage, operator, *_traffic(of)) for (stage, operator), of in found.operators.items()]
    return (*rows, (None, ALL, *_traffic(found.whole.traffic)))


def _machine(found: Explanation) -> tuple[tuple[Cell, ...], ...]:
    return (
        ("copy bandwidth, read and write", found.machine.bandwidth / 1e9, "GB/s"),
        ("from one tiny operator to the next", found.machine.launch * 1e6, "µs"),
    )


def _references() -> tuple[tuple[Cell, ...], ...]:
    return tuple((one.network, one.setting, one.percent, one.source) for one in REFERENCES)


def _data(found: Explanation) -> Data:
    timing, plain = found.timing, found.comparison.baseline
    timed = time_data.data(timing)
    return document("explain", timing.recipe) | {
        "overhead": timed["overhead"],
        "macs_percent": 100 * found.comparison.attention.macs / plain.macs,
        "baseline": {
            "median_ms": timing.median_ms(BASELINE),
            "macs_per_byte": found.plain_intensity,
        },
        "machine": asdict(found.machine),
        "total": _part_data(found.whole),
        "stages": [{"stage": part.stage} | _part_data(part) for part in found.stages],
        "operators": [
            {"stage": stage, "operator": operator} | asdict(of)
            for (stage, operator), of in found.operators.items()
        ],
        "assumptions": list(assumptions(found)),
        "references": [asdict(one) for one in REFERENCES],
        "time": timed,
    }


def _part_data(part: Part) -> Data:
    return {
        "blocks": part.blocks,
        "macs": part.macs,
        "macs_per_byte": part.intensity,
        "gated_bytes": part.gated_bytes,
        "traffic": asdict(part.traffic),
        "moved_bytes": part.moved,
        "operators": part.operators,
        "predicted": {
            "seconds": part.predicted,
            "memory": part.memory,
            "launches": part.launches,
        },
        "measured_seconds": part.measured and asdict(part.measured),
        "e_passes": part.passes and asdict(part.passes),
    }
