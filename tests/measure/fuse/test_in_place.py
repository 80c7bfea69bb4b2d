"""The network as it was, with its sums in place: the same function, and nothing lost."""

import pytest
import torch
from torch import nn

from measure.fuse.nets import EXACT, built, difference, images
from se_cost.measure.fuse.in_place import SumInPlace, summed_in_place
from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import SE
from se_cost.nets.model import StrideIn
from se_cost.nets.nodes import RELU, add, conv, seq
from se_cost.nets.zoo import cifar_blocks, resnet

SLOT = Slot(SE(stage=2, r=4), Place.STANDARD)
BLOCKS = seq(
    first=resnet.block(16, 8, 32, 1, SLOT, StrideIn.CONV1X1),
    second=resnet.block(32, 8, 32, 1, SLOT, StrideIn.CONV1X1),
    preactivated=cifar_blocks.preactivated_bottleneck(32, 32, 1, SLOT),
)


def sums(network: nn.Module) -> list[nn.Module]:
    """Return the sums that are in place."""
    return [part for part in network.modules() if isinstance(part, SumInPlace)]


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
def test_same_function(layout: str) -> None:
    """With and without autograd, twice over: no map that is read again is overwritten."""
    network, x = built(BLOCKS, layout), images(2, 16, 8, 8, layout=layout)
    result = summed_in_place(network, x)
    assert len(sums(result)) == 3
    kept = x.clone(memory_format=torch.preserve_format)
    for grad in (False, False, True):
        with torch.set_grad_enabled(grad):
            assert difference(result(x), network(x)) < EXACT
    assert torch.equal(x, kept)


def test_it_is_in_place() -> None:
    """The sum lies in the memory of the branch."""
    network = built(BLOCKS)
    (first, *_) = sums(summed_in_place(network, images(1, 16, 8, 8)))
    assert isinstance(first, SumInPlace)
    written = []
    first[first.over].register_forward_hook(lambda *args: written.append(args[2].data_ptr()))
    with torch.no_grad():
        output = first(images(1, 16, 8, 8))
    assert written == [output.data_ptr()]


def test_what_others_read_stays() -> None:
    """A part that hands on the input, or ends in an operator in place on it, is not overwritten."""
    network = seq(conv=conv(4, 4, 3), sum=add(one=seq(), other=seq(relu=RELU)))
    module, x = built(network), images(1, 4, 8, 8)
    result = summed_in_place(module, x)
    with torch.no_grad():
        assert difference(result(x), module(x)) < EXACT
    assert all(isinstance(part, SumInPlace) and part.over != "one" for part in sums(result))
