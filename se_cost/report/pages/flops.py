"""How much computing attention adds, by operator, stage and counter."""

from se_cost.documents.flops import COUNTED_AS, Computing, Counter, FlopsDocument, by_counter
from se_cost.nets.words import described, title
from se_cost.record import Record
from se_cost.report.page import Column, Page, Table, answer, formatted
from se_cost.report.pages.words import MIB, known, owned

WORDS = (
    "squeeze ops: values pooled; excite ops: biases and activations of the layers between; scale "
    "ops: products of map and factor; moved: every operand read and every result written once."
)


class Total(Record):
    """What a counter says of both networks; in documents of older versions, mostly of one."""

    name: str
    counts: str  # what it counts, in words
    network: int
    plain: int | None = None
    attention: int | None = None
    growth: float | None = None
    measured: bool = False


class StagePart(Record):
    """The attention of one stage, or of several."""

    name: str
    cost: Computing


COUNTERS = (
    Column("counter", lambda total: total.name),
    Column("network", lambda total: total.network),
    Column("plain", lambda total: total.plain),
    Column("attention", lambda total: total.attention),
    Column("growth %", lambda total: total.growth, ".3f"),
    Column("what it counts", lambda total: total.counts),
)
STAGES = (
    Column("stage", lambda part: part.name),
    Column("squeeze ops", lambda part: part.cost.squeeze),
    Column("excite MACs", lambda part: part.cost.excite),
    Column("excite ops", lambda part: part.cost.excite_elements),
    Column("scale ops", lambda part: part.cost.scale),
    Column("moved MiB", lambda part: part.cost.bytes / MIB, ".2f"),
    Column("growth of MACs %", lambda part: part.cost.percent, ".3f"),
)
OPERATORS = (
    Column("operator", lambda op: op.operator),
    Column("layers", lambda op: op.network.layers),
    Column("MACs", lambda op: op.network.macs),
    Column("other ops", lambda op: op.network.elements),
    Column("MiB", lambda op: op.network.bytes / MIB, ".2f"),
    Column("attention layers", lambda op: op.attention.layers),
    Column("attention MACs", lambda op: op.attention.macs),
    Column("attention other ops", lambda op: op.attention.elements),
    Column("attention MiB", lambda op: op.attention.bytes / MIB, ".2f"),
)


def page(document: FlopsDocument) -> Page:
    """Return the page: sentences, and what counters, stages and operators say."""
    tables = (_counters(document), _stages(document), *_operators(document))
    doubts = (*document.disagreements, *document.doubts)
    return answer(_sentences(document), tables, doubts, [WORDS] if document.stages else [])


def _sentences(document: FlopsDocument) -> tuple[str, ...]:
    network = described(document.recipe)
    plain = owned(title(document.recipe.plain), document.baseline.macs)
    if document.final_stage is None:
        return (f"{network}: no attention, so no MACs beside {plain}.",)
    added = document.attention
    growth, trimmed = (
        formatted(part.percent, "+.3f") for part in (added, document.without_final_stage)
    )
    return (
        f"{network}, one image:",
        (
            f"{added.macs:,} MACs ({growth} %) beside {plain}; "
            f"{trimmed} % without the attention of the final stage."
        ),
        *_as_the_paper(document.paper_percent),
    )


def _as_the_paper(growth: float | None) -> tuple[str, ...]:
    if growth is None:
        return ()
    words = "As the SE paper counts, with one multiply for each gated value"
    return (f"{words}: {formatted(growth, '+.3f')} %.",)


def _counters(document: FlopsDocument) -> Table:
    totals = _totals(document)
    counted = [total for total in totals if not total.measured]
    measured = [total for total in totals if total.measured]
    return Table.of("One image, as counters count it", COUNTERS, counted, measured)


def _totals(document: FlopsDocument) -> list[Total]:
    """Return the totals; a document of an older version has conventions of the network alone."""
    if document.counters:
        return [_total(counter) for counter in document.counters]
    counted = document.conventions.items()
    older = [Total(name, COUNTED_AS.get(name, ""), network) for name, network in counted]
    return [*older, *map(_total, by_counter(known(document.measured) or {}))]


def _total(counter: Counter) -> Total:
    name = f"{counter.name.replace('_', ' ')}, measured" if counter.measured else counter.name
    return Total(
        name=name,
        counts=counter.counts,
        network=counter.network,
        plain=counter.baseline,
        attention=counter.attention,
        growth=counter.percent,
        measured=counter.measured,
    )


def _stages(document: FlopsDocument) -> Table:
    """Return squeeze, excite and scale of every stage, and of all."""
    stages = [StagePart(str(stage.stage), stage) for stage in document.stages]
    totals = [
        StagePart("all", document.attention),
        StagePart(f"without stage {document.final_stage}", document.without_final_stage),
    ]
    heading = "Attention by stage: MACs, other element operations, float32 bytes moved"
    return Table.of(heading, STAGES, stages, totals if stages else ())


def _operators(document: FlopsDocument) -> list[Table]:
    """Return the table of operators; none for a document of an older version."""
    heading = "Operators of the network, and those of its attention"
    operators = document.operators
    return [Table.of(heading, OPERATORS, operators)] if operators else []
