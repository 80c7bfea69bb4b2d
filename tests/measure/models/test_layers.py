"""Blocks compute what their papers define, written out once more with torch's functions."""

import shutil
from collections.abc import Callable
from itertools import product

import pytest
import torch
from helpers import fitted
from torch import Tensor, nn
from torch.nn import functional as f

from se_cost.measure.models.module import module
from se_cost.nets.attention.ge import GE
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.attention.place import Kind
from se_cost.nets.nodes import Conv, seq

C, R = 32, 16
Parts = dict[str, nn.Module]


def cbam(x: Tensor, parts: Parts) -> Tensor:
    """Channels by one MLP for both vectors, then positions by a 7x7 convolution."""
    reduce, expand = parts["channel.reduce"], parts["channel.expand"]

    def mlp(vector: Tensor) -> Tensor:
        return expand(f.relu(reduce(vector)))  # type: ignore[no-any-return]

    mean, most = (pool(x, 1) for pool in (f.adaptive_avg_pool2d, f.adaptive_max_pool2d))
    x = x * torch.sigmoid(mlp(mean) + mlp(most))
    both = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)
    return x * torch.sigmoid(parts["spatial.conv"](both))


def bam(x: Tensor, parts: Parts) -> Tensor:
    """x + x s: s of what the channels and the positions give, summed."""
    of = {name: parts[f"both.{name}"] for name in ("channel.reduce", "channel.expand")}
    vector = of["channel.expand"](f.relu(of["channel.reduce"](x.mean((2, 3), keepdim=True))))
    channel = parts["both.channel.norm"](vector)
    spatial = parts["both.spatial"](x)
    return x + x * torch.sigmoid(channel + spatial)


def scse(x: Tensor, parts: Parts) -> Tensor:
    """Gated by channel plus gated by position."""
    reduce, expand = parts["channel.reduce"], parts["channel.expand"]
    s = torch.sigmoid(expand(f.relu(reduce(x.mean((2, 3))))))
    return x * s[:, :, None, None] + x * torch.sigmoid(parts["spatial.conv"](x))


def srm(x: Tensor, parts: Parts) -> Tensor:
    """Two weights for each channel: of the mean and of the deviation."""
    weights = parts["weigh"].weight
    assert isinstance(weights, Tensor)
    std = (x.var((2, 3), correction=0) + 1e-5).sqrt()
    z = x.mean((2, 3)) * weights[:, 0, 0, 0] + std * weights[:, 0, 1, 0]
    return x * torch.sigmoid(parts["norm"](z[:, :, None, None]))


def gc(x: Tensor, parts: Parts) -> Tensor:
    """A sum of the positions by attention, transformed and added."""
    by = parts["context.key"](x).flatten(2).softmax(2)
    context = (x.flatten(2) * by).sum(2)
    hidden = f.relu(parts["norm"](parts["reduce"](context)))
    return x + parts["expand"](hidden)[:, :, None, None]  # type: ignore[no-any-return]


def ge(x: Tensor, parts: Parts) -> Tensor:
    """The mean alone."""
    return x * torch.sigmoid(x.mean((2, 3), keepdim=True))


def simam(x: Tensor, parts: Parts) -> Tensor:
    """The energy of every value, as the authors' code has it."""
    n = x.shape[2] * x.shape[3] - 1
    d = (x - x.mean((2, 3), keepdim=True)).pow(2)
    v = d.sum((2, 3), keepdim=True) / n
    return x * torch.sigmoid(d / (4 * (v + 1e-4)) + 0.5)


def ca(x: Tensor, parts: Parts) -> Tensor:
    """Rows and columns through one convolution and one norm, then gated apart."""
    h, w = x.shape[2:]
    means = torch.cat([x.mean(3), x.mean(2)], 2)[..., None]
    shared = f.hardswish(parts["shared.norm"](parts["shared.reduce"](means)))
    rows, columns = (parts[f"{side}.conv"] for side in ("height", "width"))
    f_h, f_w = shared[:, :, :h], shared[:, :, h : h + w].transpose(2, 3)
    return x * torch.sigmoid(rows(f_h)) * torch.sigmoid(columns(f_w))


