"""The row: what one layer costs for one input, and the ledger: the rows of a network."""

from collections.abc import Callable, Iterable
from math import prod
from typing import TypeVar

from se_cost.nets.nodes import Shape
from se_cost.record import Record, replace

FLOAT32 = 4  # bytes
INPUT = "<input>"  # stands for the path of what writes the input of a network, or of a part
FROM_INPUT = (INPUT,)
HEAD = "head"  # the name of the rows that belong to no stage
VIEWS = ("flatten",)  # operators that only look at what another row wrote
UNMOVED = (*VIEWS, "dropout")  # in inference nothing is read or written for them

K = TypeVar("K")


class Row(Record, gc=False):
    """The cost of one layer, or of one join that computes, for one input (batch 1).

    `path` is the name of the torch submodule, `operands` the shapes read and `output` the shape
    written. `macs` are multiply-accumulates; `elements` all other elementary operations: one for
    each added bias, activation value, pooled value, sum or product, two for each normalised value,
    one or four for each value upsampled by copying or bilinearly. `reads` are the paths of the
    rows that write the operands.
    """

    path: str
    op: str
    operands: tuple[Shape, ...]
    output: Shape
    weights: int = 0
    biases: int = 0
    macs: int = 0
    elements: int = 0
    reads: tuple[str, ...] = FROM_INPUT
    stage: int | None = None  # None for the classifier
    given_up: bool = False  # for an attention in its place; its amounts count negatively then

    @property
    def params(self) -> int:
        """Return weights plus biases."""
        return self.weights + self.biases

    @property
    def bytes(self) -> int:
        """Return float32 bytes moved if every operand and parameter is read once."""
        if self.op in UNMOVED:
            return 0
        moved = sum(map(prod, self.operands)) + prod(self.output) + abs(self.params)
        return FLOAT32 * (-moved if self.given_up else moved)

    @property
    def activation_bytes(self) -> int:
        """Return the float32 bytes of the output; what only looks at its input writes none."""
        written = 0 if self.op in UNMOVED else FLOAT32 * prod(self.output)
        return -written if self.given_up else written

    @property
    def forgone(self) -> "Row":
        """Return what a network saves that does without this row; of that, the row again."""
        return replace(
            self,
            weights=-self.weights,
            biases=-self.biases,
            macs=-self.macs,
            elements=-self.elements,
            given_up=not self.given_up,
        )


def stage_name(stage: int | None) -> str:
    """Return a stage as documents spell it, for instance `stage2` or `head`."""
    return HEAD if stage is None else f"stage{stage}"


def in_words(stage: str) -> str:
    """Return a stage that documents spell as people call it, for instance `stage 2`."""
    return "the head" if stage == HEAD else stage.replace("stage", "stage ", 1)


class Ledger(Record):
    """Rows in the order of computation; every total is a sum over them."""

    rows: tuple[Row, ...]

    @property
    def weights(self) -> int:
        """Return the number of weights."""
        return sum([row.weights for row in self.rows])

    @property
    def biases(self) -> int:
        """Return the number of biases, shifts of norms included."""
        return sum([row.biases for row in self.rows])

    @property
    def params(self) -> int:
        """Return the number of parameters."""
        return self.weights + self.biases

    @property
    def macs(self) -> int:
        """Return the multiply-accumulates of one input."""
        return sum([row.macs for row in self.rows])

    @property
    def elements(self) -> int:
        """Return the other elementary operations of one input."""
        return sum([row.elements for row in self.rows])

    @property
    def bytes(self) -> int:
        """Return the float32 bytes moved for one input, every operand read once."""
        return sum([row.bytes for row in self.rows])

    @property
    def activation_bytes(self) -> int:
        """Return the float32 bytes that all layers write for one input."""
        return sum([row.activation_bytes for row in self.rows])

    def where(self, keep: Callable[[Row], bool]) -> "Ledger":
        """Return the rows for which `keep` holds."""
        return Ledger(tuple([row for row in self.rows if keep(row)]))

    def by_stage(self) -> dict[int | None, "Ledger"]:
        """Return the rows of each stage; the classifier's are under None."""
        return self._by(lambda row: row.stage)

    def by_op(self) -> dict[str, "Ledger"]:
        """Return the rows of each operator."""
        return self._by(lambda row: row.op)

    def _by(self, key: Callable[[Row], K]) -> dict[K, "Ledger"]:
        groups: dict[K, list[Row]] = {}
        for row in self.rows:
            groups.setdefault(key(row), []).append(row)
        return {name: Ledger(tuple(rows)) for name, rows in groups.items()}


def prefixed(
    name: str, rows: Iterable[Row], source: str = INPUT, stage: int | None = None
) -> list[Row]:
    """Return the rows as parts of a parent in which they are called `name`.

    `source` is the path, within the parent, of what writes their input.
    """
    return [
        Row(
            f"{name}.{row.path}" if row.path else name,
            row.op,
            row.operands,
            row.output,
            row.weights,
            row.biases,
            row.macs,
            row.elements,
            (source,) if row.reads == FROM_INPUT else _reads(name, row.reads, source),
            stage,
        )
        for row in rows
    ]


def _reads(name: str, reads: tuple[str, ...], source: str) -> tuple[str, ...]:
    return tuple([within(name, path, source) for path in reads])


def within(name: str, path: str, source: str) -> str:
    """Return a path of a part as its parent sees it, which calls the part `name`."""
    if path == INPUT:
        return source
    return f"{name}.{path}" if path else name
