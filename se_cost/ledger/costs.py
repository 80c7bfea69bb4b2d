"""What a model costs, with attention and without, and what the attention itself costs."""

from collections.abc import Collection
from functools import lru_cache

from se_cost.ledger import formula
from se_cost.ledger.find import ENDS, SELF, AttentionBlock, find
from se_cost.ledger.formula import Term
from se_cost.ledger.rows import Ledger, Row
from se_cost.ledger.walk import ledger
from se_cost.nets.attention.kinds import ratio
from se_cost.nets.attention.place import Place
from se_cost.nets.model import Model, Zoo
from se_cost.nets.zoo.registry import build
from se_cost.record import Record, replace

PARTS = ("squeeze", "excite", "scale")
SQUEEZES = (
    *("global_avg_pool", "global_max_pool", "global_std"),
    *("channel_avg_pool", "channel_max_pool", "weigh", "profiles"),
    "avg_pool",
)


class StageCost(Record):
    """The attention of one stage: its terms of the formula, and its rows of the ledger."""

    stage: int
    terms: tuple[Term, ...]
    added: Ledger

    @property
    def blocks(self) -> int:
        """Return the number of attention blocks."""
        return sum(term.blocks for term in self.terms)

    @property
    def channels(self) -> list[int]:
        """Return the channels of the gated maps, each number once, in order of appearance."""
        return [term.channels for term in self.terms]

    @property
    def hidden(self) -> list[int]:
        """Return the bottleneck widths that belong to `channels`; none where there are none."""
        return [term.hidden for term in self.terms if term.hidden is not None]


class Costs(Record):
    """The ledgers of a model and of its plain network, and the attention that is between them."""

    model: Model
    network: Ledger
    plain: Ledger
    blocks: tuple[AttentionBlock, ...]

    @property
    def attention(self) -> Ledger:
        """Return the rows of the attention, in the order of the network."""
        return self.attention_without(())

    def attention_without(self, stages: Collection[int]) -> Ledger:
        """Return the rows of the attention that is left without that of some stages."""
        left = [block.rows for block in self.blocks if block.stage not in stages]
        return Ledger(tuple([row for rows in left for row in rows]))

    @property
    def without_final_stage(self) -> Ledger:
        """Return the rows of the attention that is left without that of the final stage."""
        final = self.model.final_stage
        return self.attention_without(() if final is None else (final,))

    @property
    def percent(self) -> float:
        """Return the parameters of the attention in per cent of the plain network's."""
        return 100 * self.attention.params / self.plain.params

    @property
    def terms(self) -> list[Term]:
        """Return the terms of the closed form."""
        stated = self.model.attention.stages if isinstance(self.model, Zoo) else ()
        return formula.terms(self.blocks, stated)

    @property
    def stages(self) -> list[StageCost]:
        """Return the cost of every stage that holds attention, in the order of the network."""
        added = self.attention.by_stage()
        groups: dict[int, list[Term]] = {}
        for term in self.terms:
            groups.setdefault(term.stage, []).append(term)
        return [StageCost(stage, tuple(group), added[stage]) for stage, group in groups.items()]


@lru_cache(maxsize=64)
def costs(model: Zoo) -> Costs:
    """Return what a model of the zoo costs; raise ShapeError if a layer does not fit."""
    whole, plain = network(model), network(model.plain)
    stated = {kind.stage: ratio(kind) for kind in model.attention.stages}
    blocks = tuple(replace(block, r=stated.get(block.stage or 0)) for block in find(whole))
    if model.attention.place is Place.INSTEAD:
        blocks = tuple(_instead(block, whole, plain) for block in blocks)
    return Costs(model, whole, plain, blocks)


def _instead(block: AttentionBlock, network: Ledger, plain: Ledger) -> AttentionBlock:
    """Return a block with the rows of the plain network that it takes the place of."""
    own, (parent, _, _) = {row.path for row in network.rows}, block.path.rpartition(".")
    gone = [
        row.forgone
        for row in plain.rows
        if row.path not in own and row.path.rpartition(".")[0] == parent
    ]
    return replace(block, rows=(*gone, *block.rows))


@lru_cache(maxsize=64)  # many models in a row have one plain network
def network(model: Zoo) -> Ledger:
    """Return the ledger of a model of the zoo; raise ShapeError as `costs` does."""
    return ledger(build(model), model.input)


def parts(attention: Ledger) -> dict[str, Ledger]:
    """Return the rows of an attention by `PARTS`: pools, products, and all between."""
    return {name: attention.where(lambda row, name=name: _part(row) == name) for name in PARTS}  # type: ignore[misc]


def _part(row: Row) -> str:
    if row.op in SQUEEZES:
        return "squeeze"
    return "scale" if row.op in ENDS and row.op != SELF else "excite"
