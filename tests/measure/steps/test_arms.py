"""The network of an arm: as its model says, or fused for what is run."""

from pathlib import Path

import pytest
import torch
from torch import nn

from se_cost.errors import MeasurementError
from se_cost.measure.fuse.products import ProductOfScaled
from se_cost.measure.fuse.scaling import ConvOfScaled
from se_cost.measure.fuse.sums import ProductSum, ScaledSum
from se_cost.measure.fuse.training.blocks import TrainedGate
from se_cost.measure.models.costs import resolved, to_be_timed
from se_cost.measure.models.layers import Gated
from se_cost.measure.steps.arms import built
from se_cost.measure.steps.steps import data
from se_cost.measure.timing.arms import (
    BASELINE,
    FUSED,
    IN_PLACE,
    NETWORK,
    fusing,
    two,
    with_fused,
    with_in_place,
)
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model

NETS = Path(__file__).parents[2] / "data" / "models" / "nets.py"
CPU = torch.device("cpu")
BASIC = model("se_resnet18", input=32)
BOTTLENECK = model("resnet164_cifar", attention="se", input=8)
WORDS = (Gated, ScaledSum, ProductSum, ConvOfScaled, ProductOfScaled, TrainedGate)


def words(arm: str, net: Model, settings: Settings) -> set[type[nn.Module]]:
    """Return which of the words that matter the network of an arm is made of."""
    network = built(arm, net, fusing(settings), data(net, settings, CPU).images)
    return {type(part) for part in network.modules() if type(part) in WORDS}


@pytest.mark.parametrize(
    ("arm", "net", "mode", "expected"),
    [
        (NETWORK, BASIC, Mode.INFER, Gated),
        (FUSED, BASIC, Mode.INFER, ScaledSum),
        (FUSED, BASIC, Mode.TRAIN, TrainedGate),
        ("fused_addcmul", BOTTLENECK, Mode.INFER, ScaledSum),
        ("fused_product", BOTTLENECK, Mode.INFER, ProductSum),
    ],
)
def test_built(arm: str, net: Model, mode: Mode, expected: type[nn.Module]) -> None:
    """Fused for inference, in the form that is asked for, or for training."""
    assert words(arm, net, Settings(device="cpu", mode=mode, batch=2)) == {expected}


def test_norms_of_others_are_folded_in_every_arm() -> None:
    """Wherever a forward calls them; without being asked for, they stay."""
    net = to_be_timed(resolved(Imported(spec=f"{NETS}:Net", input=(3, 32, 32))))
    settings = fusing(Settings(device="cpu"))
    images = data(net, settings, CPU).images
    arms = with_in_place(with_fused(two(net), net))
    left = {
        arm: sum(isinstance(part, nn.BatchNorm2d) for part in network.modules())
        for arm, model in arms.items()
        for network in [built(arm, model, settings, images)]
    }
    assert left == dict.fromkeys((BASELINE, NETWORK, FUSED, IN_PLACE), 0)
    usual = built(NETWORK, net, Settings(device="cpu"), images)
    assert any(isinstance(part, nn.BatchNorm2d) for part in usual.modules())


def test_nothing_to_fuse() -> None:
    """A network that stays as it is would be timed against itself."""
    net = model("resnet18", attention="simam", input=32)
    with pytest.raises(MeasurementError, match="no block that can be fused"):
        words(FUSED, net, Settings(device="cpu", mode=Mode.TRAIN, batch=2))
    yours = resolved(Imported(spec=f"{NETS}:Net", input=(3, 32, 32)))
    with pytest.raises(MeasurementError, match="only attention of our own networks is exchanged"):
        words(FUSED, yours, Settings(device="cpu", mode=Mode.TRAIN, batch=2))
