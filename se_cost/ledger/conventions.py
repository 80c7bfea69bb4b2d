"""What each counter would print: a convention is the value of a row, totals are sums over rows.

The formulas were found by taking the counters' totals apart, and are exact for networks of
convolutions, norms, ReLUs, pools and fully connected layers; the tests run the counters.
"""

from collections.abc import Callable, Mapping
from math import prod

from se_cost.ledger.find import ENDS
from se_cost.ledger.rows import Ledger, Row

Convention = Callable[[Row], int]


def macs(row: Row) -> int:
    """Count multiply-accumulates of convolutions and fully connected layers."""
    return row.macs


def flops(row: Row) -> int:
    """Count a multiply-accumulate as two operations."""
    return 2 * row.macs


def paper(row: Row) -> int:
    """Count as the SE paper does: MACs, and one multiply per gated value."""
    return row.macs + (row.elements if row.op in ENDS else 0)


def torch(row: Row) -> int:
    """Count as torch.utils.flop_counter.FlopCounterMode does: convolutions and products only."""
    return flops(row)


def fvcore(row: Row) -> int:
    """Count as fvcore's FlopCountAnalysis does in eval mode; it calls the sum flops."""
    match row.op:
        case "layer_norm":
            return 5 * _written(row)
        case "norm" | "global_avg_pool":
            return row.elements
        case "upsample_nearest" | "upsample_bilinear" | "stretch":
            return row.elements
        case _:
            return row.macs


def thop(row: Row) -> int:
    """Count as thop.profile does; it calls the sum total_ops."""
    match row.op:
        case "norm":
            return 4 * _written(row)
        case "global_avg_pool":
            return row.elements + _written(row)
        case "scores" | "attend":  # it counts the modules that it knows
            return 0
        case _:
            return row.macs


def ptflops(row: Row) -> int:
    """Count as ptflops' pytorch backend does: it sees each ReLU and pool twice."""
    match row.op:
        case "norm" | "relu":
            return 2 * _written(row)
        case "max_pool" | "avg_pool" | "global_avg_pool" | "global_max_pool":
            return 2 * prod(row.operands[0])
        case "conv" | "deconv" | "linear" | "channel_conv":
            return row.macs + row.elements  # the elements are the added biases
        case _:
            return 0


def _written(row: Row) -> int:
    return prod(row.output)


CONVENTIONS: Mapping[str, Convention] = {
    "macs": macs,
    "flops": flops,
    "paper": paper,
    "torch": torch,
    "fvcore": fvcore,
    "thop": thop,
    "ptflops": ptflops,
}


def total(ledger: Ledger, convention: Convention) -> int:
    """Return what a counter that follows `convention` would print for a network."""
    return sum(map(convention, ledger.rows))


def complete(ledger: Ledger) -> int:
    """Return what fvcore counts with handles for the operators that it leaves out.

    That is MACs and all other operations but added biases, which no handle can see; a norm of a
    vector counts five operations a value there.
    """
    biases = sum(row.elements for row in ledger.rows if row.op in ("conv", "deconv", "linear"))
    rough = sum(fvcore(row) - row.elements for row in ledger.rows if row.op == "layer_norm")
    return ledger.macs + ledger.elements - biases + rough
