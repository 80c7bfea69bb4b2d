"""Why the time grows more than the multiply-accumulates."""

from collections.abc import Iterator, Sequence

from se_cost.documents.explain import ExplainDocument
from se_cost.ledger.traffic import Traffic
from se_cost.measure.explain.alone import CALLS
from se_cost.measure.explain.prediction import AttentionTime
from se_cost.measure.timing.statistics import Estimate
from se_cost.nets.words import described, title
from se_cost.record import Record
from se_cost.report.page import Block, Cell, Column, Details, Page, Picture, Table, Text, answer
from se_cost.report.pages import alone, fusing, time
from se_cost.report.pages.alone import MS, ms
from se_cost.report.pages.words import MIB, MORE, bounds, shown

ALL = "all"
ADDED = "What the attention adds; the backward pass, and what is saved for it, in training only"
PASSED = "Measured time in E-passes: reads or writes of every gated map at copy speed"
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
    def measured(self) -> Estimate | None:
        """Return the measured seconds, None without an interval."""
        return shown(self.cost.measured_seconds)

    @property
    def left_over(self) -> Estimate | None:
        """Return the measured seconds that are not predicted, None without an interval."""
        return shown(self.cost.left_over)

    @property
    def e_passes(self) -> Estimate | None:
        """Return the measured reads or writes of every gated map, None without an interval."""
        return shown(self.cost.e_passes)


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
BOUND = (
    Column("stage", lambda part: part.stage),
    Column("bytes ms", lambda part: MS * part.cost.predicted.memory, ".3f", minor=True),
    Column("launches ms", lambda part: MS * part.cost.predicted.launches, ".3f", minor=True),
    Column("lower bound ms", lambda part: MS * part.cost.predicted.seconds, ".3f"),
)
PREDICTED = (
    Column("predicted ms", lambda part: _value(part.cost.alone_seconds), ".3f"),
    Column("low", lambda part: _low(part.cost.alone_seconds), ".3f"),
    Column("high", lambda part: _high(part.cost.alone_seconds), ".3f"),
)
MEASURED = (
    Column("measured ms", lambda part: _value(part.measured), "+.3f"),
    Column("low", lambda part: _low(part.measured), "+.3f"),
    Column("high", lambda part: _high(part.measured), "+.3f"),
    Column("verdict", lambda part: part.cost.verdict),
)
LEFT_OVER = (
    Column("left over ms", lambda part: _value(part.left_over), "+.3f"),
    Column("low", lambda part: _low(part.left_over), "+.3f"),
    Column("high", lambda part: _high(part.left_over), "+.3f"),
)
PASSES = (
    Column("stage", lambda part: part.stage),
    Column("E-passes", lambda part: part.e_passes and part.e_passes.value, "+.1f"),
    Column("low", lambda part: part.e_passes and part.e_passes.low, "+.1f"),
    Column("high", lambda part: part.e_passes and part.e_passes.high, "+.1f"),
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
    """Return the page: the answer in a sentence, where the time goes, and what that rests on.

    A terminal shows the answer, the time by stage, and the operators that take most of it.
    """
    stages = [AttentionPart(stage.stage, stage) for stage in document.stages]
    every = [AttentionPart(ALL, document.total)]
    moved = [Moved(one.stage, one.operator, one) for one in document.operators]
    costs = f"{time.heading(document.time)}: time of the attention"
    sentences = (
        f"{described(document.recipe)}: {sentence(document)}",
        *predicted(document),
        *fusing.sentences(document),
        *(f"{words[:1].upper()}{words[1:]}." for words in document.advice),
    )
    known = bool(document.alone)  # older documents have no prediction
    columns = (*BOUND, *PREDICTED * known, *MEASURED, *LEFT_OVER * known)
    times = (Table.of(costs, columns, stages, every), *fusing.tables(document))
    operators = [alone.table(document)] * known
    rests = (*map(_capitalised, document.assumptions), time.basis(document.time))
    whole = [Moved(None, ALL, document.total.traffic)]
    tables = (
        Table.of(ADDED, COUNTS, stages, every),
        Table.of(PASSED, PASSES, stages, every),
        Table.of(BY_OPERATOR, OPERATORS, moved, whole),
        Table.of(MACHINE, FIGURES, _figures(document)),
        Table.of(PUBLISHED, REFERENCES, document.references),
    )
    found = answer(sentences, (*times, *operators), (*document.disagreements, *document.doubts))
    folded = Details("Bytes and operators, the machine, and published overheads", tables)
    why = f"Why {title(document.recipe)} takes more time than {title(document.recipe.plain)}"
    blocks = (*found.blocks, _picture(document), *map(Text, rests), folded)
    return Page(blocks, title=why, screen=_screen(document, sentences, times))


def _screen(
    document: ExplainDocument, sentences: Sequence[str], times: Sequence[Table]
) -> tuple[Block, ...]:
    operators = [alone.slowest(document)] if document.alone else []
    return (*map(Text, sentences), *times, *operators, Text(time.basis(document.time)), Text(MORE))


def predicted(document: ExplainDocument) -> Iterator[str]:
    """Yield a sentence with the prediction and what is left over of what was measured."""
    every = AttentionPart(ALL, document.total)
    if not (found := document.total.alone_seconds):
        return
    calls = any(one.operator == CALLS for one in document.alone)
    what = f"its operators{', and the calls between them,' * calls}"
    took = f"By themselves {what} take {_milliseconds(found)}; their bytes at copy speed, "
    took += f"and launches, {MS * document.total.predicted.seconds:.2f} ms"
    if every.measured and every.left_over:
        judged = f" ({document.total.verdict})" if document.total.verdict else ""
        took += f"; {_milliseconds(every.measured)} were measured{judged}, so that "
        took += f"{_milliseconds(every.left_over, '+.2f')} are left over"
    yield f"{took}."


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
    words = "Lower bound, predicted and measured milliseconds of the attention, by stage"
    return Picture("times", lambda: _drawn(document), words)


def _drawn(document: ExplainDocument) -> str:
    from se_cost.report.figures.explain import StageBar, times
    from se_cost.report.figures.intervals import Interval

    bars = []
    for stage in document.stages:
        alone, measured = (
            Interval(MS * one.value, _low(one), _high(one), verdict or "") if one else None
            for one, verdict in (
                (stage.alone_seconds, None),
                (stage.measured_seconds, stage.verdict),
            )
        )
        memory, launches = MS * stage.predicted.memory, MS * stage.predicted.launches
        bars.append(StageBar(f"stage {stage.stage}", memory, launches, alone, measured))
    return times(f"{title(document.recipe)}: the time of its attention, by stage", bars)


def _value(estimate: Estimate | None) -> float | None:
    return ms(estimate.value) if estimate else None


def _low(estimate: Estimate | None) -> float | None:
    return ms(estimate.low) if estimate else None


def _high(estimate: Estimate | None) -> float | None:
    return ms(estimate.high) if estimate else None


def _milliseconds(estimate: Estimate, spec: str = ".2f") -> str:
    return f"{MS * estimate.value:{spec}} ms {bounds(_low(estimate), _high(estimate), spec)}"
