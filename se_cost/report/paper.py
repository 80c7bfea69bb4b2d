"""The paper's figures beside ours, and what SE takes off the error for its cost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import permutations, starmap

from se_cost.ledger.compare import compare
from se_cost.ledger.paper import (
    IMAGENET,
    MEASURES,
    TEXT,
    TOP_1,
    TOP_5,
    Figure,
    Finding,
    Tradeoff,
    Verdict,
    figures,
    findings,
    tradeoffs,
)
from se_cost.measure.result import BASELINE, NETWORK, Timing
from se_cost.report.illustrated import Picture
from se_cost.report.page import SCHEMA_VERSION, Cell, Column, Data, Page, Table
from se_cost.report.paper_notes import note, remark
from se_cost.report.time import QUICK, heading
from se_cost.report.time import page as time_page

SOURCE = "Hu et al., Squeeze-and-Excitation Networks, arXiv 1709.01507"
VERDICTS = (
    "exact: ours rounds to the printed digits; close: to one more or one less in the last of "
    "them; differs: neither."
)
CONVENTION = (
    "The paper's FLOPs are multiply-accumulates, here with one multiply for each gated value; in "
    "tables 10, 13, 15 and 16 and in section 4 the FCs have no biases."
)
COSTS = "Costs, as published and as counted here"
ADDED_COSTS = "What SE adds: the costs with SE minus those of the plain network"
IN_TEXT = "The numbers of the text: what SE adds to ResNet-50"

PICTURE = Picture(
    "The costs in the SE paper, recomputed",
    "Top-1 error of ten networks, plain and with SE, against multiply-accumulates and parameters",
)

COLUMNS = (
    Column("table"),
    Column("row"),
    Column("quantity"),
    Column("paper"),
    Column("ours", ".4f"),
    Column("off by", "+.3f", minor=True),
    Column("verdict"),
    Column("see"),
)
NOTE_COLUMNS = (Column("note"), Column("what is known"))
TRADEOFF_COLUMNS = (
    Column("table"),
    Column("row"),
    Column("top-1 error %"),
    Column("plain top-1 %"),
    Column("top-5 error %"),
    Column("plain top-5 %"),
    Column("params %", "+.2f"),
    Column("FLOPs %", "+.3f"),
)
TIME_COLUMNS = (
    Column("time"),
    Column("ResNet-50 ms", ".1f"),
    Column("SE-ResNet-50 ms", ".1f"),
    Column("overhead %", "+.1f"),
    Column("low", "+.1f"),
    Column("high", "+.1f"),
    Column("verdict"),
)


def page(timings: Sequence[Timing] = ()) -> Page:
    """Return the page; `timings` are of SE-ResNet-50 on this machine."""
    found = findings()
    counted = [finding for finding in found if finding.ours is not None]
    numbers = _numbers(counted)
    tables = (
        *(_costs(title, group, numbers) for title, group in _grouped(counted).items()),
        Table("Notes", NOTE_COLUMNS, tuple((number, text) for text, number in numbers.items())),
        _tradeoffs(),
        _times(timings),
    )
    warnings = dict.fromkeys(text for timing in timings for text in time_page(timing).warnings)
    return Page(
        lines=(_summary(counted), VERDICTS, CONVENTION, _gain(), *[QUICK] * bool(timings)),
        tables=tables,
        data=_data(found, timings),
        warnings=tuple(warnings),
    )


def _summary(counted: Sequence[Finding]) -> str:
    of = Counter(finding.verdict for finding in counted)
    return (
        f"{SOURCE}: {len(counted)} costs and differences, {of[Verdict.EXACT]} exact, "
        f"{of[Verdict.CLOSE]} close, {of[Verdict.DIFFERS]} differ."
    )


def _gain() -> str:
    """Return what the paper argues for, in one sentence."""
    pairs = [row for row in tradeoffs() if row.table in IMAGENET and row.plain]
    less = [float(row.plain[TOP_1]) - float(row.errors[TOP_1]) for row in pairs]
    growth = [_growth(row, "FLOPs") for row in pairs]
    return (
        f"In tables {' and '.join(IMAGENET)} SE takes {min(less):.2f} to {max(less):.2f} points "
        f"off the top-1 error, for {min(growth):.2f} to {max(growth):.2f} % more FLOPs."
    )


def _grouped(counted: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Return the findings by the title of the table that they stand in."""
    groups: dict[str, list[Finding]] = {}
    for finding in counted:
        figure = finding.figure
        title = IN_TEXT if figure.table == TEXT else ADDED_COSTS if figure.added else COSTS
        groups.setdefault(title, []).append(finding)
    return groups


