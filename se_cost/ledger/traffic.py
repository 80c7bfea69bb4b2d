"""The bytes that attention moves through memory, and the operators that it launches.

A network in eager PyTorch is one operator after another. Each reads every operand once and writes
its result once. The formulas are those of the operators that the built module runs, forward, and
that autograd runs for them, backward (torch 2.11 and later; memory layout NCHW, where NHWC takes
two more operators on vectors). What only looks at memory (views) costs nothing. Autograd sums the
gradients of what is read more than once: gating needs its map to squeeze and to scale.

With E for the size of the gated map, and vectors neglected, an SE block with average pooling moves
2E + E forward (scale, squeeze) and 9E + E backward.
"""

from collections.abc import Iterable, Iterator
from math import prod
from typing import TypeVar

from se_cost.ledger.costs import Costs
from se_cost.ledger.find import AttentionBlock
from se_cost.ledger.row_traffic import Traffic as Traffic
from se_cost.ledger.row_traffic import besides
from se_cost.ledger.row_traffic import total as total
from se_cost.ledger.row_traffic import traffic as traffic
from se_cost.ledger.rows import FLOAT32, INPUT, Ledger, Row
from se_cost.ledger.saved import saved

Key = TypeVar("Key")


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
    """Return E: the elements of all gated maps of one image, which are as large as the results."""
    read = {path for row in attention.rows for path in row.reads}
    ends = (row for row in attention.rows if row.path not in read and not row.given_up)
    return sum(prod(row.output) for row in ends)


def by_part(costs: Costs, batch: int, size: int) -> dict[tuple[int | None, str], Traffic]:
    """Return the traffic by stage and operator of the attention, with what each saves.

    A map from outside that is saved is saved for the row that ends the block, which is why it
    counts there. The sum of two gradients counts where the value is read last.
    """
    return _grouped(((row.stage, row.op), part) for _, row, part in _parts(costs, batch, size))


def by_stage(costs: Costs, batch: int, size: int) -> dict[int | None, Traffic]:
    """Return the traffic of every stage that holds attention, with what it saves."""
    return _grouped((row.stage, part) for _, row, part in _parts(costs, batch, size))


def by_block(costs: Costs, batch: int, size: int) -> dict[str, Traffic]:
    """Return the traffic of every block by its path, with what it saves."""
    return _grouped((block.path, part) for block, _, part in _parts(costs, batch, size))


def _grouped(parts: Iterable[tuple[Key, Traffic]]) -> dict[Key, Traffic]:
    found: dict[Key, Traffic] = {}
    for key, part in parts:
        found[key] = found.get(key, Traffic()) + part
    return found


def _parts(costs: Costs, batch: int, size: int) -> Iterator[tuple[AttentionBlock, Row, Traffic]]:
    """Return what every row of every block moves, and what is saved for it."""
    sizes = {row.path: batch * prod(row.output) for row in costs.network.rows}
    added = saved(costs.network) - saved(costs.plain)
    lost = saved(costs.plain) - saved(costs.network)
    for block in costs.blocks:
        readers: set[str] = set()
        for row in block.rows:
            if row.given_up:
                memory = size * batch * prod(row.output) * (row.path in lost)
                yield (
                    block,
                    row,
                    Traffic() - traffic(row.forgone, batch, size) - Traffic(saved=memory),
                )
                continue
            yield block, row, traffic(row, batch, size)
            yield block, row, Traffic(saved=besides(row, batch, size))
            if row.path in added:
                yield block, row, Traffic(saved=size * sizes[row.path])
            for path, operand in zip(row.reads, row.operands, strict=True):
                if path in readers and path in sizes:
                    part = batch * prod(operand) < sizes[path]  # its gradient is one of two parts
                    moves = (2 if part else 3) * size * sizes[path]
                    yield block, row, Traffic(backward=moves, operators_backward=1)
                readers.add(path)
        if block.gated in added:
            yield block, block.rows[-1], Traffic(saved=size * sizes[block.gated])
