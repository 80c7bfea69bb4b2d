"""Small networks with every other kind of attention than SE."""

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from measure.models.spellings import (
    SE,
    C,
    H,
    Net,
    Spelling,
    conv,
    conv1,
    fcs,
    net,
    pool,
    with_convs,
)


def effective(block: Any, x: Tensor) -> Any:
    """Gate by one FC (eSE)."""
    return x * F.hardsigmoid(block.fc(block.pool(x)))


def along_channels(block: Any, x: Tensor) -> Any:
    """Gate by a convolution along the channels (ECA)."""
    y = block.conv(block.pool(x).squeeze(-1).transpose(-1, -2)).transpose(-1, -2).unsqueeze(-1)
    return x * y.sigmoid().expand_as(x)


def around_channels(block: Any, x: Tensor) -> Any:
    """Gate by a convolution along the channels, the first beside the last (CECA)."""
    y = F.pad(x.mean((2, 3)).view(x.shape[0], 1, -1), (1, 1), mode="circular")
    return x * block.conv(y).view(x.shape[0], -1, 1, 1).sigmoid()


def channel_then_space(block: Any, x: Tensor) -> Any:
    """Gate channels, then positions (CBAM)."""
    x = x * torch.sigmoid(
        block.convs(F.adaptive_avg_pool2d(x, 1)) + block.convs(x.amax((2, 3), True))
    )
    y = torch.cat([x.mean(1, keepdim=True), x.max(1, keepdim=True).values], 1)
    return x * torch.sigmoid(block.space(y))


def channel_and_space(block: Any, x: Tensor) -> Any:
    """Sum two gated maps (scSE)."""
    return x * torch.sigmoid(block.convs(block.pool(x))) + x * block.space(x).sigmoid()


def space(block: Any, x: Tensor) -> Any:
    """Gate positions."""
    return x * block.space(x).sigmoid()


def space_then_mean(block: Any, x: Tensor) -> Any:
    """Gate positions right before the mean over all of them that a classifier reads."""
    return (x * block.space(x).sigmoid()).mean((2, 3), keepdim=True)


def space_by_hand(block: Any, x: Tensor) -> Any:
    """Gate positions by a sigmoid that is spelled out."""
    return x * (1 / (1 + torch.exp(-block.space(x))))


def mixed(block: Any, x: Tensor) -> Any:
    """Gate by the sum of both (BAM)."""
    return x * (1 + torch.sigmoid(block.convs(block.pool(x)) + block.space(x)))


def by_sides(block: Any, x: Tensor) -> Any:
    """Gate rows and columns, one after the other (coordinate attention)."""
    y = torch.cat([x.mean(3, keepdim=True), x.mean(2, keepdim=True).transpose(2, 3)], 2)
    rows, columns = block.first(y).relu().split(x.shape[2], 2)
    return x * block.rows(rows).sigmoid() * block.columns(columns.transpose(2, 3)).sigmoid()


def by_both_sides(block: Any, x: Tensor) -> Any:
    """Gate rows and columns at once."""
    rows = block.rows(x.mean(3, keepdim=True)).sigmoid()
    return x * (rows * block.columns(x.mean(2, keepdim=True)).sigmoid())


def rotated(block: Any, x: Tensor) -> Any:
    """Gate rows with channels (a branch of triplet attention)."""
    y = x.permute(0, 2, 1, 3)
    y = y * block.conv(torch.cat([y.amax(1, True), y.mean(1, True)], 1)).sigmoid()
    return y.permute(0, 2, 1, 3).contiguous()


def selected(block: Any, x: Tensor) -> Any:
    """Let two convolutions compete (selective kernel)."""
    y = torch.stack([block.a(x), block.b(x)], 1)
    s = block.fcs(y.sum(1).mean((2, 3))).view(-1, 2, C, 1, 1).softmax(1)
    return (y * s).sum(1)


def split(block: Any, x: Tensor) -> Any:
    """Let two parts of a convolution compete (split attention)."""
    y = block.conv(x).view(-1, 2, C, *x.shape[2:])
    s = block.fcs(y.sum(1).mean((2, 3))).view(-1, 2, C, 1, 1).softmax(1)
    return (y * s).sum(1)


def split_in_list(block: Any, x: Tensor) -> Any:
    """Let the parts compete, each multiplied by itself."""
    parts = block.conv(x).split(C, 1)
    s = block.fcs(sum(parts).mean((2, 3))).view(-1, 2, C).softmax(1).view(-1, 2 * C, 1, 1)
    return sum(a * b for a, b in zip(s.split(C, 1), parts, strict=True))


def gathered(block: Any, x: Tensor) -> Any:
    """Gate by the mean alone (gather-excite)."""
    return x * x.mean((2, 3), keepdim=True).sigmoid()


def gathered_near(block: Any, x: Tensor) -> Any:
    """Gate by the mean of the neighbourhood."""
    near = F.avg_pool2d(x, 4)
    return x * F.interpolate(near, scale_factor=4.0, mode="nearest").sigmoid()