def mhsa(x: Tensor, parts: Parts) -> Tensor:
    """Position by position: its query against the key and the distance of every other."""
    (n, c, h, w), heads = x.shape, 4
    names = ("by.scores.query", "by.scores.key", "value")
    q, k, v = (parts[name](x).view(n, heads, c // heads, h, w) for name in names)
    distances = parts["by.scores"].distances
    assert isinstance(distances, Tensor)
    tall, wide = distances[:, : 2 * h - 1], distances[:, 2 * h - 1 :]
    result = torch.empty_like(q)
    for i, j in product(range(h), range(w)):
        here = q[..., i, j]
        down = torch.einsum("nad,di->nai", here, tall[:, h - 1 - i : 2 * h - 1 - i])
        right = torch.einsum("nad,dj->naj", here, wide[:, w - 1 - j : 2 * w - 1 - j])
        match = torch.einsum("nad,nadij->naij", here, k) / (c // heads) ** 0.5
        scores = (match + down[..., None] + right[:, :, None]).flatten(2).softmax(2)
        result[..., i, j] = torch.einsum("nap,nadp->nad", scores, v.flatten(3))
    return result.flatten(1, 2)


DEFINED: dict[str, Callable[[Tensor, Parts], Tensor]] = {
    "cbam": cbam,
    "bam": bam,
    "scse": scse,
    "srm": srm,
    "gc": gc,
    "ge": ge,
    "simam": simam,
    "ca": ca,
    "mhsa": mhsa,
}


def block(kind: str) -> nn.Module:
    """Return a block in inference, whose norms have statistics that are not trivial."""
    torch.manual_seed(0)
    built = module(fitted(KINDS[kind], C, (6, 5)))
    built(torch.randn(4, C, 6, 5))
    return built.eval()


@pytest.mark.parametrize("kind", DEFINED)
def test_a_block_is_its_definition(kind: str) -> None:
    """To rounding, with the same weights."""
    built, x = block(kind), torch.randn(2, C, 6, 5)
    with torch.no_grad():
        expected = DEFINED[kind](x, dict(built.named_modules()))
        torch.testing.assert_close(built(x), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("extent", [2, 4, 8])
def test_gather_excite_over_an_extent(extent: int) -> None:
    """A mean over the neighbours within the map, or convolutions, copied to the nearest values."""
    torch.manual_seed(0)
    x = torch.randn(2, C, 6, 5)
    side = 2 * extent - 1
    mean = f.avg_pool2d(x, side, extent, extent - 1, count_include_pad=False)
    excited = x * torch.sigmoid(f.interpolate(mean, size=(6, 5)))
    torch.testing.assert_close(module(GE(extent=extent).block(C))(x), excited)
    built = module(GE(extent=extent, theta=True).block(C))
    built(x)
    parts = dict(built.eval().named_modules())
    y = x
    for i in range(extent.bit_length() - 1):
        y = parts[f"gather.norm{i + 1}"](parts[f"gather.conv{i + 1}"](f.relu(y) if i else y))
    with torch.no_grad():
        excited = x * torch.sigmoid(f.interpolate(y, size=(6, 5)))
        torch.testing.assert_close(built(x), excited)


VARIANTS = [
    *(kind().on((6, 5)) for kind in KINDS.values()),
    *(GE(extent=4), GE(extent=4, theta=True)),
]


def named(kind: Kind) -> str:
    """Return a short name of a kind for a test."""
    form = f"-{kind.extent}-{kind.theta}" if isinstance(kind, GE) else ""
    return f"{kind.name}{form}"


def built_alike(kind: Kind) -> nn.Module:
    """Return a convolution, a block with random norms, and another convolution."""
    torch.manual_seed(0)
    net = module(seq(before=Conv(3, C), here=kind.block(C), after=Conv(C, 4)))
    for part in net.modules():
        if isinstance(part, nn.BatchNorm2d):
            for number in (part.weight, part.bias, part.running_mean):
                assert number is not None
                nn.init.uniform_(number, 0.5, 1.5)
    return net


@pytest.mark.parametrize("kind", VARIANTS, ids=named)
def test_a_network_is_exported(kind: Kind) -> None:
    """By torch.export, and it computes the same."""
    net, x = built_alike(kind).eval(), torch.randn(2, 3, 6, 5)
    with torch.no_grad():
        torch.testing.assert_close(torch.export.export(net, (x,)).module()(x), net(x))


def assert_compiles(kind: Kind, backend: str) -> None:
    """Assert that a network computes the same when compiled whole, gradients included.

    In float64, for a bias before a norm has the gradient 0, which single precision does not show.
    """
    net, x = built_alike(kind).double(), torch.randn(2, 3, 6, 5, dtype=torch.float64)
    torch.compiler.reset()
    compiled = torch.compile(net, fullgraph=True, dynamic=False, backend=backend)
    gradients = []
    for run in (net, compiled):
        given = x.clone().requires_grad_()
        output = run(given)
        output.square().sum().backward()
        assert given.grad is not None
        parts = [part.grad for part in net.parameters() if part.grad is not None]
        gradients.append([output.detach(), given.grad, *(one.clone() for one in parts)])
        net.zero_grad()
    assert len(gradients[0]) == 2 + len(list(net.parameters()))
    torch.testing.assert_close(gradients[1], gradients[0], rtol=1e-6, atol=1e-7)
    net.eval()
    with torch.no_grad():
        torch.testing.assert_close(compiled(x), net(x), rtol=1e-6, atol=1e-7)
    torch.compiler.reset()


@pytest.mark.parametrize("kind", VARIANTS, ids=named)
def test_a_network_is_captured_whole(kind: Kind) -> None:
    """By torch.compile, forward and backward, without a break of the graph."""
    assert_compiles(kind, "aot_eager")


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("g++"), reason="no C++ compiler is here")
@pytest.mark.parametrize("kind", VARIANTS, ids=named)
def test_a_network_is_compiled(kind: Kind) -> None:
    """To machine code by inductor, in training and in inference."""
    assert_compiles(kind, "inductor")
