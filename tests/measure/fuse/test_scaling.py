"""A convolution that takes the factor of its input, for every way to group its channels."""

import pytest
import torch
from torch import nn

from measure.fuse.nets import EXACT, difference, images
from se_cost.measure.fuse.factor import MeanFactor
from se_cost.measure.fuse.scaling import ConvOfScaled, Factored


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize(("c_out", "groups"), [(8, 1), (8, 8), (16, 8), (4, 4), (8, 2), (1, 1)])
def test_columns_of_weights_are_scaled(c_out: int, groups: int, batch: int) -> None:
    """One output or several of a group, of one channel or several."""
    factor = MeanFactor({"fc": nn.Linear(8, 8)})
    conv = nn.Conv2d(8, c_out, 3, padding=1, groups=groups)
    scaled = ConvOfScaled(Factored(None, factor), conv).double()
    x = images(batch, 8, 5, 5)
    with torch.inference_mode():
        assert difference(scaled(x), conv(x * factor(x))) < EXACT


def test_the_factor_comes_before_the_convolution() -> None:
    """The caches still hold the map that both read."""
    order: list[nn.Module] = []
    parts = (nn.Conv2d(8, 8, 1), MeanFactor({"fc": nn.Linear(8, 8)}))
    for part in parts:
        part.register_forward_hook(lambda module, *_: order.append(module))
    x = images(1, 8, 5, 5).float()
    u, factor = Factored(*parts)(x)
    assert order == [*reversed(parts)]
    assert u.equal(parts[0](x))
    assert factor.equal(parts[1](x))
