"""Products that are no attention, though each looks like it in some way; and norms that gate."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from measure.models.spellings import C, H, Spelling, convs, fcs, net


def swish(block: Any, x: Tensor) -> Any:
    """Multiply each value by a function of itself."""
    return x * torch.sigmoid(x)


def hard_swish(block: Any, x: Tensor) -> Any:
    """Multiply each value by a bounded function of itself."""
    return x * F.relu6(x + 3) / 6


def mish(block: Any, x: Tensor) -> Any:
    """Multiply each value by a function of itself, spelled out."""
    return x * torch.tanh(F.softplus(x))


def scaled_swish(block: Any, x: Tensor) -> Any:
    """Multiply by a function with a learned slope for each channel."""
    return x * torch.sigmoid(block.norm.weight.view(-1, 1, 1) * x)


def glu(block: Any, x: Tensor) -> Any:
    """Gate one half of a convolution by the other."""
    a, b = block.conv(x).chunk(2, 1)
    return a * b.sigmoid()


def glu_of_two(block: Any, x: Tensor) -> Any:
    """Gate one convolution by another."""
    return block.a(x) * block.b(x).sigmoid()


def mixed_glu(block: Any, x: Tensor) -> Any:
    """Gate one half by a convolution of the other."""
    a, b = block.conv(x).chunk(2, 1)
    return a * block.near(b).sigmoid()


def gated_mlp(block: Any, x: Tensor) -> Any:
    """Gate one half of an MLP by SiLU of the other."""
    y = x.flatten(2).transpose(1, 2)
    y = block.out(F.silu(block.a(y)) * block.b(y))
    return y.transpose(1, 2).reshape(x.shape)


def spatial_gating(block: Any, x: Tensor) -> Any:
    """Multiply one half by a linear map of the other's positions (gMLP)."""
    a, b = block.conv(x).flatten(2).chunk(2, 1)
    return (a * block.positions(b)).view(x.shape)


def star(block: Any, x: Tensor) -> Any:
    """Multiply two convolutions, one of them bounded (StarNet)."""
    return F.relu6(block.a(x)) * block.b(x)


def focal(block: Any, x: Tensor) -> Any:
    """Multiply a query by a context of the neighbourhood and of the whole (FocalNet)."""
    query, near, gate = block.conv(x).split((C, C, 1), 1)
    return query * block.out(near * gate + near.mean((2, 3), True).tanh())


def attention_pooling(block: Any, x: Tensor) -> Any:
    """Sum over positions by weights that add up to one."""
    weights = block.mask(x).flatten(2).softmax(-1).view(x.shape[0], 1, *x.shape[2:])
    return x + (x * weights).sum((2, 3), keepdim=True)


def additive_attention(block: Any, x: Tensor) -> Any:
    """Multiply keys by one query for all of them (SwiftFormer)."""
    query, key = block.conv(x).flatten(2).chunk(2, 1)
    weights = F.normalize((query * block.mask.weight.view(1, -1, 1)).sum(1, True), dim=2)
    return ((query * weights).sum(2, keepdim=True) * key).view(x.shape)


def self_attention(block: Any, x: Tensor) -> Any:
    """Multiply matrices."""
    q, k, v = block.conv(x).flatten(2).transpose(1, 2).chunk(3, 2)
    y = F.scaled_dot_product_attention(q, k, v)
    return y.transpose(1, 2).reshape(x.shape)


def batch_norm(block: Any, x: Tensor) -> Any:
    """Spell a batch norm out, with the statistics of the batch."""
    mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), keepdim=True)
    return (x - mean) * torch.rsqrt(var + 1e-5) * block.norm.weight.view(-1, 1, 1)


def instance_norm(block: Any, x: Tensor) -> Any:
    """Multiply by one by the deviation of each channel."""
    return x * (1 / x.std((2, 3), keepdim=True))


def power_norm(block: Any, x: Tensor) -> Any:
    """Multiply by a power of the variance of each channel."""
    return x * (x.var((2, 3), keepdim=True) + 1e-5) ** -0.5


def layer_norm(block: Any, x: Tensor) -> Any:
    """Normalise over the channels of each position."""
    mean = x.mean(1, keepdim=True)
    return (x - mean) * ((x - mean) ** 2).mean(1, keepdim=True).add(1e-6).rsqrt()


def rms_norm(block: Any, x: Tensor) -> Any:
    """Normalise tokens by their root mean square."""
    y = x.flatten(2).transpose(1, 2)
    y = y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + 1e-6)
    return y.transpose(1, 2).reshape(x.shape)


def evo_norm(block: Any, x: Tensor) -> Any:
    """Divide a swish by the deviation of a group (EvoNorm-S0)."""
    deviation = x.view(x.shape[0], 4, -1).std(-1).view(-1, 4, 1, 1, 1)
    y = (x * torch.sigmoid(x * block.norm.weight.view(-1, 1, 1))).view(
        x.shape[0], 4, -1, *x.shape[2:]
    )
    return (y / deviation).view(x.shape)


def layer_scale(block: Any, x: Tensor) -> Any:
    """Multiply by learned numbers."""
    return x + block.norm.weight.view(-1, 1, 1) * block.conv(x)


def learned_gate(block: Any, x: Tensor) -> Any:
    """Mix two branches by a learned number."""
    g = torch.sigmoid(block.norm.weight.view(-1, 1, 1))
    return g * block.conv(x) + (1 - g) * x


def mean_alone(block: Any, x: Tensor) -> Any:
    """Multiply by the mean, unweighted and unbounded."""
    return x * x.mean((2, 3), keepdim=True)


def centred(block: Any, x: Tensor) -> Any:
    """Add what has no weights."""
    return x + x.mean((2, 3), keepdim=True)


