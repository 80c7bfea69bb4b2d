"""FCN-ResNet-50 against torchvision's figures and the network that it grew from."""

import pytest

from se_cost.ledger.costs import costs
from se_cost.ledger.rows import Ledger
from se_cost.ledger.walk import ledger
from se_cost.nets.attention.place import RESIDUAL_PLACES, Place
from se_cost.nets.model import StrideIn
from se_cost.nets.nodes import Add, Conv, Node, Seq
from se_cost.nets.zoo.fcn import pixels
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import build

MAP = (1024, 65, 65)  # of stage 4, which the auxiliary head reads, at 520x520


def torchvisions() -> tuple[Ledger, Ledger]:
    """Return our network and its auxiliary head, as torchvision measures them."""
    ours = model("fcn_resnet50", input=520, stride_in=StrideIn.CONV3X3)
    return ledger(build(ours), ours.input), ledger(pixels(MAP[0], 21), MAP)


def test_torchvision_params() -> None:
    """FCN_ResNet50_Weights: 35,322,218 parameters, with the auxiliary head that we leave out."""
    network, auxiliary = torchvisions()
    assert network.params + auxiliary.params == 35_322_218


def test_torchvision_macs() -> None:
    """FCN_ResNet50_Weights: 152.717 GMACs, with the auxiliary head."""
    network, auxiliary = torchvisions()
    assert round((network.macs + auxiliary.macs) / 1e9, 3) == 152.717


def test_attention_is_that_of_resnet50() -> None:
    """The trunk has the blocks of ResNet-50, so SE adds its 2,530,992 parameters."""
    both = costs(model("se_fcn_resnet50"))
    assert both.attention.params == 2_530_992
    sites = [(site.stage, site.blocks, site.channels) for site in both.stages]
    assert sites == [(2, 3, [256]), (3, 4, [512]), (4, 6, [1024]), (5, 3, [2048])]


@pytest.mark.parametrize("place", RESIDUAL_PLACES)
def test_every_place_has_16_blocks(place: Place) -> None:
    """Each block of the trunk has one gate at any of the places."""
    both = costs(model("se_fcn_resnet50", place=place))
    assert sum(row.op == "scale" for row in both.attention.rows) == 16


def test_maps_stay_at_an_eighth() -> None:
    """Stages 3 to 5 work at 1/8 of the input, and the labels are of its size."""
    rows = costs(model("fcn_resnet50")).network.rows
    sums = {(row.stage, row.output[1:]) for row in rows if row.op == "add"}
    assert sums == {(2, (128, 128)), (3, (64, 64)), (4, (64, 64)), (5, (64, 64))}
    assert rows[-1].output == (21, 512, 512)


def test_dilations() -> None:
    """As in torchvision, the first block of a stage is dilated as the stage before."""
    stages = dict(build(model("fcn_resnet50")).children)
    found = {name: dilations(stages[name]) for name in ("stage3", "stage4", "stage5")}
    assert found == {"stage3": [1] * 4, "stage4": [1, 2, 2, 2, 2, 2], "stage5": [2, 4, 4]}


def dilations(node: Node) -> list[int]:
    """Return the dilations of the 3x3 convolutions in a part."""
    match node:
        case Conv(kernel=(3, 3), dilation=(dilation, _)):
            return [dilation]
        case Seq(children) | Add(children):
            return [found for _, child in children for found in dilations(child)]
        case _:
            return []
