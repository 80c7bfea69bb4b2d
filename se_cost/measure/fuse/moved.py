"""The bytes that a network moves and the operators that it runs, counted while it runs."""

from torch import Tensor, nn

from se_cost.ledger.traffic import total
from se_cost.measure.fuse.record import Movement
from se_cost.measure.models.metering import inference


def moved(network: nn.Module, images: Tensor) -> Movement:
    """Return what a network moves in eager inference of images (N, C, H, W)."""
    metered = total(inference(network, [images]).values())
    return Movement(metered.forward, metered.operators_forward)
