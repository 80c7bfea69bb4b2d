"""The bytes that one operator of an attention moves, as torch runs it: see `traffic.py`."""

from collections.abc import Iterable
from math import prod

from se_cost.ledger.rows import Row
from se_cost.record import Record

INDEX = 8  # bytes of the position of a maximum
COUNTER = 8  # bytes of the number of batches that a norm has seen


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

    def __sub__(self, other: "Traffic") -> "Traffic":
        """Return what this has more than another."""
        return Traffic(
            self.forward - other.forward,
            self.backward - other.backward,
            self.operators_forward - other.operators_forward,
            self.operators_backward - other.operators_backward,
            self.saved - other.saved,
        )


def total(traffics: Iterable[Traffic]) -> Traffic:
    """Return the sum."""
    return sum(traffics, Traffic())


def traffic(row: Row, batch: int, size: int) -> Traffic:
    """Return the traffic of one row of an attention, for `batch` images of `size`-byte numbers.

    What is saved is left out: it depends on the row's neighbours. So does the sum of gradients of
    what several rows read. Raises ValueError for an operator that no attention has.
    """
    x, y = sum(batch * prod(operand) for operand in row.operands), batch * prod(row.output)
    channels = row.operands[0][0]
    match row.op:
        case "concat" | "columns":
            return Traffic(size * 2 * y, 0, 1, 0)
        case "linear":
            gradients = (x + y + row.weights) * 2 + bool(row.biases) * (y + row.biases)
            operators = 3 if row.biases else 2  # for the input, the weights and the biases
            return Traffic(size * (x + y + row.params), size * gradients, 1, operators)
        case "conv" | "channel_conv":  # one operator for all three gradients
            gradients = 2 * (x + row.weights) + y + row.biases
            return Traffic(size * (x + y + row.params), size * gradients, 1, 1)
        case "norm":  # in training; it counts its batches, too
            forward = size * (x + y + 6 * channels) + 2 * COUNTER
            return Traffic(forward, size * (3 * x + 7 * channels), 2, 1)
        case "layer_norm":
            statistics = 2 * batch
            forward, backward = x + y + row.params + statistics, 3 * x + 2 * row.params + statistics
            return Traffic(size * forward, size * backward, 1, 1)
        case "softmax" | "relu" | "sigmoid" | "tanh" | "hardsigmoid" | "hardswish":
            return Traffic(size * 2 * y, size * 3 * y, 1, 1)
        case "energy":
            return _energy(row, batch, size)
        case "weigh":
            return Traffic(size * (x + y), size * 2 * (x + y), 1, 2)
        case "scale" | "cross":
            return _scale(row, batch, size)
        case "scores":
            return _scores(row, batch, size)
        case "attend":
            return Traffic(size * (x + y), size * 2 * (x + y), 1, 2)
        case "plus":
            return Traffic(size * 2 * y, 0, 1, 0)
        case "add" | "shift":  # backward: sums over what one number was broadcast to
            spread = [n for o in row.operands if (n := batch * prod(o)) < y]
            return Traffic(size * (x + y), size * (len(spread) * y + sum(spread)), 1, len(spread))
        case _:
            return _pooled(row, batch, size)


def _pooled(row: Row, batch: int, size: int) -> Traffic:
    """Return the traffic of what makes a map smaller, or larger again."""
    x, y = batch * prod(row.operands[0]), batch * prod(row.output)
    match row.op:
        case "global_avg_pool" | "channel_avg_pool" | "stretch":
            return Traffic(size * (x + y), size * (x + y), 1, 1)  # backward: a spread quotient
        case "global_max_pool":
            positions = INDEX * y
            return Traffic(size * (x + y) + positions, size * (x + y) + positions, 1, 1)
        case "channel_max_pool":  # backward: zeros, and the gradients put among them
            positions = INDEX * y
            return Traffic(size * (x + y) + positions, size * (3 * x + y) + positions, 1, 2)
        case "column_sum":  # backward: the gradient, side by side
            sums = row.operands[0][1] - 1
            return Traffic(size * 3 * y * sums, size * 2 * x, sums, 1)
        case "global_std":  # variance, sum and root; twice the deviations over the root, scaled
            return Traffic(size * (x + 5 * y), size * (5 * x + 10 * y), 3, 6)
        case "profiles":  # two means side by side; two gradients, summed
            return Traffic(size * (2 * x + 3 * y), size * (5 * x + y), 3, 3)
        case "avg_pool":
            return Traffic(size * (x + y), size * (2 * x + y), 1, 1)
        case _:
            raise ValueError(f"{row.path}: no attention has the operator {row.op}")


def _scale(row: Row, batch: int, size: int) -> Traffic:
    """Return the traffic of the product of map and factors, one after another.

    Backward: gradient times map, for the factor; this summed over each map where the factor is
    one number for it; and gradient times factor, for the map.
    """
    x, *factors = (batch * prod(operand) for operand in row.operands)
    found = Traffic()
    for factor in factors:
        for_factor = 3 * x + (x + factor if factor < x else 0)
        for_map = 2 * x + factor
        operators = 3 if factor < x else 2
        found += Traffic(size * (2 * x + factor), size * (for_factor + for_map), 1, operators)
    return found


def _scores(row: Row, batch: int, size: int) -> Traffic:
    """Return the traffic of the scores of a self-attention: three products and their sum.

    The first compares the positions and is multiplied by a constant; the others compare each with
    every vertical and every horizontal distance, of which the positions pick theirs.
    """
    channels, height, width = row.operands[0]
    heads, positions, _ = row.output
    x, y = batch * prod(row.operands[0]), batch * prod(row.output)
    turned = 2 * (positions > 1 and channels > heads > 1)  # the gradient of the queries, copied
    backward = 2 * y + 2 * (2 * x + y) + 2 * x * turned
    found = Traffic(size * (2 * x + 3 * y), size * backward, 2, 4 + turned)
    for side, other in ((height, width), (width, height)):
        distances, rows = 2 * side - 1, batch * heads * positions
        vectors, far = channels // heads * distances, rows * distances
        near, spread = rows * side, batch * heads * vectors
        forward = x + vectors + far + 2 * y + near
        backward = (y + near) * (other > 1) + far + 3 * near  # put back among all distances
        backward += (x + far + spread) + (far + vectors + x) + (spread + vectors)
        backward += 3 * x + 2 * vectors
        found += Traffic(size * forward, size * backward, 2, 6 + (other > 1))
    return found


def _energy(row: Row, batch: int, size: int) -> Traffic:
    """Return the traffic of a map's energy: nine operators in a row, and their derivatives."""
    x, sums = batch * prod(row.output), batch * row.output[0]
    spread = sums < x  # else nothing is summed for the mean and the variance
    backward = 26 * x + 9 * sums + 2 * spread * (x + sums)
    return Traffic(size * (10 * x + 10 * sums), size * backward, 9, 14 + 2 * spread)


def besides(row: Row, batch: int, size: int) -> int:
    """Return the bytes that a row saves which no row writes."""
    match row.op:
        case "global_max_pool" | "channel_max_pool":
            return INDEX * batch * prod(row.output)
        case "cross":  # the first product
            return size * batch * prod(row.output)
        case "norm":
            return size * 2 * row.output[0]
        case "layer_norm":
            return size * 2 * batch
        case "energy":  # the deviations, their squares, and what these are divided by
            return size * batch * (2 * prod(row.output) + row.output[0])
        case _:
            return 0
