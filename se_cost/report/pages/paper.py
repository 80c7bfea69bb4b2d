"""The paper's figures beside ours, and what SE takes off the error for its cost."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

from se_cost.documents.base import Pair
from se_cost.documents.paper import ErrorRow, PaperDocument, PaperRow
from se_cost.documents.time import TimeDocument
from se_cost.nets.words import title
from se_cost.paper.published import ADDED, IMAGENET, TEXT, Match
from se_cost.paper.studies import STUDIES
from se_cost.record import Record
from se_cost.report.page import Column, Page, Picture, Table, answer
from se_cost.report.pages import time
from se_cost.report.pages.words import UNMEASURED, known, percent, shown
from se_cost.text import joined, plural

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
ERRORS_AND_COSTS = "Errors, quoted from the paper, beside what SE adds by our count"
TITLE = "The costs in the SE paper, recomputed"
WORDS = (
    "Top-1 error of ten networks, plain and with SE, against multiply-accumulates and parameters"
)
NAMED_ON_THE_LEFT = {"resnext50_32x4d"}  # families: on the right there are others


class Cost(Record):
    """A published cost beside ours, with the number of its note."""

    row: PaperRow
    note: str


class Note(Record):
    """What is known about some figures."""

    number: str
    text: str


class Time(Record):
    """The time of ResNet-50 plain and with SE, as published or as measured here."""

    what: str
    plain: float  # milliseconds
    with_se: float
    percent: float | None
    low: float | None
    high: float | None
    verdict: str


COLUMNS = (
    Column("table", lambda cost: cost.row.table),
    Column("row", lambda cost: cost.row.row),
    Column("quantity", lambda cost: f"{measure(cost.row)} {cost.row.unit}".rstrip()),
    Column("paper", lambda cost: cost.row.printed or cost.row.published, "g"),
    Column("ours", lambda cost: cost.row.ours, ".4f"),
    Column("off by", lambda cost: cost.row.off, "+.3f", minor=True),
    Column("verdict", lambda cost: cost.row.verdict.value),
    Column("see", lambda cost: cost.note),
)
NOTES = (
    Column("note", lambda note: note.number),
    Column("what is known", lambda note: note.text),
)
ERRORS = (
    Column("table", lambda row: row.table),
    Column("row", lambda row: row.row),
    Column("top-1 error %", lambda row: row.errors.top_1),
    Column("plain top-1 %", lambda row: row.plain.top_1),
    Column("top-5 error %", lambda row: row.errors.top_5),
    Column("plain top-5 %", lambda row: row.plain.top_5),
    Column("params %", lambda row: growth(row.params), "+.2f"),
    Column("FLOPs %", lambda row: growth(row.flops), "+.3f"),
)
TIMES = (
    Column("time", lambda time: time.what),
    Column("ResNet-50 ms", lambda time: time.plain, ".1f"),
    Column("SE-ResNet-50 ms", lambda time: time.with_se, ".1f"),
    Column("overhead %", lambda time: time.percent, "+.1f"),
    Column("low", lambda time: time.low, "+.1f"),
    Column("high", lambda time: time.high, "+.1f"),
    Column("verdict", lambda time: time.verdict),
)


def page(document: PaperDocument) -> Page:
    """Return the page: how many figures agree, all of them in tables, and a picture."""
    counted = [row for row in document.rows if row.ours is not None]
    groups, numbers = _grouped(counted), _numbers(counted)
    if document.study in STUDIES:
        return _study(document, counted, numbers)
    timings = known(document.time) or ()
    tables = (
        *(_costs(heading, group, numbers) for heading, group in groups.items()),
        Table.of("Notes", NOTES, [Note(number, text) for text, number in numbers.items()]),
        *_errors(document),
        Table.of("Time of ResNet-50, as published and here", TIMES, _times(document)),
    )
    bases = dict.fromkeys(map(time.basis, timings))
    said = _summary(document, counted, f"{len(counted)} costs and differences")
    sentences = (said, VERDICTS, CONVENTION, *_gain(document), *bases)
    found = answer(sentences, tables, (*document.disagreements, *document.doubts))
    picture = [Picture("errors", lambda: _drawn(document), WORDS)] if document.errors else []
    return Page((*found.blocks, *picture), title=TITLE)


def _study(
    document: PaperDocument, counted: Sequence[PaperRow], numbers: Mapping[str, str]
) -> Page:
    """Return the page of another paper than SE's, which has one table of costs."""
    study = STUDIES[document.study]
    lines = [Cost(row, numbers.get(remark(row), "")) for row in counted]
    notes = [Note(number, text) for text, number in numbers.items()]
    tables = (Table.of(COSTS, COLUMNS[1:], lines), *[Table.of("Notes", NOTES, notes)] * bool(notes))
    said = _summary(document, counted, plural(len(counted), "cost"))
    sentences = (said, VERDICTS, study.convention)
    found = answer(sentences, tables, (*document.disagreements, *document.doubts))
    return Page(found.blocks, title=study.title)


