"""One network stage by stage, as table 1 of the SE paper shows it."""

from collections import Counter

from se_cost.documents.network import BlockRun, NetworkDocument
from se_cost.nets.imported import Imported
from se_cost.nets.words import described
from se_cost.record import Record
from se_cost.report.page import Cell, Column, Page, Table, answer
from se_cost.report.pages.words import known
from se_cost.text import joined, plural


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


BLOCKS = (
    Column("path", lambda block: block.path),
    Column("kind", lambda block: block.kind),
    Column("stage", lambda block: block.stage),
    Column("channels", lambda block: block.channels),
    Column("map", lambda block: f"{block.height}x{block.width}"),
    Column("hidden", lambda block: block.hidden),
    Column("r", lambda block: block.r),
    Column("params", lambda block: block.params),
    Column("MACs", lambda block: block.macs),
)


TRIED = "Other commands try some with --attention se"
SITES = (
    Column("after", lambda site: site.path),
    Column("stage", lambda site: site.stage),
    Column("channels", lambda site: site.channels),
    Column("map", lambda site: f"{site.height}x{site.width}"),
)


def page(document: NetworkDocument) -> Page:
    """Return the network, one line for each run of equal blocks."""
    whole = document.network  # documents of older versions have none
    totals = [NetworkLine("all", None, None, None, whole.params, whole.macs)] if whole else []
    heading = "In [ ] the branches that are stacked; norms and activations are left out"
    layers = Table.of(heading, COLUMNS, map(_line, document.stages), totals)
    tables = _found_tables(document) if isinstance(document.recipe, Imported) else [layers]
    return answer(_sentences(document), tables, document.doubts)


def _found_tables(document: NetworkDocument) -> list[Table]:
    """Return the blocks that are found in a model of the user's, and where some could be put."""
    free = known(document.sites) or ()
    where = "Where attention could be put, at the ends of residual branches"
    found = Table.of("Attention blocks", BLOCKS, document.blocks)
    return [found] * bool(document.blocks) + [Table.of(where, SITES, free)] * bool(free)


def _sentences(document: NetworkDocument) -> list[str]:
    source = f" Source: {document.source}." if document.source else ""
    sentences = [f"{described(document.recipe)}.{source}"]
    if isinstance(document.recipe, Imported):
        return [*sentences, _found(document)]
    for kind in document.recipe.attention.stages[:1]:
        sentences += [f"{kind.title}: {document.note}."] if document.note else []
    return sentences


def _found(document: NetworkDocument) -> str:
    """Return what was found in a model of the user's."""
    if not document.blocks:
        return f"No attention was found in it. {_tried(document)}".strip()
    kinds = Counter(block.kind for block in document.blocks)
    params = sum(block.params for block in document.blocks)
    total = document.network.params if document.network else params
    said = joined(f"{number} {kind}" for kind, number in kinds.items())
    blocks = plural(len(document.blocks), "block")
    return f"{blocks} of attention ({said}): {params:,} of its {total:,} parameters."


def _tried(document: NetworkDocument) -> str:
    """Return how other commands try attention in a model that has none; documents may not know."""
    match known(document.sites):
        case None:
            return ""
        case ():
            return f"{TRIED} --insert-after '*.bn2': it has no residual branches."
        case _:
            return f"{TRIED}, at the end of every residual branch."


def _line(run: BlockRun) -> NetworkLine:
    stage = "head" if run.stage is None else str(run.stage)
    layers = joined(run.layers, " → ")
    return NetworkLine(stage, joined(run.output, "x"), run.blocks, layers, run.params, run.macs)
