"""The ledger of a network as it is deployed: its batch norms folded into the convolutions before.

In inference a norm is one factor and one shift for each channel, which the weights and the bias of
a convolution directly before it can hold. A norm that anything else precedes stays.
"""

from collections.abc import Iterable, Iterator, Mapping

from se_cost.ledger.costs import Costs
from se_cost.ledger.rows import Ledger, Row
from se_cost.record import replace

CONVOLUTIONS = ("conv", "deconv")


def folded_costs(costs: Costs) -> Costs:
    """Return what a model costs with the norms of both networks, and of its attention, folded."""
    return replace(
        costs,
        network=folded(costs.network),
        plain=folded(costs.plain),
        blocks=tuple(
            replace(block, rows=tuple(_folded(block.rows, _pairs(costs.network.rows))))
            for block in costs.blocks
        ),
    )


def folded(network: Ledger) -> Ledger:
    """Return the rows that are left of a network; its convolutions have a bias for each norm."""
    return Ledger(tuple(_folded(network.rows, _pairs(network.rows))))


def _pairs(rows: Iterable[Row]) -> Mapping[str, str]:
    """Return the paths of convolutions by those of the norms that follow them in one sequence."""
    convs = {row.path for row in rows if row.op in CONVOLUTIONS}
    return {
        row.path: row.reads[0]
        for row in rows
        if row.op == "norm" and row.reads[0] in convs and _parent(row.path) == _parent(row.reads[0])
    }


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def _folded(rows: Iterable[Row], pairs: Mapping[str, str]) -> Iterator[Row]:
    convs = set(pairs.values())
    for row in rows:
        if row.path in pairs:
            continue
        reads = tuple(pairs.get(path, path) for path in row.reads)
        biases = row.output[0] if row.path in convs else row.biases
        yield replace(row, reads=reads, biases=biases)
