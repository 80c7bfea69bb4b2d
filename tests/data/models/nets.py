"""Small networks as users write them, for tests of loading, finding and taking out attention."""

import os
import random
import time

import torch
from torch import Tensor, nn


class Excite(nn.Module):
    """An SE block as many people spell it."""

    def __init__(self, channels: int, r: int) -> None:
        super().__init__()
        self.reduce = nn.Linear(channels, channels // r)
        self.expand = nn.Linear(channels // r, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return x times its factors."""
        s = torch.sigmoid(self.expand(torch.relu(self.reduce(x.mean((2, 3))))))
        return x * s[:, :, None, None]


class Block(nn.Module):
    """A residual block with an attention of its own."""

    def __init__(self, channels: int, r: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm = nn.BatchNorm2d(channels)
        self.se = Excite(channels, r)

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum of the input and the gated branch."""
        return torch.relu(x + self.se(self.norm(self.conv(x))))


class Net(nn.Module):
    """Two blocks at two sizes: 2,680 parameters of attention at width 32 and r 4."""

    def __init__(self, width: int = 32, r: int = 4) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, stride=2, padding=1)
        self.one = Block(width, r)
        self.down = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.two = Block(2 * width, r)
        self.fc = nn.Linear(2 * width, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Return ten scores."""
        scores: Tensor = self.fc(self.two(self.down(self.one(self.stem(x)))).mean((2, 3)))
        return scores


class Inline(nn.Module):
    """A gate that is no module of its own: a convolution stands in the same forward."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.fc = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated result of the convolution."""
        x = self.conv(x)
        return x * torch.sigmoid(self.fc(x.mean((2, 3))))[:, :, None, None]


class Stubborn(Inline):
    """A gate in a forward that no graph can hold: it decides by a number."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated result of the convolution, of an image that is not empty."""
        if not x.abs().sum().item():
            return x
        return super().forward(x)


class BothWays(nn.Module):
    """Gates by channel and by position, summed or the larger of them, beside a convolution."""

    def __init__(self, largest: bool = False) -> None:
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, padding=1)
        self.fc = nn.Linear(8, 8)
        self.point = nn.Conv2d(8, 1, 1)
        self.largest = largest

    def forward(self, x: Tensor) -> Tensor:
        """Return the map that was gated both ways."""
        x = self.conv(x)
        channels = x * torch.sigmoid(self.fc(x.mean((2, 3))))[:, :, None, None]
        positions = x * torch.sigmoid(self.point(x))
        return torch.maximum(channels, positions) if self.largest else channels + positions


class Both(nn.Module):
    """A network with such a block."""

    def __init__(self, largest: bool = False) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.both = BothWays(largest)

    def forward(self, x: Tensor) -> Tensor:
        """Return eight numbers."""
        return self.both(self.stem(x)).mean((2, 3))  # type: ignore[no-any-return]


class Twice(Net):
    """The same with two blocks at one size."""

    def __init__(self, width: int = 32, r: int = 4) -> None:
        super().__init__(width, r)
        self.down = nn.Conv2d(width, 2 * width, 3, padding=1)


class Sized(Net):
    """A network that says which input it takes."""

    default_cfg = {"input_size": (3, 48, 48)}  # noqa: RUF012 - as libraries have it


class Checked(Net):
    """A network that reads a value in training, which needs a device that has some."""

    def forward(self, x: Tensor) -> Tensor:
        """Return ten scores, if they are numbers."""
        scores = super().forward(x)
        if self.training and not scores.isfinite().all():
            raise ValueError("the scores are no numbers")
        return scores


class Normed(Net):
    """A network that normalises its scores: one image has no variance to train with."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.BatchNorm1d(10)

    def forward(self, x: Tensor) -> Tensor:
        """Return ten scores."""
        scores: Tensor = self.scale(super().forward(x))
        return scores


class Plain(nn.Module):
    """No attention at all."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Return the map."""
        return torch.relu(self.conv(x))


class Broken(Net):
    """A network that cannot take what its own parts give."""

    def forward(self, x: Tensor) -> Tensor:
        """Fail in a submodule."""
        scores: Tensor = self.fc(self.stem(x))
        return scores


module = Plain()
number = 7


def needs(width: int) -> Net:
    """Return a network; its argument has no default."""
    return Net(width)


def listed() -> list[nn.Module]:
    """Return what is no module."""
    return [Net()]


def quits() -> nn.Module:
    """End the program."""
    raise SystemExit(5)


def fails() -> nn.Module:
    """Fail with a line to point at."""
    raise ValueError("no such\nwidth")


def sleeps() -> nn.Module:
    """Take longer than anybody waits."""
    time.sleep(60)
    return Net()


def rude() -> nn.Module:
    """Print, and change all that a program shares."""
    print("hello from the factory")  # noqa: T201
    os.chdir("/")
    random.seed(1)
    torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    net = Net()
    return net.to(torch.float32)


class Branch(nn.Module):
    """A residual branch of two convolutions, without attention."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum of the input and the branch."""
        y = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(self.norm2(self.conv2(y)) + x)


class Residual(nn.Module):
    """Two residual branches, of 8 and of 16 channels."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.one = Branch(8)
        self.down = nn.Conv2d(8, 16, 3, stride=2, padding=1)
        self.two = Branch(16)

    def forward(self, x: Tensor) -> Tensor:
        """Return the last map."""
        y: Tensor = self.two(self.down(self.one(self.stem(x))))
        return y


class Selective(nn.Module):
    """Two branches weighed by an attention over both, as in selective kernels."""

    def __init__(self, channels: int = 8) -> None:
        super().__init__()
        self.a = nn.Conv2d(channels, channels, 3, padding=1)
        self.b = nn.Conv2d(channels, channels, 3, padding=2, dilation=2)
        self.fc1 = nn.Linear(channels, 4)
        self.fc2 = nn.Linear(4, 2 * channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return the weighed sum of the branches."""
        both = torch.stack([self.a(x), self.b(x)], 1)
        s = self.fc2(torch.relu(self.fc1(both.sum(1).mean((2, 3)))))
        weights = torch.softmax(s.view(-1, 2, x.shape[1]), 1)
        return (both * weights[..., None, None]).sum(1)


class Selected(nn.Module):
    """A network whose attention stands among its convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.select = Selective()

    def forward(self, x: Tensor) -> Tensor:
        """Return the map."""
        y: Tensor = self.select(torch.relu(self.stem(x)))
        return y


class Two(nn.Module):
    """A network of a map and a vector, which returns a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.se = Excite(8, 2)
        self.fc = nn.Linear(5, 8)

    def forward(self, x: Tensor, vector: Tensor) -> dict[str, Tensor]:
        """Return a map, and which of its channels is the largest."""
        y = self.se(self.stem(x)) + self.fc(vector)[:, :, None, None]
        return {"map": y, "largest": y.argmax(1)}


class Talking(Net):
    """A network that prints whenever it runs."""

    def forward(self, x: Tensor) -> Tensor:
        """Return ten scores."""
        print("still here")  # noqa: T201
        return super().forward(x)


class Looked(nn.Module):
    """A network of an image and of words, whole numbers that are looked up in a table."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.words = nn.Embedding(5, 8)
        self.se = Excite(8, 2)

    def forward(self, x: Tensor, words: Tensor) -> Tensor:
        """Return a map."""
        y: Tensor = self.se(self.stem(x)) + self.words(words).mean(1)[:, :, None, None]
        return y


def two_inputs() -> tuple[Tensor, Tensor]:
    """Return a batch for a network of a map and a vector."""
    return torch.randn(2, 3, 16, 16), torch.randn(2, 5)


def two_by_name() -> dict[str, Tensor]:
    """Return the same by the names of the arguments."""
    x, vector = two_inputs()
    return {"vector": vector, "x": x}


def image_and_words() -> list[Tensor]:
    """Return a batch of three images, with two words each."""
    return [torch.randn(3, 3, 8, 8), torch.tensor([[0, 1], [2, 3], [4, 4]])]


def odd_inputs() -> str:
    """Return what no network takes."""
    return "nothing"
