"""What `nets NETWORK` finds: one network stage by stage, as table 1 of the SE paper shows it."""

from collections.abc import Sequence
from itertools import groupby

from msgspec import UNSET, UnsetType

from se_cost.documents.base import Block, Document, blocks
from se_cost.ledger.costs import Costs
from se_cost.ledger.gates.sites import InsertionSite
from se_cost.ledger.rows import Ledger
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.imported import Imported
from se_cost.nets.layers import layer
from se_cost.nets.model import Model, Zoo
from se_cost.nets.nodes import Concat, Gate, Seq, Shape
from se_cost.nets.zoo.registry import FAMILIES, build
from se_cost.record import Record


class LayerBlock(Record):
    """A part of a network that is worth a line: its layers in words, and its cost."""

    stage: int | None
    layers: tuple[str, ...]
    output: Shape
    params: int
    macs: int


class BlockRun(Record):
    """Equal blocks in a row."""

    stage: int | None  # null for the head
    blocks: int
    layers: tuple[str, ...]  # of one block, in words
    output: Shape
    params: int  # of all these blocks
    macs: int


class Totals(Record):
    """The cost of the whole network for one image."""

    params: int
    macs: int


class NetworkDocument(Document, tag="nets", kw_only=True):
    """One network, stage by stage, and the attention blocks in it."""

    recipe: Model
    stages: tuple[BlockRun, ...]
    network: Totals | None = None  # null in documents of older versions
    source: str = ""
    note: str = ""  # where the attention goes, if that is not obvious
    blocks: tuple[Block, ...] = ()
    sites: tuple[InsertionSite, ...] | UnsetType = UNSET  # of a model of the user's


def network(costs: Costs, sites: tuple[InsertionSite, ...] = ()) -> NetworkDocument:
    """Return a network, one line for each run of equal blocks.

    `sites` are where attention could be put into a model of the user's.
    """
    model, whole = costs.model, Totals(costs.network.params, costs.network.macs)
    if isinstance(model, Imported):  # whose parts are no words of ours
        return NetworkDocument(
            recipe=model, stages=(), network=whole, blocks=blocks(costs), sites=sites
        )
    family = FAMILIES[model.family]
    runs = groupby(layer_blocks(model, costs.network), key=lambda one: (one.stage, one.layers))
    return NetworkDocument(
        recipe=model,
        stages=tuple(_run(list(run)) for _, run in runs),
        network=whole,
        source=family.source,
        note=family.note if costs.blocks else "",
        blocks=blocks(costs),
    )


def layer_blocks(model: Zoo, network: Ledger) -> list[LayerBlock]:
    """Return the blocks of a network in their order."""
    return [_block(path, part, network) for path, part in _parts("", build(model))]


def _run(run: Sequence[LayerBlock]) -> BlockRun:
    return BlockRun(
        stage=run[0].stage,
        blocks=len(run),
        layers=run[0].layers,
        output=run[-1].output,
        params=sum(block.params for block in run),
        macs=sum(block.macs for block in run),
    )


def _block(path: str, part: Seq, ledger: Ledger) -> LayerBlock:
    paths = {f"{path}.{name}" if path else name for name, _ in part.children}
    rows = ledger.where(lambda row: any(_within(row.path, child) for child in paths))
    layers = filter(None, (layer(child, name) for name, child in part.children))
    return LayerBlock(
        stage=rows.rows[0].stage,
        layers=tuple(layers) or ("norm",),
        output=rows.rows[-1].output,
        params=rows.params,
        macs=rows.macs,
    )


def _within(path: str, parent: str) -> bool:
    return path == parent or path.startswith(f"{parent}.")


def _parts(path: str, node: Seq) -> list[tuple[str, Seq]]:
    """Return the smallest sequences that are blocks, with the path of the part they stand in.

    A sequence of sequences is taken apart; attention stays with the layer before it.
    """
    inner_parts = (child for name, child in node.children if name not in KINDS)
    if not any(isinstance(child, Seq | Concat) for child in inner_parts):
        return [(path, node)] if node.children else []
    found: list[tuple[str, Seq]] = []
    for name, child in node.children:
        inner = f"{path}.{name}" if path else name
        if isinstance(child, Seq) and name not in KINDS:
            found += _parts(inner, child)
        elif (isinstance(child, Gate) or name in KINDS) and found and found[-1][0] == path:
            before = found.pop()[1]
            found.append((path, Seq((*before.children, (name, child)))))
        elif layer(child, name):
            found.append((path, Seq(((name, child),))))
    return found
