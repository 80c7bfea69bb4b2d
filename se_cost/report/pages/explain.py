"""Why the time grows more than the multiply-accumulates."""

from se_cost.documents.explain import ExplainDocument
from se_cost.ledger.traffic import Traffic
from se_cost.measure.explain.prediction import AttentionTime
from se_cost.measure.timing.statistics import Estimate
from se_cost.nets.words import described, title
from se_cost.record import Record
from se_cost.report.page import Cell, Column, Page, Picture, Table, answer
from se_cost.report.pages import time
from se_cost.report.pages.words import MIB

ALL = "all"
MS = 1000  # of a second
ADDED = "What the attention adds; the backward pass, and what is saved for it, in training only"
BY_OPERATOR = "What the attention adds, by stage and operator"
MACHINE = "The machine, measured in the same run"
PUBLISHED = "Published overheads of SE; two code paths of one network differ by about 2.5 points"


class AttentionPart(Record):
    """The attention of one stage, or of all."""

    stage: Cell
    cost: AttentionTime

    @property
    def traffic(self) -> Traffic:
        """Return the bytes and operators."""
        return self.cost.traffic

    @property
    def measured_ms(self) -> Estimate | None:
        """Return the measured time in milliseconds, None if it was not timed."""
        seconds = self.cost.measured_seconds
        return seconds.map(lambda second: MS * second) if seconds else None


class Moved(Record):
    """What one operator of a stage moves, or all of them."""

    stage: int | None
    operator: str
    traffic: Traffic


class MachineFigure(Record):
    """A figure of the machine."""

    what: str
    value: float
    unit: str


TRAFFIC = (
    Column("forward MiB", lambda part: part.traffic.forward / MIB, ",.2f"),
    Column("backward MiB", lambda part: part.traffic.backward / MIB, ",.2f"),
    Column("saved MiB", lambda part: part.traffic.saved / MIB, ",.2f"),
    Column("operators forward", lambda part: part.traffic.operators_forward),
    Column("operators backward", lambda part: part.traffic.operators_backward),
)
COUNTS = (
    Column("stage", lambda part: part.stage),
    Column("blocks", lambda part: part.cost.blocks),
    Column("E MiB", lambda part: part.cost.gated_bytes / MIB, ",.2f"),
    *TRAFFIC,
    Column("MACs", lambda part: part.cost.macs, minor=True),
    Column("MACs/byte", lambda part: part.cost.macs_per_byte, ".3f"),
)
TIMES = (
    Column("stage", lambda part: part.stage),
    Column("bytes ms", lambda part: MS * part.cost.predicted.memory, ".3f", minor=True),
    Column("launches ms", lambda part: MS * part.cost.predicted.launches, ".3f", minor=True),
    Column("predicted ms", lambda part: MS * part.cost.predicted.seconds, ".3f"),
    Column("measured ms", lambda part: part.measured_ms and part.measured_ms.value, "+.3f"),
    Column("low", lambda part: part.measured_ms and part.measured_ms.low, "+.3f"),
    Column("high", lambda part: part.measured_ms and part.measured_ms.high, "+.3f"),
    Column("E-passes", lambda part: part.cost.e_passes and part.cost.e_passes.value, "+.1f"),
    Column("low", lambda part: part.cost.e_passes and part.cost.e_passes.low, "+.1f"),
    Column("high", lambda part: part.cost.e_passes and part.cost.e_passes.high, "+.1f"),
)
OPERATORS = (
    Column("stage", lambda moved: moved.stage),
    Column("operator", lambda moved: moved.operator),
    *TRAFFIC,
)
FIGURES = (
    Column("what", lambda figure: figure.what),
    Column("value", lambda figure: figure.value, ",.2f"),
    Column("unit", lambda figure: figure.unit),
)
REFERENCES = (
    Column("network", lambda one: one.network),
    Column("setting", lambda one: one.setting),
    Column("overhead %", lambda one: one.percent, "+.1f"),
    Column("source", lambda one: one.source, minor=True),
)


def page(document: ExplainDocument) -> Page:
    """Return the page: the answer in a sentence, what it assumes, tables, and a picture."""
    stages = [AttentionPart(stage.stage, stage) for stage in document.stages]
    every = [AttentionPart(ALL, document.total)]
    moved = [Moved(one.stage, one.operator, one) for one in document.operators]
    costs = f"{time.heading(document.time)}: time of the attention"
    tables = (
        Table.of(ADDED, COUNTS, stages, every),
        Table.of(costs, TIMES, stages, every),
        Table.of(BY_OPERATOR, OPERATORS, moved, [Moved(None, ALL, document.total.traffic)]),
        Table.of(MACHINE, FIGURES, _figures(document)),
        Table.of(PUBLISHED, REFERENCES, document.references),
    )
    sentences = (
        f"{described(document.recipe)}: {sentence(document)}",
        *map(_capitalised, document.assumptions),
        time.basis(document.time),
    )
    found = answer(sentences, tables, (*document.disagreements, *document.doubts))
    why = f"Why {title(document.recipe)} takes more time than {title(document.recipe.plain)}"
    return Page((*found.blocks, _picture(document)), title=why)


def sentence(document: ExplainDocument) -> str:
    """Return the answer: what grows with the time where the multiply-accumulates do not."""
    whole = document.total
    passes = whole.moved_bytes / max(1, whole.gated_bytes)
    return (
        f"{document.macs_percent:+.2f} % MACs, {time.sentence(document.time)} "
        f"The attention moves {whole.moved_bytes / MIB:,.1f} MiB more, as much as {passes:.1f} "
        f"passes over every gated map, in {whole.operators:,} more operators. Arithmetic "
        f"intensity of the forward pass: {whole.macs_per_byte:.2g} MAC/byte for the attention, "
        f"{document.baseline.macs_per_byte:.2g} for the plain network."
    )


def _capitalised(assumption: str) -> str:
    return f"{assumption[:1].upper()}{assumption[1:]}."


def _figures(document: ExplainDocument) -> tuple[MachineFigure, ...]:
    machine = document.machine
    return (
        MachineFigure("copy bandwidth, read and write", machine.bandwidth / 1e9, "GB/s"),
        MachineFigure(
            "launch latency, from one tiny operator to the next", machine.launch * 1e6, "µs"
        ),
    )


def _picture(document: ExplainDocument) -> Picture:
    words = "Predicted and measured milliseconds of the attention, by stage"
    return Picture("times", lambda: _drawn(document), words)


def _drawn(document: ExplainDocument) -> str:
    from se_cost.report.figures.explain import StageBar, times
    from se_cost.report.figures.intervals import Interval

    bars = []
    for stage in document.stages:
        ms = AttentionPart(stage.stage, stage).measured_ms
        measured = Interval(ms.value, ms.low, ms.high) if ms else None
        predicted = stage.predicted
        memory, launches = MS * predicted.memory, MS * predicted.launches
        bars.append(StageBar(f"stage {stage.stage}", memory, launches, measured))
    return times(f"{title(document.recipe)}: the time of its attention, by stage", bars)