def measure(row: PaperRow) -> str:
    """Return what is counted, `FLOPs` or `params`, also for a difference."""
    return row.quantity.removesuffix(ADDED)


def remark(row: PaperRow) -> str:
    """Return what is known about a figure; documents of older versions have all in its note."""
    return row.remark or ("" if row.printed else row.note)


def growth(pair: Pair) -> float | None:
    """Return what SE adds to a network, in per cent of the plain one."""
    return percent(pair.network - pair.baseline, pair.baseline)


def _summary(document: PaperDocument, counted: Sequence[PaperRow], what: str) -> str:
    of = Counter(row.verdict for row in counted)
    return (
        f"{document.source}: {what}, {of[Match.EXACT]} exact, {of[Match.CLOSE]} close, "
        f"{of[Match.DIFFERS]} differ."
    )


def _gain(document: PaperDocument) -> Iterator[str]:
    """Yield what the paper argues for, in one sentence."""
    pairs = _imagenet(document)
    less = [before - after for _, before, after in pairs]
    more = [of for of in (growth(row.flops) for row, _, _ in pairs) if of is not None]
    if more:
        yield (
            f"In tables {joined(IMAGENET, ' and ')} SE takes {min(less):.2f} to {max(less):.2f} "
            f"points off the top-1 error, for {min(more):.2f} to {max(more):.2f} % more FLOPs."
        )


def _imagenet(document: PaperDocument) -> list[tuple[ErrorRow, float, float]]:
    """Return the networks of ImageNet with SE, each with its top-1 errors, the plain one first."""
    return [
        (row, float(row.plain.top_1), float(row.errors.top_1))
        for row in document.errors
        if row.table in IMAGENET and row.plain.top_1 and row.errors.top_1
    ]


def _grouped(counted: Sequence[PaperRow]) -> dict[str, list[PaperRow]]:
    """Return the figures by the title of the table that they stand in."""
    groups: dict[str, list[PaperRow]] = {}
    for row in counted:
        added = row.quantity.endswith(ADDED)
        heading = IN_TEXT if row.table == TEXT else ADDED_COSTS if added else COSTS
        groups.setdefault(heading, []).append(row)
    return groups


def _numbers(counted: Sequence[PaperRow]) -> dict[str, str]:
    """Return every remark with its number, in order of appearance."""
    remarks = [remark(row) for group in _grouped(counted).values() for row in group]
    return {text: str(i) for i, text in enumerate(dict.fromkeys(filter(None, remarks)), 1)}


def _costs(heading: str, group: Sequence[PaperRow], numbers: Mapping[str, str]) -> Table:
    costs = [Cost(row, numbers.get(remark(row), "")) for row in group]
    return Table.of(heading, COLUMNS, costs)


def _errors(document: PaperDocument) -> list[Table]:
    """Return the table of error rates; none for a document of an older version."""
    rows = [row for row in document.errors if row.recipe.attention.stages]
    return [Table.of(ERRORS_AND_COSTS, ERRORS, rows)] if rows else []


def _times(document: PaperDocument) -> list[Time]:
    """Return the published times, and those of this machine below them."""
    quoted = [row for row in document.rows if row.unit == "ms"]
    published = [
        _published(plain, other)
        for plain, other in permutations(quoted, 2)
        if plain.quantity == other.quantity and other.row == f"SE-{plain.row}"
    ]
    return [*published, *map(_measured, known(document.time) or ())]


def _published(plain: PaperRow, other: PaperRow) -> Time:
    before, after = plain.published, other.published
    what = f"{plain.quantity}, {plain.note}"
    more = percent(after - before, before)
    return Time(what, before, after, more, None, None, Match.QUOTED.value)


def _measured(timing: TimeDocument) -> Time:
    change, network = shown(timing.overhead), timing.network
    more, low, high = (change.percent, change.low, change.high) if change else (None, None, None)
    verdict = change.verdict if change else UNMEASURED
    plain, what = timing.baseline.median_ms, time.heading(timing)
    return Time(what, plain, network.median_ms, more, low, high, verdict)


def _drawn(document: PaperDocument) -> str:
    from se_cost.report.figures.paper import Dot, PlottedPair, errors

    pairs = [
        PlottedPair(
            title(row.recipe.plain),
            Dot(row.flops.baseline, row.params.baseline, before),
            Dot(row.flops.network, row.params.network, after),
            left=row.recipe.family in NAMED_ON_THE_LEFT,
        )
        for row, before, after in _imagenet(document)
    ]
    return errors(pairs)
