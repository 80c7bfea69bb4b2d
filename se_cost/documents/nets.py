"""What `nets` finds: the families there are, and what SE adds to each."""

from se_cost.documents.base import Document
from se_cost.ledger.costs import Costs, costs
from se_cost.nets.attention.place import Place
from se_cost.nets.nodes import Shape
from se_cost.nets.zoo.family import Family
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import FAMILIES, SE_PREFIX
from se_cost.record import Record


class StageBlocks(Record):
    """The blocks of one stage that can hold attention, and the most channels of them."""

    stage: int
    blocks: int
    channels: int


class AddedCosts(Record):
    """What SE with r = 16 adds."""

    params: int
    macs: int


class FamilyCosts(Record):
    """One family: its plain network's size, and what SE adds to it."""

    name: str
    title: str
    source: str
    input: Shape  # channels, height and width
    places: tuple[Place, ...]
    stages: tuple[StageBlocks, ...]
    params: int
    macs: int
    attention: AddedCosts


class NetsDocument(Document, tag="nets", kw_only=True):
    """Every family of networks, and what SE with r = 16 adds to it."""

    networks: tuple[FamilyCosts, ...]


def nets() -> NetsDocument:
    """Return every family of networks."""
    pairs = [(f, costs(model(f"{SE_PREFIX}{f.name}"))) for f in FAMILIES.values()]
    return NetsDocument(networks=tuple(_family(*pair) for pair in pairs))


def _family(family: Family, whole: Costs) -> FamilyCosts:
    added = whole.attention
    return FamilyCosts(
        name=family.name,
        title=family.title,
        source=family.source,
        input=family.input,
        places=family.places,
        stages=tuple(
            StageBlocks(cost.stage, cost.blocks, max(cost.channels)) for cost in whole.stages
        ),
        params=whole.plain.params,
        macs=whole.plain.macs,
        attention=AddedCosts(added.params, added.macs),
    )
