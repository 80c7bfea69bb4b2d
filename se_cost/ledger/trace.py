"""One run of a module as data: values, the operators between them, and the calls of modules.

Nothing here knows torch, so whatever is read off a trace can be tested on a stored one. Places in
the tuples are the numbers by which values, operators, calls and parameters refer to each other.
"""

from collections.abc import Iterable
from math import prod

from se_cost.nets.nodes import Shape
from se_cost.record import Record

ROOT = 0  # the call of the whole module


class Value(Record, gc=False):
    """A tensor at one moment: what is changed in place is another value from then on."""

    shape: Shape  # with the batch
    producer: int | None = None  # the operator that wrote it; None for inputs and constants
    live: bool = False  # whether it depends on an input
    channel: int | None = None  # the dimension of the channels, where it is known
    parameter: int | None = None

    @property
    def elements(self) -> int:
        """Return the number of elements of the batch."""
        return prod(self.shape)

    @property
    def channels(self) -> int:
        """Return the number of channels, 1 where their dimension is not known."""
        return 1 if self.channel is None else self.shape[self.channel]

    @property
    def space(self) -> tuple[int, ...]:
        """Return the dimensions that are neither the batch nor the channels."""
        return tuple(d for d in range(1, len(self.shape)) if d != self.channel)

    @property
    def positions(self) -> int:
        """Return the number of elements of one channel of one image."""
        return prod(self.shape[d] for d in self.space)


class Op(Record, gc=False):
    """One operator that ran: `name` is ATen's, without the overload and the mark of in-place ones.

    `reads` are all operands but the one that a copy overwrites; `dims` are the dimensions that it
    works along, and `numbers` its finite numeric arguments.
    """

    name: str
    call: int
    reads: tuple[int, ...]
    writes: tuple[int, ...]
    dims: tuple[int, ...] = ()
    numbers: tuple[float, ...] = ()
    macs: int = 0
    view: bool = False  # its result shares the memory of an operand
    in_place: bool = False


class Call(Record, gc=False):
    """One call of a module: the `number`-th of its path, within the call `parent`."""

    path: str
    number: int = 0
    parent: int | None = None
    inputs: tuple[int, ...] = ()
    outputs: tuple[int, ...] = ()


class Parameter(Record, gc=False):
    """A parameter, by the first of its names."""

    path: str
    numel: int


class Trace(Record):
    """One run of a module in the order of computation; `inputs` and `outputs` are values."""

    values: tuple[Value, ...]
    ops: tuple[Op, ...]
    calls: tuple[Call, ...]
    parameters: tuple[Parameter, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    @property
    def batch(self) -> int:
        """Return the number of images of the run."""
        shape = self.values[self.inputs[0]].shape if self.inputs else ()
        return shape[0] if shape else 1

    @property
    def params(self) -> int:
        """Return the number of parameters, those that nothing reads included."""
        return self.params_of(range(len(self.parameters)))

    @property
    def macs(self) -> int:
        """Return the multiply-accumulates of one image."""
        return self.macs_of(range(len(self.ops)))

    def params_of(self, parameters: Iterable[int]) -> int:
        """Return the elements of some parameters."""
        return sum([self.parameters[number].numel for number in parameters])

    def macs_of(self, ops: Iterable[int]) -> int:
        """Return the multiply-accumulates of some operators for one image."""
        return sum([self.ops[number].macs for number in ops]) // self.batch

    def path(self, op: int) -> str:
        """Return the path of the innermost module that an operator ran in."""
        return self.calls[self.ops[op].call].path
