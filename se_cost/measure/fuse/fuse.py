"""The same function with attention that costs next to nothing, in inference.

Every attention block of a network is rewritten on its own, exactly: its squeeze is taken before
the 1x1 convolution that makes its map, and its scale is folded into a neighbour.
"""

import copy
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from se_cost.measure.fuse.blocks import fused_block
from se_cost.measure.fuse.chains import Spot
from se_cost.measure.fuse.choice import Rewriting
from se_cost.measure.fuse.network import ROOT, Network, held
from se_cost.measure.fuse.norms import fold
from se_cost.measure.fuse.record import FusedBlock, How
from se_cost.measure.fuse.refusals import expect_fusable
from se_cost.measure.fuse.seen import run
from se_cost.measure.fuse.words.restate import restate
from se_cost.measure.models.layers import Gated
from se_cost.measure.timing.settings import Runtime


class Fused(NamedTuple):
    """A network that computes the same function, and what was done to every attention block.

    `unread` are modules of others, by path, that may hold attention of a form that is not read;
    `rewritings` say of the blocks that run just once what decided, in numbers.
    """

    module: nn.Module
    blocks: tuple[FusedBlock, ...]
    how: How
    unread: Mapping[str, str]
    rewritings: tuple[Rewriting, ...]


def fuse(
    module: nn.Module,
    images: Tensor,
    how: How = How.AUTO,
    runtime: Runtime = Runtime.TORCH,
) -> Fused:
    """Return a copy of a network in inference with its norms folded and its attention fused.

    `images` are a batch (N, C, H, W) like those to come: its size and layout decide what pays, and
    so does the `runtime` that the copy is for;
    other sizes are computed correctly. Maps between the modules of the copy may be scaled or not.
    Raises UsageError for a network in training mode, one that is quantised, and one with hooks on,
    or several uses of, a part that would vanish. The original is never touched.
    """
    with torch.inference_mode(False), torch.no_grad():  # tensors that can be used anywhere
        network = _folded(module, images)
        done = [fused_block(network, gate, how, runtime) for gate in _gates(network)]
    unread = {network.path(part): reason for part, reason in network.reasons.items()}
    blocks = tuple(block for block, _ in done)
    rewritings = tuple(rewriting for _, rewriting in done if rewriting)
    return Fused(network.module, blocks, how, unread, rewritings)


def folded(module: nn.Module, images: Tensor) -> nn.Module:
    """Return a copy of a network as `fuse` makes it, but with its attention as it was.

    It differs from the fused network in the attention only. Raises UsageError as `fuse` does.
    """
    with torch.inference_mode(False), torch.no_grad():
        network = _folded(module, images)
        for gate in _gates(network):
            if gate in network.originals:
                chain, place = network.locate(gate)
                chain.spots[place].put(network.originals[gate])
    return network.module


def _folded(module: nn.Module, images: Tensor) -> Network:
    """Return a copy of a network in our words, as far as it can be, with its norms folded."""
    expect_fusable(module)
    copied = copy.deepcopy(module)
    holder, seen = held(copied), run(copied, images)
    paths = {part: path for path, part in copied.named_modules()}
    count = len(paths)
    restated = restate(Spot(holder, ROOT), seen, paths)
    if len(paths) > count:  # there are new modules
        seen = run(holder[ROOT], images)
    network = Network(holder, seen, paths, restated.originals, restated.reasons)
    fold(network)
    return network


def _gates(network: Network) -> list[Gated]:
    """Return the gates of a network, those within a gate's own factor before it."""
    modules = [spot.module for chain in network.chains() for spot in chain.spots]
    return [module for module in modules if isinstance(module, Gated)]
