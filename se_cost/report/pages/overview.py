"""Several networks beside each other: one table for each question, one row for each network."""

from collections.abc import Mapping
from itertools import starmap

from se_cost.documents.report import ReportDocument
from se_cost.documents.time import Arm, TimeDocument
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.measure.timing.verdict import Overhead
from se_cost.record import Record
from se_cost.report.page import Cell, Column, Table, formatted
from se_cost.report.pages import time
from se_cost.report.pages.summary import Named, asked, macs_growth, told_apart
from se_cost.report.pages.words import UNMEASURED, bounds, percent, shown, verdict


class Compared(Record):
    """One network, by the name that tells it apart."""

    name: str
    document: ReportDocument


class ComparedTime(Record):
    """One timing of a network."""

    name: str
    timing: TimeDocument

    @property
    def overhead(self) -> Overhead | None:
        """Return the overhead if it has an interval."""
        return shown(self.timing.overhead)


PARAMS = (
    Column("network", lambda entry: entry.name),
    Column("attention blocks", lambda entry: entry.document.params.attention.blocks, minor=True),
    Column("plain", lambda entry: entry.document.params.baseline.params),
    Column("attention", lambda entry: entry.document.params.attention.params),
    Column("growth %", lambda entry: entry.document.params.attention.percent, ".2f"),
    Column(
        "without its final stage %",
        lambda entry: entry.document.params.without_final_stage.percent,
        ".2f",
    ),
)
MACS = (
    Column("network", lambda entry: entry.name),
    Column("plain", lambda entry: entry.document.flops.baseline.macs),
    Column("attention", lambda entry: entry.document.flops.attention.macs),
    Column("growth %", lambda entry: macs_growth(entry.document), ".3f"),
    Column("as the SE paper counts %", lambda entry: entry.document.flops.paper_percent, ".3f"),
    Column("bytes moved %", lambda entry: bytes_growth(entry.document), ".2f"),
)
TIMES = (
    Column("network", lambda timed: timed.name),
    Column("plain ms", lambda timed: timed.timing.baseline.median_ms, ".2f"),
    Column("with attention", lambda timed: timed.timing.network.median_ms, ".2f"),
    Column("overhead %", lambda timed: timed.overhead and timed.overhead.percent, "+.2f"),
    Column("low", lambda timed: timed.overhead and timed.overhead.low, "+.2f"),
    Column("high", lambda timed: timed.overhead and timed.overhead.high, "+.2f"),
    Column("verdict", lambda timed: verdict(timed.timing.overhead)),
)
COUNTS = (
    Column("network", lambda entry: entry.name),
    Column("final stage", lambda entry: entry.document.recipe.final_stage),
    Column("parameters", lambda entry: _params(entry.document)),
    Column("MACs", lambda entry: _macs(entry.document)),
    Column("bytes moved", lambda entry: _bytes(entry.document)),
)
MODES = {Mode.INFER: "inference", Mode.TRAIN: "training step"}


def params(named: Named) -> Table:
    """Return what attention adds to the parameters of every network."""
    heading = "Parameters: the plain network's, and what attention adds"
    return Table.of(heading, PARAMS, _entries(named))


def macs(named: Named) -> Table:
    """Return what attention adds to the computing of every network."""
    heading = "MACs of one image: the plain network's, and what attention adds"
    return Table.of(heading, MACS, _entries(named))


def timings(named: Named, settings: Settings) -> dict[str, TimeDocument]:
    """Return the timings of one way, by the names of the networks that have one."""
    found = {name: timing(document, settings) for name, document in named.items()}
    return {name: one for name, one in found.items() if one is not None}


def times(timings: Mapping[str, TimeDocument]) -> Table:
    """Return how much slower attention makes every network, all timed in one way."""
    first = next(iter(timings.values()))
    timed = [ComparedTime(name, one) for name, one in timings.items()]
    return Table.of(time.heading(first), TIMES, timed)


def final_stages(named: Named) -> Table:
    """Return how each growth shrinks if the final stage loses its attention."""
    ways = told_apart(every_timing(named), MODES)
    heading = "Growth in %: with attention in all its stages → without it in the final one"
    return Table.of(heading, (*COUNTS, *starmap(_time, ways.items())), _entries(named))


def timing(document: ReportDocument, settings: Settings) -> TimeDocument | None:
    """Return the timing of one way, None if there is none."""
    return next((one for one in document.time if asked(one) == settings), None)


def every_timing(named: Named) -> list[TimeDocument]:
    """Return the timings of all networks."""
    return [one for document in named.values() for one in document.time]


def bytes_growth(document: ReportDocument) -> float | None:
    """Return what attention adds to the bytes moved, in per cent."""
    return percent(document.flops.attention.bytes, document.flops.baseline.bytes)


def _entries(named: Named) -> list[Compared]:
    return [Compared(name, document) for name, document in named.items()]


def _params(document: ReportDocument) -> str | None:
    every, trimmed = document.params.attention, document.params.without_final_stage
    return _arrow(every.percent, trimmed.percent, "+.2f")


def _macs(document: ReportDocument) -> str | None:
    trimmed, plain = document.flops.without_final_stage, document.flops.baseline
    return _arrow(macs_growth(document), percent(trimmed.macs, plain.macs), "+.3f")


def _bytes(document: ReportDocument) -> str | None:
    trimmed, plain = document.flops.without_final_stage, document.flops.baseline
    return _arrow(bytes_growth(document), percent(trimmed.bytes, plain.bytes), "+.2f")


def _arrow(whole: float | None, trimmed: float | None, spec: str) -> str | None:
    return None if whole is None else f"{whole:{spec}} → {formatted(trimmed, spec)}"


def _time(settings: Settings, name: str) -> Column:
    """Return a column of times: overheads with their intervals, a dash for what has none."""

    def cell(entry: Compared) -> Cell:
        found = timing(entry.document, settings)
        if found is None:
            return None
        return f"{_overhead(found.network)} → {_overhead(found.without_final_stage)}"

    return Column(name, cell)


def _overhead(arm: Arm | None) -> str:
    if arm is None:
        return formatted(None, "")
    change = shown(arm.overhead)
    if change is None:
        return UNMEASURED
    return f"{change.percent:+.1f} {bounds(change.low, change.high)} {change.verdict}"
