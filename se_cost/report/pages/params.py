"""How many parameters attention adds: closed form, ledger and built module side by side."""

from collections.abc import Sequence
from itertools import groupby

from msgspec import UNSET

from se_cost.documents.params import AddedParams, ParamCount, ParamsDocument, StageParams
from se_cost.ledger.audit import BlockAudit
from se_cost.nets.words import described, title
from se_cost.record import Record, replace
from se_cost.report.page import Cell, Column, Page, Table, answer, formatted
from se_cost.report.pages.words import known, listed, owned, percent


class ParamsLine(Record, kw_only=True):
    """A line of the table: one stage, the sum of several, or a whole network."""

    name: str
    blocks: Cell = None
    channels: Cell = None
    hidden: Cell = None
    formula: int | None = None
    weights: int | None
    biases: int | None
    params: int
    share: float | None = None
    growth: float | None
    built: int | None


COLUMNS = (
    Column("stage", lambda line: line.name),
    Column("blocks", lambda line: line.blocks),
    Column("channels", lambda line: line.channels),
    Column("hidden", lambda line: line.hidden, minor=True),
    Column("formula", lambda line: line.formula, minor=True),
    Column("weights", lambda line: line.weights),
    Column("biases", lambda line: line.biases, minor=True),
    Column("params", lambda line: line.params),
    Column("share %", lambda line: line.share, ".2f"),
    Column("growth %", lambda line: line.growth, ".2f"),
)
BUILT = Column("built", lambda line: line.built)


AUDIT = (
    Column("path", lambda run: run.first),
    Column("times", lambda run: run.number),
    Column("channels", lambda run: run.block.channels),
    Column("hidden", lambda run: run.block.hidden),
    Column("formula", lambda run: run.block.formula),
    Column("weights", lambda run: run.block.weights),
    Column("biases", lambda run: run.block.biases, minor=True),
    Column("norms", lambda run: run.block.norms, minor=True),
    Column("why they differ", lambda run: run.block.gap),
)


class AuditRun(Record):
    """Blocks in a row that differ in their path alone."""

    first: str  # path
    number: int
    block: BlockAudit


def page(document: ParamsDocument) -> Page:
    """Return the page: sentences, and a table with a line for each stage, sum and network."""
    columns = COLUMNS if document.measured is UNSET else (*COLUMNS, BUILT)
    heading = "Parameters of the attention by stage; share of it, growth of the network"
    stages = map(_stage, document.stages)
    table = Table.of(heading, columns, stages, [*_sums(document), *_networks(document)])
    tables = [table, *_audit(known(document.audit) or ())]
    return answer(_sentences(document), tables, (*document.disagreements, *document.doubts))


def _audit(blocks: Sequence[BlockAudit]) -> list[Table]:
    """Return the blocks of a model of the user's beside the closed form; none if it has none."""
    runs = [list(run) for _, run in groupby(blocks, key=lambda block: replace(block, path=""))]
    if not runs:
        return []
    ratios = {block.r for block in blocks}
    r = ratios.pop() if len(ratios) == 1 else None
    form = f"2 C² / {r}" if r else "the closed form"
    lines = [AuditRun(run[0].path or "the model", len(run), run[0]) for run in runs]
    return [Table.of(f"Each block beside {form}, the weights of two FCs", AUDIT, lines)]


def _sentences(document: ParamsDocument) -> tuple[str, ...]:
    network = described(document.recipe)
    plain = owned(title(document.recipe.plain), document.baseline.params)
    added, trimmed = document.attention, document.without_final_stage
    if document.final_stage is None:
        return (f"{network}: no attention, so no parameters beside {plain}.",)
    return (
        f"{network}:",
        (
            f"{added.params:,} parameters ({formatted(added.percent, '+.2f')} %) beside {plain}; "
            f"{formatted(trimmed.percent, '+.2f')} % without the attention of the final stage."
        ),
        f"Weights of the attention: {document.formula.text}",
    )


def _stage(stage: StageParams) -> ParamsLine:
    return ParamsLine(
        name=str(stage.stage),
        blocks=stage.blocks,
        channels=listed(stage.gated_channels or (stage.channels,)),
        hidden=listed(stage.hidden),
        formula=stage.formula,
        weights=stage.weights,
        biases=stage.biases,
        params=stage.params,
        share=stage.share,
        growth=stage.growth,
        built=known(stage.measured),
    )


def _sums(document: ParamsDocument) -> list[ParamsLine]:
    """Return the sum over the stages, and that without the final one."""
    if document.final_stage is None:
        return []
    built, every = known(document.measured), document.attention
    trimmed = f"without stage {document.final_stage}"
    return [
        _sum("all", every, every, built.attention if built else None),
        _sum(
            trimmed,
            document.without_final_stage,
            every,
            built.without_final_stage if built else None,
        ),
    ]


def _sum(name: str, part: AddedParams, every: AddedParams, built: int | None) -> ParamsLine:
    return ParamsLine(
        name=name,
        blocks=part.blocks,
        formula=part.formula,
        weights=part.weights,
        biases=part.biases,
        params=part.params,
        share=percent(part.params, every.params),
        growth=part.percent,
        built=built,
    )


def _networks(document: ParamsDocument) -> list[ParamsLine]:
    """Return the plain network, and after it the one with attention if it is another."""
    recipe, built, plain = document.recipe, known(document.measured), document.baseline
    lines = [_network(title(recipe.plain), plain, plain, built.baseline if built else None)]
    if document.final_stage is not None:
        lines.append(
            _network(title(recipe), document.network, plain, built.network if built else None)
        )
    return lines


def _network(name: str, network: ParamCount, plain: ParamCount, built: int | None) -> ParamsLine:
    return ParamsLine(
        name=name,
        weights=network.weights,
        biases=network.biases,
        params=network.params,
        growth=percent(network.params - plain.params, plain.params),
        built=built,
    )
