"""What all documents have in common, and the parts that several of them share."""

from typing import Annotated, Literal

from msgspec import Meta

from se_cost.ledger.costs import Costs
from se_cost.ledger.find import AttentionBlock
from se_cost.record import Record

SCHEMA_VERSION: Literal[1] = 1
Whole = Annotated[int, Meta(ge=0, le=2**63 - 1)]  # a count; no network has more of anything


class Document(Record, kw_only=True, tag_field="command"):
    """What a command finds; `command` is its tag in the json."""

    schema_version: Literal[1] = SCHEMA_VERSION
    doubts: tuple[str, ...] = ()  # what a reader of the figures must know, the gravest first
    disagreements: tuple[str, ...] = ()  # counts that must agree and do not

    @property
    def failed(self) -> bool:
        """Return whether the exit code is 1."""
        return bool(self.disagreements)


class Pair(Record):
    """A count of the network with attention, and of the plain one."""

    network: int
    baseline: int


class Block(Record):
    """One attention block: where it is, what it gates, and what it costs for one image."""

    path: str  # of the submodule
    kind: str
    stage: int | None
    channels: int
    height: int
    width: int
    hidden: int | None  # width of the bottleneck, null if there is none
    r: int | None  # reduction ratio, null if there is none
    params: int
    macs: int


def blocks(costs: Costs) -> tuple[Block, ...]:
    """Return the attention blocks of a model."""
    return tuple(map(_block, costs.blocks))


def _block(block: AttentionBlock) -> Block:
    cost = block.cost
    return Block(
        path=block.path,
        kind=block.kind,
        stage=block.stage,
        channels=block.channels,
        height=block.height,
        width=block.width,
        hidden=block.hidden,
        r=block.r,
        params=cost.params,
        macs=cost.macs,
    )
