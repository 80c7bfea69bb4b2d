"""What PyTorch's operators move in fact: the formulas of `ledger/traffic.py` must equal it."""

from torch import Tensor, nn

from se_cost.ledger.traffic import Traffic, total
from se_cost.measure.models.metering import moved, training

__all__ = ["moved", "trace"]


def trace(network: nn.Module, x: Tensor) -> Traffic:
    """Return what a forward and a backward pass move, and what the first keeps for the second."""
    return total(training(network, (x,)).values())
