"""What fusing exchanges in a network, as rows of its ledger; imports no torch.

A fused block is a reading of the rows of the network that it is in, its norms folded: some of them
run no more, and others run instead. A row is an operator in eager inference, which reads each of
its operands once, for every image, its parameters once, and writes its result once.
"""

from collections.abc import Iterable, Mapping
from math import prod

from se_cost.ledger.rows import Ledger, Row
from se_cost.measure.fuse.choice import Into, NormAfter, PoolSize, Rewriting
from se_cost.measure.fuse.record import Movement, ScaleForm
from se_cost.nets.nodes import Shape
from se_cost.record import Record, replace

SKIPPED = ("dropout",)  # does nothing in inference
SCALED_WEIGHTS = "scaled_weights"  # an operator that multiplies parameters by a factor
STATISTICS = 2  # vectors that a norm in inference reads beside its parameters


class RowExchange(Record):
    """Rows that run no more because a block is fused, and rows that run instead."""

    stage: int | None
    gone: tuple[Row, ...] = ()
    new: tuple[Row, ...] = ()

    def and_also(self, gone: Iterable[Row], new: Iterable[Row]) -> "RowExchange":
        """Return an exchange of these rows, too."""
        return replace(self, gone=(*self.gone, *gone), new=(*self.new, *new))

    def added(self, batch: int, size: int) -> Movement:
        """Return what is moved more than before, for images of `size`-byte numbers."""
        return moved(self.new, batch, size) - moved(self.gone, batch, size)


def moved(rows: Iterable[Row], batch: int, size: int) -> Movement:
    """Return what operators move for a batch of images of `size`-byte numbers."""
    found = Movement(0, 0)
    for row in rows:
        values = sum(map(prod, row.operands)) + prod(row.output)
        found += Movement(size * (batch * values + row.params), 1)
    return found


class FoldedRows:
    """The rows of a network, its norms folded, by their paths and by what reads them."""

    def __init__(self, network: Ledger) -> None:
        self._rows = network.rows
        self._by_path: Mapping[str, Row] = {row.path: row for row in network.rows}

    def exchanged(self, rewriting: Rewriting) -> RowExchange:
        """Return what fusing a block exchanges."""
        scale = self._by_path[rewriting.path]
        found = RowExchange(scale.stage)
        if rewriting.site.before:
            own = [row for row in self._rows if row.path.startswith(f"{rewriting.path}.")]
            found = found.and_also(*_squeezed(own, self._by_path[scale.reads[0]]))
        match rewriting.form.into:
            case Into.NONE:
                return found
            case Into.BEFORE:
                weights = _scaled(self._by_path[scale.reads[0]])
                return found.and_also([scale], weights)
            case Into.SUM:
                return found.and_also(*self._summed(scale, rewriting.form.scale))
            case Into.AFTER:
                return found.and_also(*_after(scale, self._reader(scale)[-1], rewriting))

    def _reader(self, row: Row) -> list[Row]:
        """Return the constants that follow a row, and what reads the last of them."""
        reader = next(other for other in self._rows if row.path in other.reads)
        if reader.op in SKIPPED:
            return self._reader(reader)
        return [reader, *self._reader(reader)] if reader.op == "constant" else [reader]

    def _summed(self, scale: Row, form: ScaleForm) -> tuple[list[Row], list[Row]]:
        """Return what a sum that takes the scale exchanges."""
        *constants, total = self._reader(scale)
        gone, (whole, factor) = [scale, *constants, total], scale.operands
        if form is ScaleForm.ADDCMUL:
            return gone, [_operator("addcmul", (*total.operands, factor), whole)]
        conv = self._by_path[scale.reads[0]]
        matrices, *shifts = _scaled(conv)
        added = [_operator("add", (whole, shift.output), whole) for shift in shifts]
        operands = (whole, matrices.output, *conv.operands)
        return [*gone, conv], [matrices, *shifts, *added, _operator("product", operands, whole)]


def _squeezed(own: list[Row], conv: Row) -> tuple[list[Row], list[Row]]:
    """Return what is exchanged if the squeeze is taken before a convolution."""
    squeeze, first = own[:2]
    c_in, pixels = conv.operands[0][0], conv.output[1:]  # those that its stride keeps
    mean = _operator(squeeze.op, ((c_in, *pixels),), (c_in,))
    absorbs = first.op == "linear"
    hidden = first.output[0] if absorbs else conv.output[0]
    biases = hidden if conv.biases or (absorbs and first.biases) else 0
    matrix = replace(
        _operator("linear", ((c_in,),), (hidden,)), weights=hidden * c_in, biases=biases
    )
    return [squeeze, first] if absorbs else [squeeze], [mean, matrix]


def _after(scale: Row, part: Row, rewriting: Rewriting) -> tuple[list[Row], list[Row]]:
    """Return what a linear operator that takes the scale exchanges."""
    whole, factor = scale.operands
    match rewriting.site.after:
        case NormAfter():
            return [scale, _in_inference(part)], _normed(part, rewriting)
        case PoolSize(_, True):
            product = _operator("scale", (part.output, factor), part.output)
            return [scale, part], [_operator("copy", (factor,), factor), product]
        case PoolSize():
            return [scale], [_operator("scale", (part.output, factor), part.output)]
    weights = _scaled(replace(part, biases=0), factor)
    if rewriting.form.scale is ScaleForm.PRODUCT:
        product = _operator("product", (whole, weights[0].output), part.output)
        return [scale, part], [*weights, replace(product, biases=part.biases)]
    if rewriting.site.batch == 1:
        return [scale], weights
    shifts = [replace(_operator("copy", (), (part.biases,)), biases=part.biases)] * bool(
        part.biases
    )
    parameters = (weights[0].output, *(shift.output for shift in shifts))
    conv = _operator("conv", (whole, *parameters), part.output)
    return [scale, part], [*weights, *shifts, conv]


def _normed(norm: Row, rewriting: Rewriting) -> list[Row]:
    """Return what runs instead of a norm and the product before it."""
    whole = norm.output
    vector: Shape = whole[:1]
    several = rewriting.site.batch > 1
    factor = replace(_operator(SCALED_WEIGHTS, (vector,), vector), weights=norm.weights)
    if not rewriting.site.nchw:
        return [factor, replace(_operator("addcmul", (whole, vector), whole), biases=norm.biases)]
    shift = replace(_operator("copy", (), vector), biases=norm.biases)
    zeros, ones = _operator("zeros", (), vector), _operator("ones", (vector,), vector)
    normed = _operator("norm", (whole, *[vector] * 4), whole)
    return [factor, zeros, ones, *[shift] * several, normed]


def _in_inference(norm: Row) -> Row:
    """Return the row of a norm as it runs in inference: its statistics are parameters, too."""
    return replace(norm, weights=norm.weights + STATISTICS * norm.output[0])


def _scaled(conv: Row, factor: Shape | None = None) -> list[Row]:
    """Return the operators that scale the weights of a convolution, and its bias if it has one.

    Each image has its own; the factor has one number for every output, if it is not given.
    """
    numbers: Shape = conv.output[:1] if factor is None else factor
    parts = [(conv.weights, 0), *[(0, conv.biases)] * bool(conv.biases)]
    return [
        replace(
            _operator(SCALED_WEIGHTS, (numbers,), (weights + biases,)),
            weights=weights,
            biases=biases,
        )
        for weights, biases in parts
    ]


def _operator(op: str, operands: tuple[Shape, ...], output: Shape) -> Row:
    return Row("", op, operands, output)
