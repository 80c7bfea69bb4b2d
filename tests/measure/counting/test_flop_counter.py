"""FlopCounterMode, forward and backward."""

from se_cost.measure.counting.flop_counter import torch_count
from se_cost.nets.zoo.model import model


def test_backward_is_counted_truly() -> None:
    """The backward pass of ResNet-50 makes 2.97 times the forward in all, not 3 (`counting.md`)."""
    counted = torch_count(model("resnet50"), backward=True)
    assert counted.backward is not None
    assert round((counted.forward + counted.backward) / counted.forward, 2) == 2.97