def enlarged(block: Any, x: Tensor) -> Any:
    """Gate by a convolution of a smaller map."""
    near = block.conv(F.max_pool2d(x, 2)).sigmoid()
    return x * F.interpolate(near, size=x.shape[-2:], mode="bilinear")


def context(block: Any, x: Tensor) -> Any:
    """Add a context that attention pooled (global context)."""
    n, c, h, w = x.shape
    weights = block.mask(x).view(n, h * w, 1).softmax(1)
    pooled_ = (x.view(n, c, h * w) @ weights).view(n, c, 1, 1)
    return x + block.convs(pooled_)


def context_gate(block: Any, x: Tensor) -> Any:
    """Multiply by such a context."""
    n, c, h, w = x.shape
    weights = block.mask(x).view(n, h * w, 1).softmax(1)
    return x * block.convs((x.view(n, c, h * w) @ weights).view(n, c, 1, 1)).sigmoid()


def style(block: Any, x: Tensor) -> Any:
    """Gate by weights of the mean and of the deviation (SRM)."""
    y = torch.stack([x.mean((2, 3)), x.std((2, 3))], 2)
    return x * block.norm((y * block.weights.weight).sum(2))[..., None, None].sigmoid()


class Carried(nn.Module):
    """A factor that keeps a state from block to block (DIA)."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(C, C)
        self.gate = Gate()
        self.convs = nn.ModuleList(nn.Conv2d(C, C, 3, padding=1) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        """Return the map after three blocks."""
        state = None
        for layer in self.convs:
            x, state = self.gate(self.cell, layer(x), state)
        return x


class Gate(nn.Module):
    """One step of a cell, and its product."""

    def forward(self, cell: nn.Module, x: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Return the gated map and the next state."""
        h, c = cell(x.mean((2, 3)), state)
        return x * h[..., None, None], (h, c)


KINDS = (
    Spelling("one FC", net(effective, fc=conv(), pool=pool), ("ese",), C * C + C),
    Spelling("along channels", net(along_channels, conv=conv1(3, 1), pool=pool), ("eca",), 3),
    Spelling("around channels", net(around_channels, conv=conv1(3, 0)), ("eca",), 3),
    Spelling(
        "channels then positions",
        with_convs(channel_then_space, space=conv(2, 1, 7)),
        ("cbam",),
        SE + 99,
    ),
    Spelling(
        "channels and positions",
        with_convs(channel_and_space, space=conv(C, 1)),
        ("scse",),
        SE + C + 1,
    ),
    Spelling("positions", net(space, space=conv(C, 1)), ("spatial",), C + 1),
    Spelling("positions, mean", net(space_then_mean, space=conv(C, 1)), ("spatial",), C + 1),
    Spelling("positions by hand", net(space_by_hand, space=conv(C, 1)), ("spatial",), C + 1),
    Spelling("sum of both", with_convs(mixed, space=conv(C, 1)), ("bam",), SE + C + 1),
    Spelling(
        "rows, columns",
        net(by_sides, first=conv(C, H), rows=conv(H, C), columns=conv(H, C)),
        ("ca",),
        C * H + H + 2 * (C * H + C),
    ),
    Spelling(
        "rows times columns",
        net(by_both_sides, rows=conv(), columns=conv()),
        ("ca",),
        2 * (C * C + C),
    ),
    Spelling("rotated", net(rotated, conv=conv(2, 1, 7)), ("ca",), 99),
    Spelling(
        "competing convolutions",
        net(selected, a=conv(kernel=3), b=conv(kernel=5), fcs=lambda: fcs(b=2 * C)),
        ("sk",),
        SE + H * C + C,
    ),
    Spelling(
        "competing parts",
        net(split, conv=conv(b=2 * C), fcs=lambda: fcs(b=2 * C)),
        ("splat",),
        SE + H * C + C,
    ),
    Spelling(
        "competing parts in a list",
        net(split_in_list, conv=conv(b=2 * C), fcs=lambda: fcs(b=2 * C)),
        ("splat",),
        SE + H * C + C,
    ),
    Spelling("mean alone", net(gathered), ("ge",), 0),
    Spelling("mean of the neighbourhood", net(gathered_near), ("ge",), 0),
    Spelling("smaller map", net(enlarged, conv=conv(kernel=3)), ("interpolated",), 9 * C * C + C),
    Spelling("added context", with_convs(context, mask=conv(C, 1)), ("gc",), SE + C + 1),
    Spelling("context as a factor", with_convs(context_gate, mask=conv(C, 1)), ("gc",), SE + C + 1),
    Spelling(
        "mean and deviation",
        net(style, norm=lambda: nn.BatchNorm1d(C), weights=lambda: nn.Embedding(C, 2)),
        ("srm",),
        4 * C,
    ),
    Spelling("carried state", lambda: Net(Carried()), ("dia",) * 3, 8 * C * C + 8 * C),
)
