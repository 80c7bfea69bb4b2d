"""Attention taken out of modules of every spelling: what is left is exactly the rest."""

# mypy: disable-error-code="no-any-return, operator"

from typing import Any

import pytest
import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from se_cost.errors import MeasurementError
from se_cost.ledger.gates.find import find
from se_cost.measure.models.found import FoundAttention
from se_cost.measure.models.graphs import ByMode
from se_cost.measure.models.removal import way_out
from se_cost.measure.models.strip import HandOn, strip
from se_cost.measure.models.tracing import images, trace
from se_cost.nets.imported import Removal

SHAPE = (8, 12, 12)
ONE = 1e9  # a bias whose sigmoid is exactly one


class Gate(nn.Module):
    """The factors of an SE block, which are one if `open`."""

    def __init__(self) -> None:
        super().__init__()
        self.reduce = nn.Linear(8, 4)
        self.expand = nn.Linear(4, 8)

    def forward(self, x: Tensor) -> Tensor:
        """Return a factor for each channel."""
        s = self.expand(torch.relu(self.reduce(x.mean((2, 3)))))
        return torch.sigmoid(s)[:, :, None, None]


class Own(Gate):
    """An SE block of its own."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated map."""
        return x * super().forward(x)


class Written(Gate):
    """An SE block that changes its map."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated map."""
        x *= super().forward(x)
        return x


class Base(nn.Module):
    """Two convolutions, and a gate of some kind."""

    def __init__(self, gate: type[nn.Module] = Gate) -> None:
        super().__init__()
        self.one = nn.Conv2d(8, 8, 3, padding=1)
        self.two = nn.Conv2d(8, 8, 3, padding=1)
        self.gate = gate()


class Usual(Base):
    """A module in its place."""

    def __init__(self) -> None:
        super().__init__(Own)

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        y: Tensor = self.gate(self.one(x))
        return y + self.two(x)


class InPlace(Base):
    """A module that changes its map, after which others do."""

    def __init__(self) -> None:
        super().__init__(Written)

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        y: Tensor = self.gate(self.one(x))
        return self.two(y.relu_())


class Summed(Base):
    """What the gate returns is changed, while what it got is still needed backwards."""

    def __init__(self) -> None:
        super().__init__(Own)

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        y = self.one(x)
        z: Tensor = self.gate(y)
        z += self.two(y)
        return z


class ReadLater(Base):
    """What the gate returns is changed before what it got is read again."""

    def __init__(self) -> None:
        super().__init__(Own)

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        y = self.one(x)
        z: Tensor = self.gate(y)
        z.add_(1)
        return z + self.two(y)


class Inline(Base):
    """The product stands among other layers."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        y = self.one(x)
        return self.gate(y) * y + self.two(x)


class Enlarged(Base):
    """The factors come from a smaller map, which is enlarged by several operators."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        y = self.one(x)
        s = torch.sigmoid(self.two(functional.avg_pool2d(x, 2)))
        return y * functional.interpolate(s, size=y.shape[-2:], mode="nearest")


class Dropped(Base):
    """It drops values in training alone, and asks itself whether it trains."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        y = self.one(x)
        y = y * self.gate(y)
        return functional.dropout(self.two(y), 0.5, self.training)


class Random(Base):
    """The gate drops values and normalises, which a graph keeps unless it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(8)

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        y = self.one(x)
        s = functional.dropout(self.norm(y.mean((2, 3))), 0.1, self.training)
        s = torch.sigmoid(self.gate.expand(torch.relu_(self.gate.reduce(s))))
        return self.two(y * s[:, :, None, None])


class Told(Base):
    """Its arguments are no tensors alone, and it decides by them."""

    def forward(self, x: Tensor, rate: float = 0.0, name: str = "", skip: bool = True) -> Tensor:
        """Return a map."""
        y = self.one(x)
        y = y * self.gate(y)
        if rate:
            y = self.two(y) * rate
        return y + x if skip and name == "told" else y


class Telling(nn.Module):
    """Calls one that must be told."""

    def __init__(self) -> None:
        super().__init__()
        self.part = Told()

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        y: Tensor = self.part(x, 0.25, name="told")
        return y


class AtOnce(Base):
    """Sum and product are one operator."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        y = self.one(x)
        return torch.addcmul(self.two(x), y, self.gate(y))


class Within(nn.Module):
    """A product in a module of its own, whose factors are made outside of it."""

    def forward(self, x: Tensor, s: Tensor) -> Tensor:
        """Return the product."""
        return x * s


class Apart(Base):
    """The product is a module, and the factors are another."""

    def __init__(self) -> None:
        super().__init__()
        self.product = Within()

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        y = self.one(x)
        z: Tensor = self.product(y, self.gate(y))
        return self.two(z)


class Handed(Base):
    """One gate is called for two maps, and hands its state from one to the other."""

    def __init__(self) -> None:
        super().__init__(Stateful)

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        y, state = self.gate(self.one(x))
        y, _ = self.gate(self.two(y), state)
        return torch.relu(y)


class Stateful(Gate):
    """A gate with a state."""

    def forward(self, x: Tensor, state: Tensor | None = None) -> Any:
        """Return the gated map, and the state for the next."""
        s = x.mean((2, 3))
        s = torch.sigmoid(self.expand(torch.relu(self.reduce(s if state is None else s + state))))
        return x * s[:, :, None, None], s


class Deciding(Base):
    """It decides by a number, so that no graph holds it."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a map."""
        y = self.one(x)
        return y * self.gate(y) if y.sum().item() < 1e9 else y


