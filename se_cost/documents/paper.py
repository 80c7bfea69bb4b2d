"""What `paper` finds: every published cost beside ours, and the error that SE takes off for it."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from se_cost.documents.base import Document, Pair
from se_cost.documents.time import TimeDocument, timed
from se_cost.ledger.costs import costs
from se_cost.measure.timing.result import Timing
from se_cost.nets.model import Zoo
from se_cost.paper.notes import note, remark
from se_cost.paper.published import (
    MEASURES,
    TOP_1,
    TOP_5,
    Match,
    PublishedFinding,
    Tradeoff,
    findings,
    tradeoffs,
)
from se_cost.paper.studies import OF_SE, STUDIES, findings_of
from se_cost.record import Record

SOURCE = "Hu et al., Squeeze-and-Excitation Networks, arXiv 1709.01507"


class PaperRow(Record):
    """One published figure beside ours."""

    table: str
    row: str
    quantity: str
    published: float
    ours: float | None  # null where there is nothing to count
    unit: str
    verdict: Match
    note: str
    printed: str = ""  # published, with the digits that the paper prints
    off: float | None = None  # ours minus published
    added: bool = False  # what SE adds, and no total
    remark: str = ""  # what is known about the figure


Printed = Annotated[str, Meta(pattern=r"^\d+(\.\d+)?$")]  # a number with all its digits


class Errors(Record):
    """Error rates in per cent, with the digits that the paper prints."""

    top_1: Printed | None
    top_5: Printed | None


class ErrorRow(Record):
    """A row of a table that prints the error of a network, and what the network costs."""

    table: str
    row: str
    recipe: Zoo
    errors: Errors
    plain: Errors  # of the network without SE
    params: Pair
    flops: Pair  # as the paper counts them


class PaperDocument(Document, tag="paper", kw_only=True):
    """Every published cost figure beside ours."""

    source: str
    study: str = OF_SE  # whose figures they are: the kind of attention of the paper
    rows: tuple[PaperRow, ...]
    errors: tuple[ErrorRow, ...] = ()
    time: tuple[TimeDocument, ...] | UnsetType = UNSET  # SE-ResNet-50 on this machine


def published(
    timings: Sequence[Timing] = (), tables: Collection[str] | None = None
) -> PaperDocument:
    """Return the published figures of some tables, of all if none are named.

    `timings` are of SE-ResNet-50 on this machine.
    """
    times = tuple(map(timed, timings))
    doubts = dict.fromkeys(doubt for time in times for doubt in time.doubts)
    return PaperDocument(
        source=SOURCE,
        rows=tuple(_row(one) for one in findings() if tables is None or one.figure.table in tables),
        errors=tuple(
            _error_row(row) for row in tradeoffs() if tables is None or row.table in tables
        ),
        time=times or UNSET,
        doubts=tuple(doubts),
    )


def study_of(name: str) -> PaperDocument:
    """Return every known figure of the paper of another kind of attention."""
    return PaperDocument(
        source=STUDIES[name].source,
        study=name,
        rows=tuple(_row(one.finding, one.remark) for one in findings_of(name)),
    )


def _row(finding: PublishedFinding, known: str | None = None) -> PaperRow:
    """Return a figure beside ours; what is `known` of it is looked up for the SE paper."""
    figure = finding.figure
    return PaperRow(
        table=figure.table,
        row=figure.row,
        quantity=figure.quantity,
        published=float(figure.published),
        ours=_float(finding.ours),
        unit=figure.unit,
        verdict=finding.verdict,
        note=note(finding) if known is None else known,
        printed=figure.published,
        off=_float(finding.off),
        added=figure.added,
        remark=remark(finding) if known is None else known,
    )


def _float(number: Fraction | None) -> float | None:
    return None if number is None else float(number)


def _error_row(row: Tradeoff) -> ErrorRow:
    whole = costs(row.model)
    params, flops = (
        Pair(of(whole.network), of(whole.plain)) for of in (MEASURES["params"], MEASURES["FLOPs"])
    )
    return ErrorRow(
        row.table, row.row, row.model, _errors(row.errors), _errors(row.plain), params, flops
    )


def _errors(printed: Mapping[str, str]) -> Errors:
    return Errors(printed.get(TOP_1), printed.get(TOP_5))
