"""A small residual network with a gate of its own, as the README shows it."""

import torch
from torch import Tensor, nn


class Block(nn.Module):
    """A residual block, whose channels are weighed by what is in them."""

    def __init__(self, channels: int, r: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.down = nn.Linear(channels, channels // r)
        self.up = nn.Linear(channels // r, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum of the input and the gated branch."""
        y = self.norm(self.conv(x))
        s = self.up(torch.relu(self.down(y.mean((2, 3)))))
        return torch.relu(x + y * torch.sigmoid(s)[:, :, None, None])


class Net(nn.Sequential):
    """Four blocks, each at half the size of the one before it."""

    def __init__(self, r: int = 16) -> None:
        layers: list[nn.Module] = []
        for last, channels in ((3, 64), (64, 128), (128, 256), (256, 512)):
            layers += [nn.Conv2d(last, channels, 3, stride=2, padding=1), Block(channels, r)]
        super().__init__(*layers)
