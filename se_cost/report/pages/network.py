"""One network stage by stage, as table 1 of the SE paper shows it."""

from se_cost.documents.network import BlockRun, NetworkDocument
from se_cost.nets.words import described
from se_cost.record import Record
from se_cost.report.page import Cell, Column, Page, Table, answer
from se_cost.text import joined


class NetworkLine(Record):
    """Equal blocks in a row, or the whole network."""

    stage: str
    output: Cell
    blocks: int | None
    layers: Cell
    params: int
    macs: int


COLUMNS = (
    Column("stage", lambda line: line.stage),
    Column("output", lambda line: line.output),
    Column("blocks", lambda line: line.blocks),
    Column("layers of a block", lambda line: line.layers),
    Column("params", lambda line: line.params),
    Column("MACs", lambda line: line.macs),
)


def page(document: NetworkDocument) -> Page:
    """Return the network, one line for each run of equal blocks."""
    whole = document.network  # documents of older versions have none
    totals = [NetworkLine("all", None, None, None, whole.params, whole.macs)] if whole else []
    heading = "In [ ] the branches that are stacked; norms and activations are left out"
    table = Table.of(heading, COLUMNS, map(_line, document.stages), totals)
    return answer(_sentences(document), [table], document.doubts)


def _sentences(document: NetworkDocument) -> list[str]:
    source = f" Source: {document.source}." if document.source else ""
    sentences = [f"{described(document.recipe)}.{source}"]
    for kind in document.recipe.attention.stages[:1]:
        sentences += [f"{kind.title}: {document.note}."] if document.note else []
    return sentences


def _line(run: BlockRun) -> NetworkLine:
    stage = "head" if run.stage is None else str(run.stage)
    layers = joined(run.layers, " → ")
    return NetworkLine(stage, joined(run.output, "x"), run.blocks, layers, run.params, run.macs)
