"""Forwards of others that are odd: read with care, or left alone with the reason."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from measure.fuse.foreign import ConvSE, Stemmed
from measure.fuse.nets import fused, images, lived_in
from se_cost.measure.fuse.record import ScaleForm, SqueezeForm


class Branching(nn.Module):
    """A block whose forward depends on what it sees."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(16, 16, 1)
        self.se = ConvSE(16)

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        u = self.conv(x)
        return self.se(u) + x if u.sum() > 0 else self.se(u) - x  # type: ignore[no-any-return]


def test_forward_that_cannot_be_read() -> None:
    """A gate in a forward that cannot be traced is left as it was, with the reason."""
    network = lived_in(Stemmed(Branching()))
    result = fused(network, images(2, 3, 32, 32))
    (block,) = result.blocks
    assert not block.fused
    for reason in (block.squeeze_reason, block.scale_reason):
        assert reason.startswith("layers.0 is left as it is: its forward cannot be traced")
    assert isinstance(result.module.get_submodule("layers.0.se"), ConvSE)


class Read(nn.Module):
    """A block that uses the map before the gate once more."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(16, 16, 1)
        self.se = ConvSE(16)

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        u = self.conv(x)
        return self.se(u) + u  # type: ignore[no-any-return]


def test_map_that_is_read_twice() -> None:
    """A map that the sum reads, too, is not overwritten."""
    result = fused(lived_in(Stemmed(Read())), images(2, 3, 32, 32))
    (block,) = result.blocks
    assert (block.squeeze, block.scale) == (SqueezeForm.KEPT, ScaleForm.ADDCMUL)


class Multiplying(nn.Module):
    """A block whose product is written over its map."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(16, 16, 3, padding=1)
        self.fc = nn.Conv2d(16, 16, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        u = self.conv(x)
        u *= torch.sigmoid(self.fc(functional.adaptive_avg_pool2d(u, 1)))
        x = x + u
        return functional.relu_(x)


def test_product_that_is_written_over_the_map() -> None:
    """`u *= factor` is the same gate."""
    result = fused(lived_in(Stemmed(Multiplying())), images(2, 3, 32, 32))
    assert [(block.kind, block.scale) for block in result.blocks] == [("ese", ScaleForm.ADDCMUL)]


class Twice(nn.Module):
    """Two maps through one gate."""

    def __init__(self) -> None:
        super().__init__()
        self.one = nn.Conv2d(16, 16, 1)
        self.two = nn.Conv2d(16, 16, 1)
        self.se = ConvSE(16)

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        return self.se(self.one(x)) + self.se(self.two(x))  # type: ignore[no-any-return]


def test_gate_that_is_used_twice() -> None:
    """A gate of two maps is left as it is."""
    result = fused(lived_in(Stemmed(Twice())), images(2, 3, 32, 32))
    assert result.blocks == ()
    assert "used exactly once" in result.unread["layers.0.se"]


class Collecting(nn.Module):
    """Calls the parts of a sequence one by one, and keeps what is between them."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.Sequential(nn.Conv2d(3, 16, 1), ConvSE(16), nn.Conv2d(16, 4, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Return the last map, with the sum of all before it."""
        total = x.new_zeros(())
        for part in self.parts:
            x = part(x)
            total = total + x.mean()
        return x + total


def test_sequence_whose_parts_are_called_one_by_one() -> None:
    """What happens between the parts stays as it was."""
    result = fused(lived_in(Collecting()), images(2, 3, 8, 8))
    assert [block.fused for block in result.blocks] == [False]


class Swish(nn.Module):
    """A product of a map with a function of it that is no attention."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the activation."""
        return x * torch.sigmoid(x)


def test_activations_are_no_attention() -> None:
    """A product without weights is not listed."""
    network = lived_in(nn.Sequential(nn.Conv2d(3, 8, 1), Swish(), ConvSE(8)))
    assert [block.path for block in fused(network, images(1, 3, 8, 8)).blocks] == ["2"]


class Overwriting(nn.Module):
    """Its activation overwrites what the shortcut reads."""

    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(16, 16, 1)
        self.se = ConvSE(16)

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        return self.se(self.conv(self.relu(x))) + x  # type: ignore[no-any-return]


def test_order_of_overwriting_is_kept() -> None:
    """A forward in which the order of its parts matters is left as it is."""
    result = fused(lived_in(Stemmed(Overwriting())), images(2, 3, 32, 32))
    assert "overwrites a map that others read" in result.unread["layers.0"]
