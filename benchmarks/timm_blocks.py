"""Our blocks beside timm's of the same kind: parameters, and outputs with the same weights.

    pip install --no-deps timm torchvision
    pip install pyyaml safetensors huggingface_hub pillow numpy
    python benchmarks/timm_blocks.py [CHANNELS ...]

Both blocks are in inference and get the same numbers at random, in the order of their parameters;
norms get means and variances, too. The difference is the largest of all outputs in float64, in
terms of the largest output. Exits 1 if parameters or outputs do not agree.
"""

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

import torch
from tabulate import tabulate
from torch import Tensor, nn

from se_cost.measure.models.module import module
from se_cost.nets.attention.ge import GE
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.attention.place import Kind
from se_cost.record import Record

TOLERANCE = 1e-9
MAP = (7, 10)  # height and width
CHANNELS = (64, 256, 2048)


class Theirs(Record):
    """timm's block of a kind: where it is, its options for C channels and h hidden, a remark."""

    file: str  # within timm.layers
    name: str
    options: Callable[[int, int | None], dict[str, Any]]
    remark: str = ""


BLOCKS = {
    "se": Theirs("squeeze_excite", "SEModule", lambda c, h: {"rd_channels": h}),
    "ese": Theirs("squeeze_excite", "EffectiveSEModule", lambda c, h: {}),
    "eca": Theirs("eca", "EcaModule", lambda c, h: {}),
    "cbam": Theirs(
        "cbam",
        "CbamModule",
        lambda c, h: {"rd_channels": h, "mlp_bias": True},
        "timm's has a norm after the spatial convolution, which is made the identity here",
    ),
    "ge": Theirs("gather_excite", "GatherExcite", lambda c, h: {"use_mlp": False}),
    "gc": Theirs(
        "global_context",
        "GlobalContext",
        lambda c, h: {"rd_channels": h, "fuse_add": True, "fuse_scale": False},
        "timm's norm adds 1e-6 to the variance; here it is given torch's 1e-5, as ours has",
    ),
    "ge over 4": Theirs(
        "gather_excite",
        "GatherExcite",
        lambda c, h: {"use_mlp": False, "extent": 4},
        "timm 1.0 cannot build the form with convolutions (extra_params)",
    ),
    "mhsa": Theirs("bottleneck_attn", "BottleneckAttn", lambda c, h: {"feat_size": MAP}),
    "ca": Theirs("coord_attn", "CoordAttn", lambda c, h: {"rd_channels": h, "bias": True}),
}
OURS: dict[str, Kind] = {
    **{name: kind().on(MAP) for name, kind in KINDS.items()},
    "ge over 4": GE(extent=4),
}
EXTRA = {"cbam": "spatial.conv.bn"}  # what only timm's has


def theirs(kind: str, channels: int) -> nn.Module:
    """Return timm's block."""
    said = BLOCKS[kind]
    found = getattr(import_module(f"timm.layers.{said.file}"), said.name)
    built: nn.Module = found(channels, **said.options(channels, OURS[kind].hidden(channels)))
    if kind in EXTRA:
        norm = built.get_submodule(EXTRA[kind])
        assert isinstance(norm, nn.BatchNorm2d)
        norm.eps = 0.0  # the identity, as it is initialised
    for part in built.modules():
        if isinstance(part, nn.LayerNorm):
            part.eps = 1e-5
    return built


def values(kind: str, block: nn.Module, of: Callable[..., Iterable[tuple[str, Tensor]]]) -> Any:
    """Return the parameters or buffers of a block that ours has as well."""
    own = EXTRA.get(kind)
    named = of(block)
    return [one for name, one in named if one.is_floating_point() and not _in(name, own)]


def _arranged(kind: str, own: list[Tensor]) -> list[Tensor]:
    """Return the parameters of our block as timm's has them."""
    if kind != "mhsa" or not own:
        return own
    distances, *layers = own
    high = 2 * MAP[0] - 1
    return [torch.cat(layers), distances[:, :high].T, distances[:, high:].T]


def _in(name: str, part: str | None) -> bool:
    return part is not None and name.startswith(f"{part}.")


def difference(kind: str, ours: nn.Module, other: nn.Module, channels: int) -> float:
    """Return how far outputs with the same random weights are apart, relative to the largest."""
    with torch.no_grad():
        for one in (*ours.parameters(), *ours.buffers()):
            if one.dim() == 1:
                one.copy_(torch.rand_like(one) + 0.5)
        for of in (nn.Module.named_parameters, nn.Module.named_buffers):
            pairs = zip(
                _arranged(kind, values(kind, ours, of)), values(kind, other, of), strict=True
            )
            for mine, its in pairs:
                its.copy_(mine.reshape(its.shape))
        x = torch.randn(2, channels, *MAP, dtype=torch.float64)
        expected = other(x)
        return float((ours(x) - expected).abs().max() / expected.abs().max())


def main(every: Iterable[int]) -> int:
    """Print the table; return 1 if a block differs."""
    torch.manual_seed(0)
    rows, wrong = [], 0
    for kind in BLOCKS:
        for channels in every:
            ours = module(OURS[kind].block(channels)).double().eval()
            other = theirs(kind, channels).double().eval()
            mine = sum(p.numel() for p in ours.parameters())
            its = sum(p.numel() for p in values(kind, other, nn.Module.named_parameters))
            off = difference(kind, ours, other, channels)
            wrong |= mine != its or off > TOLERANCE
            rows.append([kind, channels, mine, its, f"{off:.1e}"])
    heads = ["kind", "channels", "our parameters", "timm's", "difference"]
    print(tabulate(rows, heads, tablefmt="github", disable_numparse=True))
    for kind, one in BLOCKS.items():
        if one.remark:
            print(f"\n{kind}: {one.remark}.")
    print(f"\nNot compared: {', '.join(kind for kind in KINDS if kind not in BLOCKS)}.")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main(list(map(int, sys.argv[1:])) or CHANNELS))
