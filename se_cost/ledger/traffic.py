"""The bytes that attention moves through memory, and the operators that it launches.

A network in eager PyTorch is one operator after another. Each reads every operand once and writes
its result once. The formulas are those of the operators that the built module runs, forward, and
that autograd runs for them, backward (torch 2.11 and later; memory layout NCHW, where NHWC takes
two more operators on vectors). What only looks at memory (views) costs nothing. Gating needs its
map twice, to squeeze and to scale, so that autograd also sums two gradients of it.

With E for the size of the gated map, and vectors neglected, an SE block with average pooling moves
2E + E forward (scale, squeeze) and 9E + E backward.
"""

from collections.abc import Iterable
from math import prod

from se_cost.ledger.costs import Costs
from se_cost.ledger.find import PRODUCT
from se_cost.ledger.rows import FLOAT32, INPUT, Ledger, Row
from se_cost.ledger.saved import saved
from se_cost.record import Record

INDEX = 8  # bytes of the position of a maximum


class Traffic(Record):
    """Bytes moved and operators run in either pass, and bytes saved by the first for the second.

    An operator is at least one kernel on a GPU.
    """

    forward: int = 0
    backward: int = 0
    operators_forward: int = 0
    operators_backward: int = 0
    saved: int = 0

    def __add__(self, other: "Traffic") -> "Traffic":
        """Return the traffic of both."""
        return Traffic(
            self.forward + other.forward,
            self.backward + other.backward,
            self.operators_forward + other.operators_forward,
            self.operators_backward + other.operators_backward,
            self.saved + other.saved,
        )


def total(traffics: Iterable[Traffic]) -> Traffic:
    """Return the sum."""
    return sum(traffics, Traffic())


def traffic(row: Row, batch: int, size: int) -> Traffic:
    """Return the traffic of one row of an attention, for `batch` images of `size`-byte numbers.

    What is saved is left out: it depends on the row's neighbours. Raises ValueError for
    an operator that no attention has.
    """
    x, y = batch * prod(row.operands[0]), batch * prod(row.output)
    match row.op:
        case "global_avg_pool":
            return Traffic(size * (x + y), size * (x + y), 1, 1)  # backward: a spread quotient
        case "global_max_pool":
            positions = INDEX * y
            return Traffic(size * (x + y) + positions, size * (x + y) + positions, 1, 1)
        case "linear":
            gradients = (x + y + row.weights) * 2 + bool(row.biases) * (y + row.biases)
            operators = 3 if row.biases else 2  # for the input, the weights and the biases
            return Traffic(size * (x + y + row.params), size * gradients, 1, operators)
        case "conv" | "channel_conv":
            gradients = 2 * (x + row.weights) + y + row.biases  # one operator for all three
            return Traffic(size * (x + y + row.params), size * gradients, 1, 1)
        case "relu" | "sigmoid" | "tanh" | "hardsigmoid":
            return Traffic(size * 2 * y, size * 3 * y, 1, 1)
        case "scale":
            return _scale(row, batch, size)
        case _:
            raise ValueError(f"{row.path}: no attention has the operator {row.op}")


def _scale(row: Row, batch: int, size: int) -> Traffic:
    """Return the traffic of the product of map and factor.

    Backward: gradient times map, for the factor; this summed over each map where the factor is
    one number for it; gradient times factor, for the map; and the sum of the map's two gradients.
    """
    x, factor = (batch * prod(operand) for operand in row.operands)
    for_factor = 3 * x + (x + factor if factor < x else 0)
    for_map = 2 * x + factor
    operators = 4 if factor < x else 3
    return Traffic(size * (2 * x + factor), size * (for_factor + for_map + 3 * x), 1, operators)


def forward_bytes(network: Ledger, batch: int, size: int) -> int:
    """Return the bytes that a whole network moves forward, if every operand is read once."""
    values = network.bytes // FLOAT32 - network.params  # of all operands and results
    return size * (batch * values + network.params)


def saved_bytes(network: Ledger, batch: int, size: int) -> int:
    """Return the bytes that a whole network saves in training, its input among them."""
    paths = saved(network)
    kept = sum(prod(row.output) for row in network.rows if row.path in paths)
    entered = prod(network.rows[0].operands[0]) if INPUT in paths else 0
    return size * batch * (kept + entered)


def gated(attention: Ledger) -> int:
    """Return E: the elements of all gated maps of one image."""
    return sum(prod(row.output) for row in attention.rows if row.op == PRODUCT)


def by_part(costs: Costs, batch: int, size: int) -> dict[tuple[int | None, str], Traffic]:
    """Return the traffic by stage and operator of the attention, with what each saves.

    A map from outside that is saved is saved for the product, which is why it counts there.
    """
    attention = costs.attention
    found = {(row.stage, row.op): Traffic() for row in attention.rows}
    for row in attention.rows:
        found[row.stage, row.op] += traffic(row, batch, size)
    own = {row.path for row in attention.rows}
    for row, kept in _saved(costs, batch, size):
        part = (row.stage, row.op if row.path in own else PRODUCT)
        found[part] = found.get(part, Traffic()) + Traffic(saved=kept)
    return found


def by_stage(costs: Costs, batch: int, size: int) -> dict[int | None, Traffic]:
    """Return the traffic of every stage that holds attention, with what it saves."""
    found: dict[int | None, Traffic] = {}
    for (stage, _), part in by_part(costs, batch, size).items():
        found[stage] = found.get(stage, Traffic()) + part
    return found


def by_block(costs: Costs, batch: int, size: int) -> dict[str, Traffic]:
    """Return the traffic of every block by its path, with what it saves.

    A map from outside that is saved counts for the block whose product reads it.
    """
    owner = {row.path: block.path for block in costs.blocks for row in block.rows}
    reader = {block.rows[-1].reads[0]: block.path for block in costs.blocks}
    found = {
        block.path: total(traffic(row, batch, size) for row in block.rows) for block in costs.blocks
    }
    for row, kept in _saved(costs, batch, size):
        found[owner.get(row.path) or reader[row.path]] += Traffic(saved=kept)
    return found


def _saved(costs: Costs, batch: int, size: int) -> list[tuple[Row, int]]:
    """Return the rows whose output is saved because of the attention, with its bytes."""
    added = saved(costs.network) - saved(costs.plain)
    return [
        (row, batch * prod(row.output) * (size + INDEX * (row.op == "global_max_pool")))
        for row in costs.network.rows
        if row.path in added
    ]