def pyramid(block: Any, x: Tensor) -> Any:
    """Stack a pooled map beside the map."""
    near = F.interpolate(block.conv(F.adaptive_avg_pool2d(x, 1)), size=x.shape[2:])
    return torch.cat([x, near], 1)[:, :C]


def bilinear(block: Any, x: Tensor) -> Any:
    """Multiply two branches."""
    return block.a(x) * block.b(x)


def square(block: Any, x: Tensor) -> Any:
    """Multiply a map by itself."""
    return x * x


def one_number(block: Any, x: Tensor) -> Any:
    """Multiply by one number for each image."""
    return x * torch.sigmoid(block.fcs(x.mean((2, 3))).mean(1)).view(-1, 1, 1, 1)


def recurrent(block: Any, x: Tensor) -> Any:
    """Update a state by gates that are convolutions of it and of the input (ConvGRU)."""
    h = block.a(x).tanh()
    z = block.z(torch.cat([h, x], 1)).sigmoid()
    return (1 - z) * h + z * block.q(torch.cat([z * h, x], 1)).tanh()


def quotient(block: Any, x: Tensor) -> Any:
    """Divide by what a gate would multiply by: a known miss."""
    return x / (1 + torch.exp(-block.fcs(x.mean((2, 3)))))[..., None, None]


def kernel(block: Any, x: Tensor) -> Any:
    """Take the factor as the kernel of a convolution: a known miss."""
    s = block.fcs(x.mean((2, 3))).sigmoid()
    return F.conv2d(x, s.view(C, 1, 1, 1), groups=C)


def masked(block: Any, x: Tensor) -> Any:
    """Multiply by a mask of the values themselves."""
    return x * (x > 0).to(x.dtype)


def by_one_by(**parts: Any) -> Any:
    """Return makers of convolutions of one position, by the widths of their results."""
    return {name: (lambda width=width: nn.Conv2d(C, width, 1)) for name, width in parts.items()}


def norm() -> nn.Module:
    """Return learned numbers for the channels."""
    return nn.BatchNorm2d(C)


LOOKALIKES: dict[str, Callable[[], nn.Module]] = {
    "swish": net(swish),
    "hard swish": net(hard_swish),
    "mish": net(mish),
    "learned swish": net(scaled_swish, norm=norm),
    "GLU": net(glu, **by_one_by(conv=2 * C)),
    "GLU of two": net(glu_of_two, **by_one_by(a=C, b=C)),
    "GLU through a convolution": net(mixed_glu, **by_one_by(conv=2 * C, near=C)),
    "gated MLP": net(
        gated_mlp,
        a=lambda: nn.Linear(C, 32),
        b=lambda: nn.Linear(C, 32),
        out=lambda: nn.Linear(32, C),
    ),
    "gMLP": net(spatial_gating, positions=lambda: nn.Linear(64, 64), **by_one_by(conv=2 * C)),
    "star": net(star, **by_one_by(a=C, b=C)),
    "focal modulation": net(focal, **by_one_by(conv=2 * C + 1, out=C)),
    "attention pooling": net(attention_pooling, **by_one_by(mask=1)),
    "additive attention": net(additive_attention, **by_one_by(conv=2 * C, mask=1)),
    "self-attention": net(self_attention, **by_one_by(conv=3 * C)),
    "batch norm": net(batch_norm, norm=norm),
    "instance norm": net(instance_norm),
    "power norm": net(power_norm),
    "layer norm": net(layer_norm),
    "RMS norm": net(rms_norm),
    "EvoNorm": net(evo_norm, norm=norm),
    "layer scale": net(layer_scale, norm=norm, **by_one_by(conv=C)),
    "learned mixture": net(learned_gate, norm=norm, **by_one_by(conv=C)),
    "mean alone": net(mean_alone),
    "added mean": net(centred),
    "stacked context": net(pyramid, **by_one_by(conv=C)),
    "two branches": net(bilinear, **by_one_by(a=C, b=C)),
    "square": net(square),
    "one number": net(one_number, fcs=fcs),
    "recurrent": net(
        recurrent,
        a=lambda: nn.Conv2d(C, C, 1),
        z=lambda: nn.Conv2d(2 * C, C, 1),
        q=lambda: nn.Conv2d(2 * C, C, 1),
    ),
    "mask": net(masked),
    "quotient": net(quotient, fcs=fcs),
    "kernel": net(kernel, fcs=fcs),
}
NOTHING = tuple(Spelling(name, make, (), 0) for name, make in LOOKALIKES.items())


def response_norm(block: Any, x: Tensor) -> Any:
    """Normalise the response of each channel by the mean over channels (GRN)."""
    norm_ = x.norm(p=2, dim=(2, 3), keepdim=True)
    return x + x * (norm_ / (norm_.mean(1, keepdim=True) + 1e-6)) * block.norm.weight.view(-1, 1, 1)


def pixel(block: Any, x: Tensor) -> Any:
    """Gate each position by a convolution (SE without a squeeze)."""
    return x * block.convs(x).sigmoid()


def energy(block: Any, x: Tensor) -> Any:
    """Gate each value by its distance from the mean (SimAM)."""
    d = (x - x.mean((2, 3), keepdim=True)) ** 2
    return x * torch.sigmoid(d / (4 * (d.sum((2, 3), keepdim=True) / 63 + 1e-4)) + 0.5)


ASKED_FOR = (
    Spelling("response norm", net(response_norm, norm=norm), ("grn",), 0),
    Spelling("pixel", net(pixel, convs=convs), ("pixel",), 2 * C * H + H + C),
    Spelling("energy", net(energy), ("simam",), 0),
)
