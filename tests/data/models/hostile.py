"""Factories that do what no factory should, for tests of what is ours."""

import contextlib
import os
import random
import subprocess
import sys
import time
from typing import Any

import torch
from torch import Tensor, nn


class Tiny(nn.Module):
    """An SE block after a convolution: 2 · 8 · 2 weights and 10 biases."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.reduce, self.expand = nn.Linear(8, 2), nn.Linear(2, 8)

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated map."""
        x = self.conv(x)
        s = self.expand(torch.relu(self.reduce(x.mean((2, 3)))))
        return x * torch.sigmoid(s)[:, :, None, None]


def prints() -> nn.Module:
    """Print by Python, by the system, and by another process."""
    print("by print")  # noqa: T201
    os.write(1, b"by the system\n")
    subprocess.run([sys.executable, "-c", "print('by a process')"], check=True)
    return Tiny()


def exits() -> nn.Module:
    """End the program."""
    sys.exit("no more")


def raises() -> nn.Module:
    """Raise what is no Exception."""
    raise GeneratorExit("odd")


def loops() -> nn.Module:
    """Never come back."""
    while True:
        pass


def catches() -> nn.Module:
    """Never come back, whatever error would end it."""
    while True:
        with contextlib.suppress(Exception):
            time.sleep(60)


def catches_all() -> nn.Module:
    """Never come back, whatever would end it."""
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(60)


def forks() -> nn.Module:
    """Make a copy of the process, which goes on beside it."""
    os.fork()
    return Tiny()


def changes() -> nn.Module:
    """Change all that a program shares."""
    os.chdir("/")
    random.seed(1)
    torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(torch.get_num_threads() + 1)
    torch.set_grad_enabled(False)
    return Tiny().to(torch.float32)


def moves() -> nn.Module:
    """Change the device on which tensors are made."""
    net = Tiny()
    torch.set_default_device("meta")
    return net


def moves_to_the_cpu() -> nn.Module:
    """Change the device on which tensors are made, the network's own too."""
    torch.set_default_device("cpu")
    return Tiny()


class Rude(Tiny):
    """Does as some factory does whenever it runs."""

    def __init__(self, like: str) -> None:
        super().__init__()
        self.like = like

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated map, after all."""
        rude: Any = globals()[self.like]
        rude()
        return super().forward(x)