def _numbers(counted: Sequence[Finding]) -> dict[str, str]:
    """Return every remark with its number, in order of appearance."""
    remarks = [remark(f) for group in _grouped(counted).values() for f in group]
    return {text: str(i) for i, text in enumerate(dict.fromkeys(filter(None, remarks)), 1)}


def _costs(title: str, group: Sequence[Finding], numbers: Mapping[str, str]) -> Table:
    rows = tuple((*_row(finding), numbers.get(remark(finding), "")) for finding in group)
    return Table(title, COLUMNS, rows)


def _row(finding: Finding) -> tuple[Cell, ...]:
    figure = finding.figure
    return (
        figure.table,
        figure.row,
        f"{figure.measure} {figure.unit}",
        figure.published,
        _float(finding.ours),
        _float(finding.off),
        finding.verdict.value,
    )


def _tradeoffs() -> Table:
    rows = tuple(_tradeoff(row) for row in tradeoffs() if row.recipe.attention.stages)
    heading = "Errors, quoted from the paper, beside what SE adds by our count"
    return Table(heading, TRADEOFF_COLUMNS, rows)


def _tradeoff(row: Tradeoff) -> tuple[Cell, ...]:
    quoted = [errors.get(name) for name in (TOP_1, TOP_5) for errors in (row.errors, row.plain)]
    return (row.table, row.row, *quoted, _growth(row, "params"), _growth(row, "FLOPs"))


def _growth(row: Tradeoff, measure: str) -> float:
    """Return what SE adds to a network, in per cent of the plain one."""
    whole, of = compare(row.recipe), MEASURES[measure]
    return 100 * (of(whole.network) / of(whole.baseline) - 1)


def _times(timings: Sequence[Timing]) -> Table:
    """Return the published times, and those of this machine below them."""
    quoted = [figure for figure in figures() if figure.unit == "ms"]
    pairs = [
        (plain, other)
        for plain, other in permutations(quoted, 2)
        if plain.quantity == other.quantity and other.row == f"SE-{plain.row}"
    ]
    rows = [*starmap(_published_time, pairs), *map(_measured_time, timings)]
    return Table("Time of ResNet-50, as published and here", TIME_COLUMNS, tuple(rows))


def _published_time(plain: Figure, other: Figure) -> tuple[Cell, ...]:
    before, after = float(plain.published), float(other.published)
    what = f"{plain.quantity}, {plain.note}"
    return (what, before, after, 100 * (after / before - 1), None, None, Verdict.QUOTED.value)


def _measured_time(timing: Timing) -> tuple[Cell, ...]:
    change = timing.overhead(NETWORK)
    bounds = (change.percent.value, change.percent.low, change.percent.high)
    times = (timing.median_ms(BASELINE), timing.median_ms(NETWORK))
    return (heading(timing), *times, *bounds, change.verdict)


def _data(found: Sequence[Finding], timings: Sequence[Timing]) -> Data:
    data: Data = {
        "schema_version": SCHEMA_VERSION,
        "command": "paper",
        "source": SOURCE,
        "rows": [_row_data(finding) for finding in found],
    }
    return data | ({"time": [time_page(timing).data for timing in timings]} if timings else {})


def _row_data(finding: Finding) -> Data:
    figure = finding.figure
    return {
        "table": figure.table,
        "row": figure.row,
        "quantity": figure.quantity,
        "published": float(figure.published),
        "ours": _float(finding.ours),
        "unit": figure.unit,
        "verdict": finding.verdict.value,
        "note": note(finding),
    }


def _float(number: Fraction | None) -> float | None:
    return None if number is None else float(number)
