"""The row: what one layer costs for one input, and the ledger: the rows of a network."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import prod
from typing import NamedTuple, TypeVar

from se_cost.nets.nodes import Shape

FLOAT32 = 4  # bytes
UNMOVED = ("flatten", "dropout")  # in inference nothing is read or written for them

K = TypeVar("K")


class Row(NamedTuple):
    """The cost of one layer, or of one join that computes, for one input (batch 1).

    `path` is the name of the torch submodule, `operands` the shapes read and `output` the shape
    written. `macs` are multiply-accumulates; `elements` all other elementary operations: one for
    each added bias, activation value, pooled value, sum or product, two for each normalised value,
    one or four for each value upsampled by copying or bilinearly.
    """

    path: str
    op: str
    operands: tuple[Shape, ...]
    output: Shape
    weights: int = 0
    biases: int = 0
    macs: int = 0
    elements: int = 0

    @property
    def params(self) -> int:
        """Return weights plus biases."""
        return self.weights + self.biases

    @property
    def bytes(self) -> int:
        """Return float32 bytes moved if every operand and parameter is read once."""
        if self.op in UNMOVED:
            return 0
        moved = sum(map(prod, self.operands)) + prod(self.output) + self.params
        return FLOAT32 * moved

    @property
    def activation_bytes(self) -> int:
        """Return the float32 bytes of the output; what only looks at its input writes none."""
        return 0 if self.op in UNMOVED else FLOAT32 * prod(self.output)

    @property
    def stage(self) -> int | None:
        """Return the stage, which the path begins with, or None for the classifier."""
        return stage_of(self.path)


def stage_of(path: str) -> int | None:
    """Return the number in a path such as `stage2.block1.conv`, or None where there is none."""
    number = path.partition(".")[0].removeprefix("stage")
    return int(number) if number.isdigit() else None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Rows in the order of computation; every total is a sum over them."""

    rows: tuple[Row, ...]

    @property
    def weights(self) -> int:
        """Return the number of weights."""
        return sum(row.weights for row in self.rows)

    @property
    def biases(self) -> int:
        """Return the number of biases, shifts of norms included."""
        return sum(row.biases for row in self.rows)

    @property
    def params(self) -> int:
        """Return the number of parameters."""
        return self.weights + self.biases

    @property
    def macs(self) -> int:
        """Return the multiply-accumulates of one input."""
        return sum(row.macs for row in self.rows)

    @property
    def elements(self) -> int:
        """Return the other elementary operations of one input."""
        return sum(row.elements for row in self.rows)

    @property
    def bytes(self) -> int:
        """Return the float32 bytes moved for one input, every operand read once."""
        return sum(row.bytes for row in self.rows)

    @property
    def activation_bytes(self) -> int:
        """Return the float32 bytes that all layers write for one input."""
        return sum(row.activation_bytes for row in self.rows)

    def where(self, keep: Callable[[Row], bool]) -> "Ledger":
        """Return the rows for which `keep` holds."""
        return Ledger(tuple(row for row in self.rows if keep(row)))

    def by_stage(self) -> dict[int | None, "Ledger"]:
        """Return the rows of each stage; the classifier's are under None."""
        return self._by(lambda row: row.stage)

    def by_op(self) -> dict[str, "Ledger"]:
        """Return the rows of each operator."""
        return self._by(lambda row: row.op)

    def minus(self, other: "Ledger") -> "Ledger":
        """Return the rows whose path `other` does not have."""
        known = {row.path for row in other.rows}
        return self.where(lambda row: row.path not in known)

    def _by(self, key: Callable[[Row], K]) -> dict[K, "Ledger"]:
        groups: dict[K, list[Row]] = {}
        for row in self.rows:
            groups.setdefault(key(row), []).append(row)
        return {name: Ledger(tuple(rows)) for name, rows in groups.items()}


def prefixed(name: str, rows: Iterable[Row]) -> list[Row]:
    """Return the rows as parts of a parent in which they are called `name`."""
    return [Row(f"{name}.{row[0]}" if row[0] else name, *row[1:]) for row in rows]