def found(network: nn.Module) -> FoundAttention:
    """Return what is found in a network."""
    inputs = images(network, [SHAPE])
    seen = trace(network.eval(), inputs)
    return FoundAttention(inputs, seen, tuple(block for block in find(seen) if block.counted))


def opened(network: nn.Module) -> nn.Module:
    """Let every factor be one."""
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if name.endswith("expand.bias"):
                parameter.fill_(ONE)
    return network


MODULE, REWRITE, EXPORT = Removal


@pytest.mark.parametrize(
    ("made", "way", "params"),
    [
        (Usual, MODULE, 76),
        (InPlace, MODULE, 76),
        (Summed, EXPORT, 76),
        (ReadLater, EXPORT, 76),
        (Inline, REWRITE, 76),
        (Dropped, REWRITE, 76),
        (Random, REWRITE, 76 + 16),
        (Telling, REWRITE, 76),
        (AtOnce, REWRITE, 76),
        (Apart, EXPORT, 76),
        (Handed, EXPORT, 76),
    ],
)
def test_what_is_left_is_the_original_with_factors_of_one(
    made: type[nn.Module], way: Removal, params: int
) -> None:
    """In the cleanest way that there is; and it trains, with a gradient for all that is left."""
    torch.manual_seed(0)
    network = opened(made().double().eval())
    whole = found(network)
    assert sum(block.params for block in whole.blocks) == params
    assert way_out(network, whole) is way
    size = sum(p.numel() for p in network.parameters())
    x = torch.randn(3, *SHAPE, dtype=torch.float64)
    expected = network(x.clone())
    plain = strip(network, whole, whole.blocks, way)
    assert sum(p.numel() for p in plain.parameters()) == size - params
    assert torch.equal(plain(x.clone()), expected)
    plain.train()(x.clone()).square().mean().backward()
    assert all(p.grad is not None for p in plain.parameters())


def test_factors_that_are_enlarged() -> None:
    """Several products stand in one call, and one of them is the gate."""
    network = Enlarged()
    whole = found(network)
    assert way_out(network, whole) is REWRITE
    x = torch.randn(2, *SHAPE)
    expected = network.one(x)
    plain = strip(network, whole, whole.blocks, REWRITE)
    assert torch.equal(plain(x), expected)
    assert [name for name, _ in plain.named_children()] == ["one", "unread"]
    assert sum(p.numel() for p in plain.parameters()) == whole.seen.params - whole.blocks[0].params


@pytest.mark.parametrize("way", [REWRITE, EXPORT])
def test_both_arms_are_of_one_kind(way: Removal) -> None:
    """The network that keeps its attention runs as the same graph, and computes the same."""
    network = Inline().double().eval()
    whole = found(network)
    x = torch.randn(2, *SHAPE, dtype=torch.float64)
    expected = network(x)
    kept = strip(network, whole, (), way)
    assert isinstance(kept, fx.GraphModule)
    torch.testing.assert_close(kept(x), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("way", [REWRITE, EXPORT])
def test_a_graph_knows_whether_it_trains(way: Removal) -> None:
    """Values are dropped in training, and none in evaluation."""
    plain = strip(Dropped(), found(Dropped()), found(Dropped()).blocks, way)
    assert isinstance(plain, ByMode)
    x = torch.randn(1, *SHAPE)
    assert 0.3 < (plain.train()(x) == 0).float().mean() < 0.7
    assert not (plain.eval()(x) == 0).any()


def test_arguments_that_are_no_tensors_are_those_of_the_call() -> None:
    """The branch that ran is the one that is left, and the module is called as before."""
    network = Telling()
    one, two = network.part.one, network.part.two
    whole = found(network)
    x = torch.randn(2, *SHAPE)
    plain = strip(network, whole, whole.blocks, REWRITE)
    assert torch.equal(plain(x), two(one(x)) * 0.25 + x)


def test_some_blocks_alone() -> None:
    """The others keep their module."""
    network = nn.Sequential(Own(), nn.Conv2d(8, 8, 1), Own())
    whole = found(network)
    left = strip(network, whole, whole.blocks[1:], MODULE)
    assert isinstance(left[0], Own)  # type: ignore[index]
    assert isinstance(left[2], HandOn)  # type: ignore[index]


def test_a_module_that_is_no_attention_elsewhere() -> None:
    """It is called for what nothing gates, so it is not replaced."""

    class Reused(Base):
        def forward(self, x: Tensor) -> Tensor:
            y = self.one(x)
            return self.two(y * self.gate(y)) + self.gate.expand(x.mean((2, 3))[:, :4]).sum()

    network = Reused().eval()
    whole = found(network)
    assert way_out(network, whole) is REWRITE


def test_a_way_that_leaves_something_else_is_refused() -> None:
    """What is read later was changed: the numbers would be others, though the counts agree."""
    whole = found(ReadLater())
    with pytest.raises(MeasurementError, match="computes something else besides"):
        strip(ReadLater(), whole, whole.blocks, MODULE)


def test_what_cannot_be_taken_out_is_refused() -> None:
    """In one line with the place, and the reason of every way."""
    network = Deciding().eval()
    with pytest.raises(MeasurementError) as refused:
        way_out(network, found(network))
    said = str(refused.value)
    assert said.startswith("the attention in the model cannot be taken out: ")
    assert said.count("; ") == 1  # a module of its own; no graph, in either way
    assert "(test_removal.py:" in said


def test_the_network_stays_as_it_is() -> None:
    """Ways are tried on copies."""
    network = Inline().train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    way_out(network, found(network.eval()))
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert all(p.requires_grad and p.grad is None for p in network.parameters())
