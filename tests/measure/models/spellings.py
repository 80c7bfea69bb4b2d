"""Small networks with attention in every spelling, and products that only look like it.

Each has one block on a map of 16 channels and 8x8 positions, unless its name says otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from se_cost.nets.nodes import Shape
from se_cost.record import Record

C, H = 16, 4  # channels of the map, and of the bottleneck
SE = 2 * C * H + H + C  # parameters of a bottleneck with biases


class Spelling(Record):
    """A network, and what must be found in it: the kinds of its blocks, and their parameters."""

    name: str
    make: Callable[[], nn.Module]
    kinds: tuple[str, ...] = ("se",)
    params: int = SE
    shape: Shape = (3, 8, 8)


class Net(nn.Module):
    """A block between two convolutions."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, C, 3, padding=1)
        self.block = block
        self.end = nn.Conv2d(C, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return two maps."""
        result: Tensor = self.end(self.block(self.stem(x)))
        return result


class Of(nn.Module):
    """A block as a function of its parts and of a map."""

    def __init__(self, function: Callable[..., Any], **parts: nn.Module) -> None:
        super().__init__()
        self.function = function
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, x: Tensor) -> Any:
        """Return what the function makes of the map."""
        return self.function(self, x)


def net(function: Callable[..., Any], **parts: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    """Return a maker of networks around a block."""
    return lambda: Net(Of(function, **{name: make() for name, make in parts.items()}))


def fcs(a: int = C, hidden: int = H, b: int = C) -> nn.Sequential:
    """Return the two layers of a bottleneck."""
    return nn.Sequential(nn.Linear(a, hidden), nn.ReLU(), nn.Linear(hidden, b))


def convs(a: int = C, hidden: int = H, b: int = C) -> nn.Sequential:
    """Return the same as convolutions."""
    return nn.Sequential(nn.Conv2d(a, hidden, 1), nn.ReLU(inplace=True), nn.Conv2d(hidden, b, 1))


def pooled(x: Tensor) -> Tensor:
    """Return the mean of each channel, as a vector."""
    return x.mean((2, 3))


def factor(block: Any, x: Tensor) -> Any:
    """Return the factor of an SE block with FCs, as a map of one position."""
    vector: Tensor = torch.sigmoid(block.fcs(pooled(x)))
    return vector[..., None, None]


def in_place(block: Any, x: Tensor) -> Any:
    """Multiply the map where it lies."""
    return x.mul_(factor(block, x))


def augmented(block: Any, x: Tensor) -> Any:
    """Multiply by an assignment."""
    x *= factor(block, x)
    return x


def part_in_place(block: Any, x: Tensor) -> Any:
    """Multiply a view of the map: the map is changed with it."""
    x = x.clone()
    x[:, : C // 2] *= factor(block, x[:, : C // 2])
    return x


def written_in_part(block: Any, x: Tensor) -> Any:
    """Write the product into a part of a map."""
    out = torch.empty_like(x)
    out[:, : C // 2] = x[:, : C // 2] * factor(block, x[:, : C // 2])
    out[:, C // 2 :] = x[:, C // 2 :]
    return out


def out_argument(block: Any, x: Tensor) -> Any:
    """Write the product into memory that is given."""
    return torch.mul(x, factor(block, x), out=torch.empty_like(x))


def expanded(block: Any, x: Tensor) -> Any:
    """Spread the factor first."""
    return torch.mul(factor(block, x).expand_as(x), x)


def flattened(block: Any, x: Tensor) -> Any:
    """Multiply a map of one dimension of space."""
    n, c, h, w = x.shape
    y = x.flatten(2)
    return (y * torch.sigmoid(block.fcs(y.mean(-1))).unsqueeze(-1)).view(n, c, h, w)


def last_channels(block: Any, x: Tensor) -> Any:
    """Gate with the channels in the last dimension."""
    y = x.permute(0, 2, 3, 1)
    y = y * torch.sigmoid(block.fcs(y.mean((1, 2), keepdim=True)))
    return y.permute(0, 3, 1, 2).contiguous()


def tokens(block: Any, x: Tensor) -> Any:
    """Gate a sequence of tokens."""
    y = x.flatten(2).transpose(1, 2)
    y = y * torch.sigmoid(block.fcs(y.mean(1, keepdim=True)))
    return y.transpose(1, 2).reshape(x.shape)


def by_einsum(block: Any, x: Tensor) -> Any:
    """Multiply by Einstein's sum."""
    return torch.einsum("bchw,bc->bchw", x, torch.sigmoid(block.fcs(pooled(x))))


def with_sum(block: Any, x: Tensor) -> Any:
    """Multiply and add in one operator."""
    return torch.addcmul(x, x.relu(), factor(block, x))


def residual(block: Any, x: Tensor) -> Any:
    """Gate by one plus a factor."""
    return x * (1 + factor(block, x))


def doubled(block: Any, x: Tensor) -> Any:
    """Gate by twice a factor, of another type and back."""
    return x * (2 * factor(block, x.double()).to(x.dtype))


def ungated(block: Any, x: Tensor) -> Any:
    """Take the FCs' result as it is."""
    return x * block.fcs(pooled(x))[..., None, None]


def hard_by_hand(block: Any, x: Tensor) -> Any:
    """Spell the hard sigmoid out."""
    return x * (F.relu6(block.fcs(pooled(x)) + 3) / 6)[..., None, None]


def clamped(block: Any, x: Tensor) -> Any:
    """Bound the factor by a clamp."""
    return x * block.fcs(pooled(x)).clamp(0, 1)[..., None, None]


def sigmoid_by_hand(block: Any, x: Tensor) -> Any:
    """Spell the sigmoid out."""
    return x * (1 / (1 + torch.exp(-block.fcs(pooled(x)))))[..., None, None]


def summed_pool(block: Any, x: Tensor) -> Any:
    """Spell the mean as a sum and a quotient."""
    mean = x.sum(dim=(-2, -1)) / (x.shape[-2] * x.shape[-1])
    return x * torch.sigmoid(block.fcs(mean)).view(*x.shape[:2], 1, 1)


def windowed_pool(block: Any, x: Tensor) -> Any:
    """Pool over a window of the size of the map."""
    return x * torch.sigmoid(block.convs(F.avg_pool2d(x, x.shape[-1])))


def pooled_by_weights(block: Any, x: Tensor) -> Any:
    """Squeeze by a depthwise convolution of the size of the map."""
    return x * torch.sigmoid(block.convs(block.squeeze(x)))


def maximum(block: Any, x: Tensor) -> Any:
    """Squeeze by the maximum."""
    return x * torch.sigmoid(block.convs(F.adaptive_max_pool2d(x, 1)))


def mean_and_maximum(block: Any, x: Tensor) -> Any:
    """Squeeze by half of the mean and half of the maximum."""
    squeezed = 0.5 * x.mean((2, 3), keepdim=True) + 0.5 * x.amax((2, 3), keepdim=True)
    return x * torch.sigmoid(block.convs(squeezed))


def of_another_map(block: Any, x: Tensor) -> Any:
    """Gate one reading of a map by another."""
    y: Tensor = block.conv(x).relu()
    return y * torch.sigmoid(block.fc(F.adaptive_avg_pool2d(x, 1)))


def two_maps(block: Any, x: Tensor) -> Any:
    """Gate two maps by one factor."""
    s = factor(block, x)
    return x.relu() * s + x.tanh() * s


class Listed(nn.Module):
    """An SE block in a Python list, whose parameters are none of the network's."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = [Of(lambda block, x: x * factor(block, x), fcs=fcs())]

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated map."""
        for part in self.parts:
            x = part(x)
        return x


def direct(block: Any, x: Tensor) -> Any:
    """Call the forward of a part, around its hooks."""
    gated: Tensor = block.se.forward(x)
    return gated


class Scale(nn.Module):
    """A product that takes its operands by name."""

    def forward(self, *, map: Tensor, factor: Tensor) -> Tensor:  # noqa: A002
        """Return the product."""
        return map * factor


def by_keywords(block: Any, x: Tensor) -> Any:
    """Give the product's operands by name."""
    product: Tensor = block.scale(factor=factor(block, x), map=x)
    return product


class Shared(nn.Module):
    """One SE block at two places."""

    def __init__(self) -> None:
        super().__init__()
        self.se = se()
        self.conv = nn.Conv2d(C, C, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the twice gated map."""
        result: Tensor = self.se(self.conv(self.se(x)))
        return result


def se() -> nn.Module:
    """Return a common SE block."""
    return Of(
        lambda block, x: x * torch.sigmoid(block.convs(block.pool(x))), pool=pool(), convs=convs()
    )


def pool() -> nn.Module:
    """Return a global pool."""
    return nn.AdaptiveAvgPool2d(1)


@dataclass
class Output:
    """What a network of some libraries returns."""

    maps: Tensor
    label: str = ""


class Dataclass(nn.Module):
    """An SE block within a network that returns a dataclass."""

    def __init__(self) -> None:
        super().__init__()
        self.net = Net(se())

    def forward(self, x: Tensor) -> Output:
        """Return the maps under their name."""
        return Output(maps=self.net(x))


def checkpointed(block: Any, x: Tensor) -> Any:
    """Run the block under a checkpoint."""
    result: Tensor = checkpoint(block.se, x, use_reentrant=False)
    return result


def lazy() -> nn.Module:
    """Return a network whose FCs learn their widths from the first input."""
    first, last = nn.LazyLinear(H), nn.LazyLinear(C)
    return Net(Of(lambda b, x: x * factor(b, x), fcs=nn.Sequential(first, nn.ReLU(), last)))


def weight_norm() -> nn.Module:
    """Return FCs whose weights are a direction and a length."""
    norm = nn.utils.parametrizations.weight_norm
    return nn.Sequential(norm(nn.Linear(C, H)), nn.ReLU(), norm(nn.Linear(H, C)))


def half() -> nn.Module:
    """Return a network in bfloat16, its maps with the channels last in memory."""
    made: nn.Module = Net(se()).to(torch.bfloat16)
    return made.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


class Constant(nn.Module):
    """An SE block with a plain tensor among its operands."""

    def __init__(self) -> None:
        super().__init__()
        self.se = se()
        self.table = torch.ones(1, C, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated map times the tensor."""
        result: Tensor = self.se(x) * self.table
        return result


class Valued(nn.Module):
    """An SE block behind a branch that a value decides."""

    def __init__(self) -> None:
        super().__init__()
        self.se = se()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        """Return the gated map where the weight is positive."""
        result: Tensor = self.se(x) if self.weight.item() > 0 else x
        return result


class Masked(nn.Module):
    """A network with an SE block that makes a mask for its input."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.se, self.end = nn.Conv2d(3, C, 3, 2, 1), se(), nn.Conv2d(C, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the masked input."""
        mask = self.end(self.se(self.stem(x))).sigmoid()
        return x * F.interpolate(mask, size=x.shape[2:])


def volume() -> nn.Module:
    """Return an SE block in a network for videos."""
    gate = Of(lambda block, x: x * block.convs(x.mean((2, 3, 4), True)).sigmoid(), convs=convs3())
    return nn.Sequential(nn.Conv3d(3, C, 3, padding=1), gate, nn.Conv3d(C, 2, 1))


def convs3() -> nn.Module:
    """Return a bottleneck for videos."""
    return nn.Sequential(nn.Conv3d(C, H, 1), nn.ReLU(), nn.Conv3d(H, C, 1))


def signal() -> nn.Module:
    """Return an SE block in a network for signals."""
    gate = Of(lambda block, x: x * torch.sigmoid(block.fcs(x.mean(2)))[..., None], fcs=fcs())
    return nn.Sequential(nn.Conv1d(3, C, 3, padding=1), gate, nn.Conv1d(C, 2, 1))


def one_position() -> nn.Module:
    """Return an SE block on a map of one position."""
    return nn.Sequential(nn.Conv2d(3, C, 8), se(), nn.Conv2d(C, 2, 1))


def normed() -> nn.Module:
    """Return a bottleneck with a norm."""
    return nn.Sequential(nn.Conv2d(C, H, 1), nn.BatchNorm2d(H), nn.ReLU(), nn.Conv2d(H, C, 1))


def conv(a: int = C, b: int = C, kernel: int = 1, **options: Any) -> Callable[[], nn.Module]:
    """Return a maker of convolutions that keep the size."""
    return lambda: nn.Conv2d(a, b, kernel, padding=kernel // 2, **options)


def conv1(kernel: int, padding: int) -> Callable[[], nn.Module]:
    """Return a maker of convolutions along channels."""
    return lambda: nn.Conv1d(1, 1, kernel, padding=padding, bias=False)


def with_fcs(function: Callable[..., Any]) -> Callable[[], nn.Module]:
    """Return a maker of networks around a block with two FCs."""
    return net(function, fcs=fcs)


def with_convs(
    function: Callable[..., Any], **parts: Callable[[], nn.Module]
) -> Callable[[], nn.Module]:
    """Return a maker of networks around a block with two convolutions and a pool."""
    return net(function, convs=convs, pool=pool, **parts)


FOUND = (
    Spelling("FCs", with_fcs(lambda b, x: x * factor(b, x))),
    Spelling("convolutions", lambda: Net(se())),
    Spelling(
        "norm between",
        net(lambda b, x: x * b.convs(x.mean((2, 3), True)).sigmoid(), convs=normed),
        ("se",),
        SE + 2 * H,
    ),
    Spelling("in place", with_fcs(in_place)),
    Spelling("augmented assignment", with_fcs(augmented)),
    Spelling("part in place", net(part_in_place, fcs=lambda: fcs(8, 4, 8)), ("se",), 76),
    Spelling("written in part", net(written_in_part, fcs=lambda: fcs(8, 4, 8)), ("se",), 76),
    Spelling("out argument", with_fcs(out_argument)),
    Spelling("expanded factor", with_fcs(expanded)),
    Spelling("flattened map", with_fcs(flattened)),
    Spelling("channels last", with_fcs(last_channels)),
    Spelling("tokens", with_fcs(tokens)),
    Spelling("einsum", with_fcs(by_einsum)),
    Spelling("addcmul", with_fcs(with_sum)),
    Spelling("one plus", with_fcs(residual)),
    Spelling("twice, in float64", net(doubled, fcs=lambda: fcs().double())),
    Spelling("no gate function", with_fcs(ungated)),
    Spelling("hard sigmoid by hand", with_fcs(hard_by_hand)),
    Spelling("clamp", with_fcs(clamped)),
    Spelling("sigmoid by hand", with_fcs(sigmoid_by_hand)),
    Spelling("sum and quotient", with_fcs(summed_pool)),
    Spelling("window of the map's size", with_convs(windowed_pool)),
    Spelling(
        "squeeze by weights",
        with_convs(pooled_by_weights, squeeze=lambda: nn.Conv2d(C, C, 8, groups=C)),
        ("se",),
        SE + 65 * C,
    ),
    Spelling("maximum", with_convs(maximum)),
    Spelling("mean and maximum", with_convs(mean_and_maximum)),
    Spelling("of another map", net(of_another_map, conv=conv(), fc=conv()), ("ese",), C * C + C),
    Spelling("two maps", with_fcs(two_maps)),
    Spelling("Python list", lambda: Net(Listed()), ("se",), 0),
    Spelling("direct forward", net(direct, se=se)),
    Spelling("keywords", net(by_keywords, fcs=fcs, scale=Scale)),
    Spelling("one module at two places", lambda: Net(Shared()), ("se", "se"), SE),
    Spelling("one position", one_position),
    Spelling("dataclass", Dataclass),
    Spelling("checkpoint", net(checkpointed, se=se)),
    Spelling("lazy", lazy),
    Spelling(
        "weight norm", net(lambda b, x: x * factor(b, x), fcs=weight_norm), ("se",), SE + H + C
    ),
    Spelling("bfloat16, channels last", half),
    Spelling("plain tensor", lambda: Net(Constant())),
    Spelling("decided by a value", lambda: Net(Valued())),
    Spelling("mask of the input", Masked),
    Spelling("video", volume, ("se",), SE, (3, 4, 8, 8)),
    Spelling("signal", signal, ("se",), SE, (3, 16)),
)
