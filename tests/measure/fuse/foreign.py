"""Networks as others write them: the shapes in which SE is found on the web."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

Gate = Callable[[int], nn.Module]


class ConvSE(nn.Module):
    """SE with 1x1 convolutions for its FCs, the product written backwards."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, channels // 2, 1)
        self.activation = nn.ReLU()
        self.fc2 = nn.Conv2d(channels // 2, channels, 1)
        self.scale_activation = nn.Hardsigmoid()

    def _scale(self, x: Tensor) -> Tensor:
        factor = self.activation(self.fc1(self.avgpool(x)))
        return self.scale_activation(self.fc2(factor))  # type: ignore[no-any-return]

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated map."""
        gated: Tensor = self._scale(x) * x
        return gated


class ViewSE(nn.Module):
    """SE with linear layers, views, and a factor that is expanded by hand."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(channels, channels // 2, bias=False),
            nn.ReLU(inplace=True),
            nn.Linear(channels // 2, channels, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated map."""
        b, c, _, _ = x.size()
        y = self.avg_pool(x).view(b, c)
        y = self.fc(y).view(b, c, 1, 1)
        gated: Tensor = x * y.expand_as(x)
        return gated


class MeanSE(nn.Module):
    """SE with a mean for its squeeze and a function for its gate."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, 4, 1)
        self.bn = nn.Identity()
        self.act = nn.ReLU(inplace=True)
        self.fc2 = nn.Conv2d(4, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated map."""
        squeezed = x.mean((2, 3), keepdim=True)
        excited = self.fc2(self.act(self.bn(self.fc1(squeezed))))
        gated: Tensor = x * torch.sigmoid(excited)
        return gated


class Efficient(nn.Module):
    """ECA with a one-dimensional convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.conv = nn.Conv1d(1, 1, kernel_size=3, padding=1, bias=False)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated map."""
        y = self.avg_pool(x)
        y = self.conv(y.squeeze(-1).transpose(-1, -2)).transpose(-1, -2).unsqueeze(-1)
        gated: Tensor = x * self.sigmoid(y).expand_as(x)
        return gated


class Spatial(nn.Module):
    """A gate of another form: the factor is one number for a pixel, of the mean and the maximum."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 1, 7, padding=3)

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated map."""
        both = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)
        return x * torch.sigmoid(self.conv(both))


class DropPath(nn.Module):
    """Drops paths in training, does nothing in inference."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the map."""
        if not self.training:
            return x
        return x * torch.bernoulli(x.new_full((x.shape[0], 1, 1, 1), 0.9))


class Bottleneck(nn.Module):
    """A bottleneck with its gate before the sum."""

    def __init__(self, channels: int, width: int, gate: Gate, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU(inplace=True)
        self.se = gate(4 * width)
        self.drop_path = DropPath()
        self.downsample: nn.Module | None = None
        if stride > 1 or channels != 4 * width:
            self.downsample = nn.Sequential(
                nn.Conv2d(channels, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width)
            )

    def forward(self, x: Tensor) -> Tensor:
        """Return the block's map."""
        residual = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.drop_path(self.se(self.bn3(self.conv3(out))))
        if self.downsample is not None:
            residual = self.downsample(x)
        out += residual
        return self.relu(out)  # type: ignore[no-any-return]


class NormAct(nn.BatchNorm2d):
    """A norm with its activation."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.drop = nn.Identity()
        self.act = nn.SiLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """Return the activated map."""
        x = functional.batch_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.1, self.eps
        )
        return self.act(self.drop(x))  # type: ignore[no-any-return]


class NormedSE(nn.Module):
    """SE with a norm between its FCs."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, 8, 1)
        self.bn = NormAct(8)
        self.fc2 = nn.Conv2d(8, channels, 1)
        self.gate = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated map."""
        gated: Tensor = x * self.gate(self.fc2(self.bn(self.fc1(x.mean((2, 3), keepdim=True)))))
        return gated


class InlineBlock(nn.Module):
    """A pre-activated block with SE written into its forward."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.fc1 = nn.Conv2d(channels, 4, kernel_size=1)
        self.fc2 = nn.Conv2d(4, channels, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the block's map."""
        out = functional.relu(self.bn1(x))
        out = self.conv1(out)
        out = self.conv2(functional.relu(self.bn2(out)))
        w = functional.avg_pool2d(out, out.size(2))
        w = functional.relu(self.fc1(w))
        w = torch.sigmoid(self.fc2(w))
        out = out * w
        out += x
        return out  # type: ignore[no-any-return]


class Inverted(nn.Module):
    """An inverted residual whose layers are one sequence, SE before the projection."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        wide = 4 * channels
        self.block = nn.Sequential(
            nn.Sequential(nn.Conv2d(channels, wide, 1), nn.BatchNorm2d(wide), nn.Hardswish()),
            nn.Sequential(
                nn.Conv2d(wide, wide, 3, padding=1, groups=wide),
                nn.BatchNorm2d(wide),
                nn.Hardswish(inplace=True),
            ),
            ConvSE(wide),
            nn.Sequential(nn.Conv2d(wide, channels, 1), nn.BatchNorm2d(channels)),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the block's map."""
        result = self.block(x)
        result += x
        return result  # type: ignore[no-any-return]


class Stemmed(nn.Module):
    """A network of some blocks, with stem and classifier."""

    def __init__(self, *blocks: nn.Module, channels: int = 16, features: int = 16) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, channels, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layers = nn.Sequential(*blocks)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(features, 5)

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores."""
        x = self.maxpool(functional.relu(self.bn1(self.conv1(x))))
        x = self.avgpool(self.layers(x))
        x = torch.flatten(x, 1)
        return self.fc(x)  # type: ignore[no-any-return]
