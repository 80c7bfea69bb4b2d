"""What surrounds a gate: the numbers that decide how its scale is folded."""

from math import prod

from torch import nn

from se_cost.measure.fuse.chains import Chain, flat
from se_cost.measure.fuse.choice import ConvSize, NormAfter, PoolSize, Surroundings
from se_cost.measure.fuse.gates import Mean
from se_cost.measure.fuse.network import Network, hooked
from se_cost.measure.fuse.seen import Seen
from se_cost.measure.fuse.squeeze import Squeezed, conv_size
from se_cost.measure.models.folding import constant
from se_cost.measure.models.layers import Constant, Sum

NEVER_NEGATIVE = (nn.Sigmoid, nn.Hardsigmoid, nn.ReLU, nn.ReLU6)


def site(network: Network, chain: Chain, place: int, squeezed: Squeezed) -> Surroundings:
    """Return the numbers of a gate that has run."""
    seen, gated, before = network.seen, chain.spots[place].module, chain.at(place - 1)
    batch, channels, *size = seen.inputs[gated]
    total = sum_of_two(chain, place)
    fresh = before is not None and chain.fresh(place - 1, seen) and not hooked(before)
    return Surroundings(
        batch=batch,
        channels=channels,
        pixels=prod(size),
        nchw=gated not in seen.nhwc,
        per_channel=squeezed.parts.per_channel,
        fresh=fresh or squeezed.conv is not None,
        before=None if squeezed.conv is None else conv_size(squeezed.conv, seen),
        summed=total is not None,
        other_fresh=total is not None and _other_fresh(total, chain.part, seen),
        constants=len(chain.spots) - place - 1 if total else 0,
        after=None if total else _after(chain.at(place + 1), squeezed, seen),
    )


def sum_of_two(chain: Chain, place: int) -> Sum | None:
    """Return the sum of two parts that a gate is the last of one of, if it is.

    Factors that are constants may follow the gate.
    """
    rest = [spot.module for spot in chain.spots[place + 1 :]]
    total = chain.join.module if chain.join else None
    if not isinstance(total, Sum) or len(total) != 2:
        return None
    return total if all(type(part) is Constant for part in rest) else None


def _other_fresh(total: Sum, part: str, seen: Seen) -> bool:
    """Return whether nobody else reads what the other part of a sum makes."""
    name = next(name for name in total if name != part)
    spots = tuple(flat(total, name, seen))
    return Chain(spots).fresh(len(spots) - 1, seen) and not hooked(spots[-1].module)


def _after(
    part: nn.Module | None, squeezed: Squeezed, seen: Seen
) -> ConvSize | PoolSize | NormAfter | None:
    """Return the linear operator that follows a gate, None if something else does."""
    if part is None or not seen.once(part):
        return None
    if constant(part):
        return NormAfter()
    match part:
        case nn.Conv2d(padding_mode="zeros") if type(part) is nn.Conv2d:
            return conv_size(part, seen)
        case nn.AdaptiveAvgPool2d(output_size=1 | (1, 1)):
            shared = isinstance(squeezed.parts.squeeze, Mean) and squeezed.conv is None
            return PoolSize(1, shared)
        case nn.AvgPool2d():
            return PoolSize(prod(seen.outputs[part][2:]), shared=False)
        case nn.MaxPool2d(return_indices=False) if _never_negative(squeezed):
            return PoolSize(prod(seen.outputs[part][2:]), shared=False)
        case _:
            return None


def _never_negative(squeezed: Squeezed) -> bool:
    """Return whether the factor cannot turn a maximum into a minimum."""
    return any(
        isinstance(last, NEVER_NEGATIVE) for last in list(squeezed.parts.layers.values())[-1:]
    )
