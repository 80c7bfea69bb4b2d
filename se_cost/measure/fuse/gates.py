"""What a gate is made of: its squeeze, and the layers from there to its factor."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from math import prod
from typing import NamedTuple

from torch import nn

from se_cost.ledger.find import PRODUCT, UNNAMED
from se_cost.measure.fuse.chains import inside
from se_cost.measure.fuse.factor import Factor, MeanFactor
from se_cost.measure.fuse.seen import Seen
from se_cost.measure.models.layers import AlongChannels, Gated
from se_cost.nets.attention.kinds import KINDS

SQUEEZE = "squeeze_of_the_map"  # name of a layer
MIXINGS: Mapping[type[nn.Module], str] = {
    nn.Linear: "linear",
    nn.Conv2d: "linear",
    AlongChannels: "channel_conv",
}


class Mean(NamedTuple):
    """The mean of every channel, over the pixels that `stride` keeps, as a vector."""

    stride: tuple[int, int] = (1, 1)


class GateParts(NamedTuple):
    """A gate x * f(x) as a squeeze and layers by name; f of any other build is all layers."""

    kind: str
    squeeze: Mean | nn.Module | None  # from a map to a vector
    layers: Mapping[str, nn.Module]
    per_channel: bool  # one factor for a channel, not one for a value

    @property
    def factor(self) -> nn.Module:
        """Return the module that makes the factor."""
        match self.squeeze:
            case Mean(stride):
                return MeanFactor(self.layers, stride)
            case None:
                return Factor(OrderedDict(self.layers))
            case squeeze:
                return Factor(OrderedDict({SQUEEZE: squeeze, **self.layers}))

    def macs(self, seen: Seen) -> int:
        """Return the MACs of the layers for one image."""
        parts = (part for layer in self.layers.values() for part in layer.modules())
        return sum(_macs(part, seen) for part in parts)

    def e_passes(self, seen: Seen, elements: int) -> float:
        """Return the passes over a map of so many elements that the factor takes."""
        if self.squeeze is not None:
            return 1
        leaves = (part for layer in self.layers.values() for part in layer.modules())
        moved = [
            prod(seen.inputs[leaf]) + prod(seen.outputs[leaf])
            for leaf in leaves
            if leaf in seen.inputs and next(leaf.children(), None) is None
        ]
        return sum(moved) / elements


def read(gated: Gated, seen: Seen) -> GateParts:
    """Return what a gate is made of."""
    spots = inside(gated, seen)
    names = [spot.name for spot in spots]
    named = names if len(set(names)) == len(names) else map(str, range(len(names)))
    layers = dict(zip(named, [spot.module for spot in spots], strict=True))
    squeeze = _squeeze(*layers.values())
    if squeeze is not None:
        layers = dict(list(layers.items())[2:])
    factor = seen.outputs.get(spots[-1].module, ()) if spots else ()
    return GateParts(
        _kind(layers.values()),
        squeeze,
        layers,
        factor[:2] == seen.inputs.get(gated, ())[:2] and prod(factor[2:]) == 1,
    )


def _squeeze(*layers: nn.Module) -> Mean | nn.Module | None:
    """Return what the first two layers do if they make a vector of a map, else None."""
    match layers:
        case [nn.AdaptiveAvgPool2d(output_size=1 | (1, 1)), nn.Flatten(), *_]:
            return Mean()
        case [nn.AdaptiveMaxPool2d(output_size=1 | (1, 1)) as pool, nn.Flatten() as flat, *_]:
            return nn.Sequential(pool, flat)
        case _:
            return None


def _kind(layers: Iterable[nn.Module]) -> str:
    """Return the kind of attention that mixes channels in this way."""
    mixings = (MIXINGS[type(layer)] for layer in layers if type(layer) in MIXINGS)
    of_gate = (*mixings, PRODUCT)
    return next((name for name, kind in KINDS.items() if kind.signature == of_gate), UNNAMED)


def _macs(layer: nn.Module, seen: Seen) -> int:
    """Return the MACs of one layer; one that has not run takes a vector."""
    match layer:
        case nn.Linear():
            vector = (1, layer.out_features)
            return prod(seen.outputs.get(layer, vector)[1:]) * layer.in_features
        case nn.Conv1d() | nn.Conv2d():
            return prod(seen.outputs[layer][1:]) * layer.weight[0].numel()
        case nn.ConvTranspose2d():
            return prod(seen.inputs[layer][1:]) * layer.weight[0].numel()
        case _:
            return 0
