"""The attention of a network, found from its rows alone, and the rows that are left without it.

A gate is a product whose factor is made of the very map that it multiplies. What lies between the
map and the factor, and the product itself, is the block; without it the map goes on as it is.
"""

from collections.abc import Iterable, Mapping, Sequence

from se_cost.ledger.rows import Ledger, Row
from se_cost.nets.attention.kinds import KINDS
from se_cost.record import Record, replace

MIXINGS = {"linear": "linear", "conv": "linear", "channel_conv": "channel_conv"}
PRODUCT = "scale"  # the operator that multiplies a map by its factor
UNNAMED = "gate"  # the kind of a block that is built like none of KINDS


class AttentionBlock(Record):
    """One block: where it is, what it gates (channels x height x width), and what it costs."""

    path: str  # of the product
    kind: str
    stage: int | None
    channels: int
    height: int
    width: int
    hidden: int | None  # width of the bottleneck, None if there is none
    r: int | None  # reduction ratio, None if there is none, or none that divides the channels
    rows: tuple[Row, ...]

    @property
    def cost(self) -> Ledger:
        """Return what dies with the block."""
        return Ledger(self.rows)


def find(network: Ledger) -> tuple[AttentionBlock, ...]:
    """Return the attention blocks of a network, in its order."""
    rows = network.rows
    places = {row.path: i for i, row in enumerate(rows)}
    return tuple(
        _block([rows[i] for i in gate])
        for row in rows
        if row.op == PRODUCT and (gate := _gate(row, rows, places))
    )


def without(network: Ledger, blocks: Iterable[AttentionBlock]) -> Ledger:
    """Return the rows that are left if some blocks hand on their map as it is."""
    gone = {row.path for block in blocks for row in block.rows}
    maps = {block.path: block.rows[-1].reads[0] for block in blocks}
    unread = maps.keys().isdisjoint
    return Ledger(
        tuple(
            [
                row if unread(row.reads) else _rewired(row, maps)
                for row in network.rows
                if row.path not in gone
            ]
        )
    )


def _rewired(row: Row, maps: Mapping[str, str]) -> Row:
    """Return a row that reads the maps themselves where it read products."""
    return replace(row, reads=tuple(_source(path, maps) for path in row.reads))


def _source(path: str, maps: Mapping[str, str]) -> str:
    while path in maps:
        path = maps[path]
    return path


def _gate(product: Row, rows: Sequence[Row], places: Mapping[str, int]) -> list[int]:
    """Return the places of the rows from the map to the product; none if it is no gate.

    The factor must depend on the map that it multiplies, and on nothing else.
    """
    gated, factor = product.reads
    found, ahead = {places[product.path]}, [factor]
    while ahead:
        path = ahead.pop()
        if path == gated:
            continue
        if path not in places:  # the input of the network: the factor is made of something else
            return []
        if places[path] not in found:
            found.add(places[path])
            ahead += rows[places[path]].reads
    return sorted(found)


def _block(rows: Sequence[Row]) -> AttentionBlock:
    """Return the block of some rows, the last of which is the product."""
    product = rows[-1]
    channels, height, width = product.output
    mixed = [row for row in rows if row.op in MIXINGS]
    mixings = tuple(MIXINGS[row.op] for row in mixed)
    named = (name for name, kind in KINDS.items() if kind.mixings == mixings)
    hidden = mixed[-2].output[0] if len(mixed) > 1 else None
    return AttentionBlock(
        path=product.path,
        kind=next(named, UNNAMED),
        stage=product.stage,
        channels=channels,
        height=height,
        width=width,
        hidden=hidden,
        r=channels // hidden if hidden and channels % hidden == 0 else None,
        rows=tuple(rows),
    )
