"""Traces that were stored, and traces written by hand."""

from pathlib import Path

import msgspec

from se_cost.ledger.trace import Call, Op, Parameter, Trace, Value
from se_cost.nets.nodes import Shape

TRACES = Path(__file__).parents[1] / "data" / "traces"


def stored(name: str) -> Trace:
    """Return a trace that `test_tracing.py` stored; it says what network it is of."""
    return msgspec.json.decode((TRACES / f"{name}.json").read_bytes(), type=Trace)


class Written:
    """A trace that is written operator by operator; values are named by their numbers."""

    def __init__(self, *shape: int) -> None:
        self.values = [Value((1, *shape), live=True, channel=1)]
        self.ops: list[Op] = []
        self.parameters: list[Parameter] = []

    def weight(self, *shape: int) -> int:
        """Return a new parameter."""
        self.values.append(Value(shape, parameter=len(self.parameters)))
        self.parameters.append(Parameter(f"weight{len(self.parameters)}", self.values[-1].elements))
        return len(self.values) - 1

    def op(
        self,
        name: str,
        *reads: int,
        shape: Shape,
        channel: int | None = 1,
        dims: Shape = (),
        numbers: tuple[float, ...] = (),
        macs: int = 0,
        view: bool = False,
    ) -> int:
        """Return what an operator makes of some values."""
        live = any(self.values[read].live for read in reads)
        self.values.append(Value((1, *shape), len(self.ops), live, channel))
        written = (len(self.values) - 1,)
        self.ops.append(Op(name, 0, reads, written, dims, numbers, macs, view))
        return written[0]

    def trace(self, *outputs: int) -> Trace:
        """Return the trace, all of it in one call."""
        values, ops, parameters = tuple(self.values), tuple(self.ops), tuple(self.parameters)
        return Trace(values, ops, (Call(""),), parameters, (0,), outputs)


def gate(run: Written, x: int, channels: int, last: str = "sigmoid") -> int:
    """Return a factor of a map: its mean, one FC, and a function."""
    squeezed = run.op("mean", x, shape=(channels, 1, 1), dims=(2, 3))
    weight = run.weight(channels, channels, 1, 1)
    mixed = run.op("convolution", squeezed, weight, shape=(channels, 1, 1), macs=channels**2)
    return run.op(last, mixed, shape=(channels, 1, 1))
