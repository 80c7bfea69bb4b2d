"""A network whose attention trains with fewer passes over its maps."""

import copy
from typing import NamedTuple

from torch import nn

from se_cost.errors import UsageError
from se_cost.measure.fuse.gates import read
from se_cost.measure.fuse.network import Network, held
from se_cost.measure.fuse.record import TrainedBlock
from se_cost.measure.fuse.seen import Seen
from se_cost.measure.fuse.training.blocks import fused_se
from se_cost.measure.models.layers import Gated

OTHERS_TRAIN = (
    "in training only attention of our own networks is exchanged; for a block of yours, write the "
    "gate with se_cost.fused_se"
)


class Trained(NamedTuple):
    """A network with the same outputs and gradients, and what was done to its blocks."""

    module: nn.Module
    blocks: tuple[TrainedBlock, ...]


def fuse_training(module: nn.Module) -> Trained:
    """Return a copy of a network, in our words, whose gates are fused for training.

    A gate takes the norm directly before it along. Raises UsageError if there are hooks on a gate
    or such a norm. The original is never touched.
    """
    copied = copy.deepcopy(module)
    seen = Seen.assumed(copied)
    paths = {part: path for path, part in copied.named_modules()}
    network = Network(held(copied), seen, paths, {}, {})
    gates = [spot.module for chain in network.chains() for spot in chain.spots]
    blocks = tuple(_fused(network, gate) for gate in gates if isinstance(gate, Gated))
    return Trained(network.module, blocks)


def _fused(network: Network, gate: Gated) -> TrainedBlock:
    """Exchange a gate and the norm before it, and return the record of that."""
    chain, place = network.locate(gate)
    path, kind = network.path(gate), network.kind(gate, read(gate, network.seen).kind)
    before = chain.spots[place - 1] if place else None
    norm = before.module if before and type(before.module) is nn.BatchNorm2d else None
    try:
        block = fused_se(gate, norm)
    except UsageError as error:
        return TrainedBlock(path, kind, fused=False, norm=False, reason=str(error))
    network.expect_removable(*gate.modules(), *([] if norm is None else [norm]))
    chain.spots[place].put(block.train(gate.training))
    if before is not None and norm is not None:
        before.put(nn.Identity())
    reason = "" if norm else "no norm directly before the gate"
    return TrainedBlock(path, kind, fused=True, norm=norm is not None, reason=reason)
