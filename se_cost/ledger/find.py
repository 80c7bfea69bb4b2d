"""The attention of a network, found from its rows alone, and the rows that are left without it.

A gate is a product whose factor is made of the very map that it multiplies, a shift a sum with a
vector that is made so. What lies between the map and the result is the block; without it the map
goes on as it is. Two gates of which nothing else reads what they hand to each other, or that are
summed, are one block if a kind of attention is built so.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, takewhile

from se_cost.ledger.rows import Ledger, Row
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.attention.place import Kind
from se_cost.record import Record, replace

MIXINGS = {"linear": "linear", "conv": "linear", "channel_conv": "channel_conv"}
PRODUCT = "scale"  # the operator that multiplies a map by its factor
SELF = "attend"  # the operator that ends a self-attention
ENDS = (PRODUCT, "shift", "cross", SELF)  # operators that end a gate
SUM = "add"
TELLING = (
    *MIXINGS,
    *ENDS,
    SUM,
    "global_std",
    "weigh",
    "stretch",
)  # operators that tell kinds apart
UNNAMED = "gate"  # the kind of a block that is built like none of KINDS


class AttentionBlock(Record):
    """One block: where it is, what it gates (channels x height x width), and what it costs."""

    path: str  # of the product, or of the part that holds all rows of several
    kind: str
    stage: int | None
    channels: int
    height: int
    width: int
    hidden: int | None  # width of the bottleneck, None if there is none
    r: int | None  # reduction ratio, None if there is none, or none that divides the channels
    rows: tuple[Row, ...]
    entering: int | None = None  # channels of what enters the module around it, where that is known

    @property
    def cost(self) -> Ledger:
        """Return what dies with the block."""
        return Ledger(self.rows)

    @property
    def gated(self) -> str:
        """Return the path of what writes the map that the block reads."""
        return _map(self.rows)


def find(network: Ledger) -> tuple[AttentionBlock, ...]:
    """Return the attention blocks of a network, in its order."""
    rows = network.rows
    places = {row.path: i for i, row in enumerate(rows)}
    gates = [
        [rows[i] for i in gate]
        for row in rows
        if row.op in ENDS and (gate := _gate(row, rows, places))
    ]
    joined = _joined(gates, rows)
    return tuple(map(_block, sorted(joined, key=lambda block: places[block[-1].path])))


def without(network: Ledger, blocks: Iterable[AttentionBlock]) -> Ledger:
    """Return the rows that are left if some blocks hand on their map as it is."""
    blocks = tuple(blocks)
    gone = {row.path for block in blocks for row in block.rows}
    maps = {block.rows[-1].path: block.gated for block in blocks}
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


def _gate(end: Row, rows: Sequence[Row], places: Mapping[str, int]) -> list[int]:
    """Return the places of the rows from the map to the product or sum; none if it is no gate.

    The factor must depend on the map that it multiplies, and on nothing else.
    """
    if end.op == SELF:  # the map is what the values are made of
        if (value := places.get(end.reads[-1])) is None:
            return []
        gated, ahead = rows[value].reads[0], list(end.reads)
    else:
        gated, *ahead = end.reads
    found = {places[end.path]}
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


def _joined(gates: Sequence[Sequence[Row]], rows: Sequence[Row]) -> list[Sequence[Row]]:
    """Return the rows of every block: gates, and what several of them make together."""
    whole: dict[str, Sequence[Row]] = {gate[-1].path: gate for gate in gates}
    if not whole:
        return []
    readers: dict[str, list[Row]] = {path: [] for path in whole}
    for row in rows:
        for path in row.reads:
            if path in readers:
                readers[path].append(row)
    for second in gates:
        first = whole.get(_map(second))
        if first and all(row in second for row in readers[first[-1].path]):
            _join(whole, [*first, *second], (first, second))
    for row in rows:
        if row.op == SUM and (parts := _summed(row, whole, readers)):
            _join(whole, [*(row for part in parts for row in part), row], parts)
    return list(whole.values())


def _join(
    whole: dict[str, Sequence[Row]], block: Sequence[Row], parts: Iterable[Sequence[Row]]
) -> None:
    """Put one block in the place of its parts if a kind is built so."""
    if _kind(block) != UNNAMED:
        for part in parts:
            del whole[part[-1].path]
        whole[block[-1].path] = block


def _summed(
    end: Row, whole: Mapping[str, Sequence[Row]], readers: Mapping[str, Sequence[Row]]
) -> list[Sequence[Row]]:
    """Return the gates of a sum of gates of one map; none of another sum."""
    if not all(path in whole and readers.get(path) == [end] for path in end.reads):
        return []
    parts = [whole[path] for path in end.reads]
    return parts if len(set(map(_map, parts))) == 1 else []


def _map(rows: Iterable[Row]) -> str:
    """Return the path of the one map that the rows of a block read and none of them writes."""
    own = {row.path for row in rows}
    return next(path for row in rows for path in row.reads if path not in own)


def _kind(rows: Iterable[Row]) -> str:
    """Return the kind that is built of such rows."""
    operators = [row.op for row in rows]
    mixed = any(op in MIXINGS for op in operators)
    signature = tuple(MIXINGS.get(op, op) for op in operators if op in TELLING or not mixed)
    named = (name for name, kind in KINDS.items() if signature in (kind.signature, *kind.variants))
    return next(named, UNNAMED)


def _block(rows: Sequence[Row]) -> AttentionBlock:
    """Return the block of some rows, the last of which is the product or the sum."""
    end = rows[-1]
    channels, height, width = end.output
    kind = _kind(rows)
    narrow = kind not in KINDS or KINDS[kind].hidden is not Kind.hidden
    hidden = _hidden(rows) if narrow else None
    return AttentionBlock(
        path=_path(rows),
        kind=kind,
        stage=end.stage,
        channels=channels,
        height=height,
        width=width,
        hidden=hidden,
        r=channels // hidden if hidden and channels % hidden == 0 else None,
        rows=tuple(rows),
    )


def _hidden(rows: Iterable[Row]) -> int | None:
    """Return the width between the first two layers in a row that mix channels."""
    mixed = [row for row in rows if row.op in MIXINGS]
    widths = (a.output[0] for a, b in pairwise(mixed) if b.operands[0][0] == a.output[0])
    return next(widths, None)


def _path(rows: Sequence[Row]) -> str:
    """Return the path of the part of which all rows are."""
    if sum(row.op in ENDS for row in rows) == 1 and rows[-1].op in ENDS:
        return rows[-1].path
    parts = zip(*(row.path.split(".") for row in rows), strict=False)
    return ".".join(names[0] for names in takewhile(lambda names: len(set(names)) == 1, parts))
