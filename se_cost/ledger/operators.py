"""Operators of torch in the words of the ledger: their names, and what they compute."""

from se_cost.ledger.channels import MATRICES
from se_cost.ledger.gates.graph import CONVOLUTIONS, COPIES, Graph
from se_cost.ledger.trace import Op

NORMS = ("batch_norm", "layer_norm", "group_norm", "instance_norm")  # beginnings of names
NAMES = {
    "cat": "concat",
    "channel_shuffle": "shuffle",
    "constant_pad_nd": "pad",
    "upsample_nearest2d": "upsample_nearest",
    "upsample_bilinear2d": "upsample_bilinear",
    "max_pool2d_with_indices": "max_pool",
    "avg_pool2d": "avg_pool",
    "deconvolution": "deconv",
}
MOVES = ("concat", "shuffle", "pad", "stack", *COPIES)  # compute nothing
FOURFOLD = ("upsample_bilinear",)  # a mean of four
REDUCTIONS = ("mean", "sum", "amax", "max", "var")  # of an operand; an operation a value read
GLOBAL = {  # if they pool all of a map
    **dict.fromkeys(("mean", "adaptive_avg_pool2d", "avg_pool2d"), "global_avg_pool"),
    **dict.fromkeys(("amax", "max", "adaptive_max_pool2d"), "global_max_pool"),
}


def name_of(graph: Graph, op: Op) -> str:
    """Return what the ledger calls an operator: as ours where it has one, else ATen's name."""
    alone = len(graph.live(op)) == 1
    if op.name == "convolution":
        return "channel_conv" if graph.along_channels(op) else "conv"
    if op.name in MATRICES:
        return "linear" if alone else "matmul"
    if op.name.startswith(NORMS):
        return "norm"
    if op.name == "mul" and alone:
        return "constant"
    if op.name in GLOBAL and graph.reduces(op) and graph.result(op).positions == 1:
        return GLOBAL[op.name]
    return NAMES.get(op.name, op.name)


def elements_of(graph: Graph, op: Op, name: str) -> int:
    """Return the elementary operations of an operator beside its multiply-accumulates."""
    output = graph.result(op).elements
    if name in ("conv", "deconv", "channel_conv", "linear", "matmul"):
        return output if len(op.reads) > 2 else 0  # of the biases
    if name in MOVES:
        return 0
    if name == "norm":
        return 2 * output
    if name in FOURFOLD:
        return 4 * output
    if name in ("max_pool", "avg_pool"):
        return output * int(op.numbers[0] * op.numbers[1])
    if name.startswith("global_") or (name in REDUCTIONS and len(op.reads) == 1):
        return graph.values[op.reads[0]].elements
    return output


def is_bias(op: Op, operand: int) -> bool:
    """Return whether the operand at a place is added, not multiplied."""
    if op.name in ("addmm", "baddbmm"):
        return operand == 0
    if op.name in CONVOLUTIONS or op.name.startswith(NORMS):
        return operand == 2
    return op.name in ("add", "sub")
