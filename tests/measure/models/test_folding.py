"""Folded networks: the same function with fewer layers."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from se_cost.measure.models.folding import fold
from se_cost.measure.models.module import module
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import build


class NormAct(nn.BatchNorm2d):
    """A norm that holds its activation."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the activated map."""
        return functional.relu(super().forward(x))


class Standardised(nn.Conv2d):
    """A convolution of weights without a mean."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the map."""
        weight = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
        return functional.conv2d(x, weight, self.bias)


def lived_in(network: nn.Module) -> nn.Module:
    """Return a network in eval mode and float64 whose norms have statistics that do something."""
    torch.manual_seed(0)
    network = network.double().eval()
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            for values in (part.running_mean, part.bias):
                assert values is not None
                nn.init.uniform_(values, -0.5, 0.5)
            for values in (part.running_var, part.weight):
                assert values is not None
                nn.init.uniform_(values, 0.5, 1.5)
    return network


def norms(network: nn.Module) -> int:
    """Return how many batch norms a network has."""
    return sum(isinstance(part, nn.BatchNorm2d) for part in network.modules())


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("resnet18", 20, 0),
        ("se_resnet18", 20, 0),
        ("densenet121", 121, 121 - 59),  # folded: the stem's, and the second of each of 58 layers
        ("resnet164_cifar", 163, 163 - 108),  # folded: the second and third of each of 54 blocks
        ("dcgan", 4, 0),  # all after transposed convolutions
    ],
)
def test_folded_is_the_same_function(name: str, before: int, after: int) -> None:
    """The output stays, and only norms with no convolution directly before them do."""
    network = lived_in(module(build(model(name))))
    channels, height, width = model(name).input
    x = torch.randn(2, channels, min(height, 64), min(width, 64), dtype=torch.float64)
    paths = [path for path, _ in network.named_modules()]
    with torch.no_grad():
        expected = network(x)
        assert norms(network) == before
        fold(network)
        assert norms(network) == after
        torch.testing.assert_close(network(x), expected)
    assert [path for path, _ in network.named_modules()] == paths


@pytest.mark.parametrize(
    ("conv", "norm"),
    [
        (nn.Conv2d(4, 6, 1), NormAct(6)),
        (Standardised(4, 6, 1), nn.BatchNorm2d(6)),
        (nn.ConvTranspose2d(4, 6, 1, groups=2), nn.BatchNorm2d(6)),
        (nn.Conv2d(4, 6, 1), nn.BatchNorm2d(6, track_running_stats=False)),
    ],
    ids=lambda part: type(part).__name__,
)
def test_what_does_more_is_left_alone(conv: nn.Module, norm: nn.Module) -> None:
    """Layers of others, and norms of the batch at hand, are the same function in the end."""
    network = nn.Sequential(conv, norm).double().eval()
    if norm.running_mean is not None:
        lived_in(network)
    x = torch.randn(2, 4, 5, 5, dtype=torch.float64)
    with torch.no_grad():
        expected = network(x)
        fold(network)
        torch.testing.assert_close(network(x), expected)
    assert network[1] is norm
