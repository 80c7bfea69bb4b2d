"""One attention block: what is done to it, and the record of that."""

from torch import nn

from se_cost.measure.fuse.chains import Spot
from se_cost.measure.fuse.choice import Form, Into, Rewriting, Surroundings, chosen, forms
from se_cost.measure.fuse.gates import GateParts, read
from se_cost.measure.fuse.named import named
from se_cost.measure.fuse.network import Network
from se_cost.measure.fuse.record import FusedBlock, How, ScaleForm, SqueezeForm
from se_cost.measure.fuse.rewrite import GateSite, rewritten
from se_cost.measure.fuse.sites import site
from se_cost.measure.fuse.squeeze import squeezed
from se_cost.measure.models.layers import Gated, Stack, Sum
from se_cost.measure.timing.settings import Runtime


def fused_block(
    network: Network, gated: Gated, how: How, runtime: Runtime
) -> tuple[FusedBlock, Rewriting | None]:
    """Rewrite a gate and return what was done, or why nothing was.

    There is no rewriting of one that does not run just once.
    """
    seen = network.seen
    if not seen.once(gated):
        return _alone(network, gated), None
    chain, place = network.locate(gated)
    parts = read(gated, seen)
    moved = squeezed(chain, place, parts, seen)
    gate = GateSite(chain, place, moved, site(network, chain, place, moved))
    form, reason = chosen(gate.site, how, runtime)
    block = _record(network, parts, gate, form, reason)
    if block.fused:
        _expect_removable(network, gate, form.into)
        rewritten(gate, form.scale, form.into)
    elif gated in network.originals:
        gate.spot.put(network.originals[gated])
    return block, Rewriting(block.path, gate.site, form)


def _alone(network: Network, gated: Gated) -> FusedBlock:
    """Return the record of a block that does not run just once."""
    uses = network.seen.uses[gated]
    reason = f"the block is used {uses} times" if uses else "the block does not run"
    return FusedBlock(
        path=network.path(gated),
        kind=network.kind(gated, read(gated, network.seen).kind),
        channels=0,
        height=0,
        width=0,
        squeeze=SqueezeForm.KEPT,
        squeeze_reason=reason,
        scale=ScaleForm.KEPT,
        into="",
        scale_reason=reason,
        e_passes_before=0,
        e_passes_after=0,
        macs_before=0,
        macs_after=0,
    )


def _record(
    network: Network, parts: GateParts, gate: GateSite, form: Form, reason: str
) -> FusedBlock:
    seen, site, gated = network.seen, gate.site, gate.spot.module
    channels, height, width = (*seen.inputs[gated][1:], 1, 1)[:3]
    first = network.unread(gate.chain) if gate.place == 0 else ""
    return FusedBlock(
        path=network.path(gated),
        kind=network.kind(gated, parts.kind),
        channels=channels,
        height=height,
        width=width,
        squeeze=SqueezeForm.MOVED if gate.squeezed.conv else SqueezeForm.KEPT,
        squeeze_reason=first or gate.squeezed.reason,
        scale=form.scale,
        into=network.path(_taker(gate, form.into)),
        scale_reason=reason if len(list(forms(site))) > 1 else f"{_left(network, gate)}; {reason}",
        e_passes_before=parts.e_passes(seen, site.elements) + site.own_passes,
        e_passes_after=gate.squeezed.e_passes + form.e_passes,
        macs_before=parts.macs(seen),
        macs_after=gate.squeezed.parts.macs(seen),
    )


def _taker(gate: GateSite, into: Into) -> nn.Module | None:
    """Return the neighbour that takes the scale."""
    match into:
        case Into.SUM:
            return gate.chain.join.module if gate.chain.join else None
        case Into.BEFORE:
            return gate.squeezed.conv
        case Into.AFTER:
            return gate.after
        case Into.NONE:
            return None


def _left(network: Network, gate: GateSite) -> str:
    """Return why no neighbour takes the scale."""
    after = gate.chain.at(gate.place + 1)
    unread = network.unread(gate.chain) if after is None else ""
    shared = "" if gate.site.fresh else "others may read the map as it is; "
    return unread or shared + _follower(gate.site, after, gate.chain.join)


def _follower(site: Surroundings, after: nn.Module | None, join: Spot | None) -> str:
    """Return what follows the gate, in words."""
    match after:
        case None:
            return "nothing follows" if join is None else f"{named(join.module)} follows"
        case Sum() | Stack():
            return "several parts read the product"
        case nn.Conv2d() if site.batch > 1:
            return f"{named(after)} follows, and each image has its own factors"
        case _:
            return f"{named(after)} follows"


def _expect_removable(network: Network, gate: GateSite, into: Into) -> None:
    """Raise UsageError if something else depends on a part that the rewriting takes away."""
    taker = _taker(gate, into)
    gone = [*gate.spot.module.modules(), gate.squeezed.conv, taker]
    network.expect_removable(*[part for part in gone if part is not None])
