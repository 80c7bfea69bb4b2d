"""The proof that a fused network is the same function: outputs over random inputs."""

import copy

import torch
from torch import Tensor, nn

from se_cost.measure.fuse.fuse import fuse
from se_cost.measure.fuse.record import How, Proof
from se_cost.measure.timing.settings import Runtime

DRAWS = 2  # random batches
WIDE = 4  # bytes of float32


def proof(
    original: nn.Module,
    how: How,
    images: Tensor,
    lowered: torch.dtype | None = None,
    runtime: Runtime = Runtime.TORCH,
) -> Proof:
    """Return how far a network's fused form is from it, for batches like `images` (N, C, H, W).

    Compared are copies whose norms have statistics: a network that was never trained has none, its
    maps fade from layer to layer, and no error of the last blocks would be seen. Rounding hides
    errors in the working type; in float64 the same rewriting leaves next to none. `lowered` is the
    type that autocast takes, if it is on.
    """
    working = settled(original, images)
    double = copy.deepcopy(working).double()
    wide = images.double()
    fused = fuse(double, wide, how, runtime).module
    return Proof(
        float64=difference(double, fused, wide),
        working=difference(working, fuse(working, images, how, runtime).module, images, lowered),
        dtype=_name(images.dtype) if lowered is None else f"{_name(lowered)} by autocast",
    )


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def settled(original: nn.Module, images: Tensor) -> nn.Module:
    """Return a copy of a network in inference with norms that fit its own maps of random images.

    Weights that are zero before training, as those of a branch's last norm, get random values:
    they would hide what that branch computes.
    The copy is settled in float32 or wider: bfloat16 has too few digits for a variance.
    """
    network = copy.deepcopy(original)
    wide = network.float() if images.dtype.itemsize < WIDE else network
    for weight in wide.parameters():
        if not weight.any():
            weight.data.uniform_(generator=torch.Generator().manual_seed(DRAWS))
    norms = [part for part in wide.modules() if isinstance(part, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the statistics of all that it sees, not a fading mean
        norm.train()
    # two images at least: a norm over 1x1 maps needs more than one value per channel
    shape = (max(2, images.shape[0]), *images.shape[1:])
    drawn = torch.randn(shape, generator=torch.Generator().manual_seed(DRAWS))
    with torch.no_grad():
        wide(drawn.to(next(wide.parameters()).dtype))
    return wide.eval().to(images.dtype)


def difference(
    original: nn.Module, fused: nn.Module, images: Tensor, lowered: torch.dtype | None = None
) -> float:
    """Return the largest difference over random inputs, relative to the largest output."""
    found = []
    for seed in range(DRAWS):
        generator = torch.Generator().manual_seed(seed)
        drawn = torch.randn(images.shape, generator=generator).to(images)
        drawn = torch.empty_like(images).copy_(drawn)
        with torch.inference_mode(), torch.autocast("cpu", lowered, enabled=lowered is not None):
            expected, actual = original(drawn).double(), fused(drawn).double()
        found.append(float((actual - expected).abs().max() / expected.abs().max()))
    return max(found)
