"""A network as chains: modules that follow one another, however sequences are nested."""

from collections.abc import Iterator
from typing import NamedTuple

from torch import nn

from se_cost.measure.fuse.products import ProductOfScaled
from se_cost.measure.fuse.scaling import (
    ConvOfScaled,
    MeanOfScaled,
    NormOfScaled,
    PoolOfScaled,
    Scaled,
    ScaledConv,
)
from se_cost.measure.fuse.seen import Seen
from se_cost.measure.fuse.sums import SumOfTwo
from se_cost.measure.models.layers import Gated, Stack, Sum

DROPOUTS = (nn.Dropout, nn.Dropout2d)
OWN_OUTPUT = (
    *(Gated, Stack, Scaled, ScaledConv, ConvOfScaled),
    *(ProductOfScaled, NormOfScaled, PoolOfScaled, MeanOfScaled),
)


class Spot(NamedTuple):
    """A place in a network that holds a module, by which it can be exchanged."""

    parent: nn.Module
    name: str

    @property
    def module(self) -> nn.Module:
        """Return what is there now."""
        module = self.parent._modules[self.name]
        assert module is not None
        return module

    def put(self, module: nn.Module) -> None:
        """Exchange what is there."""
        self.parent.add_module(self.name, module)


class Chain(NamedTuple):
    """Modules that follow one another; those that do nothing are left out."""

    spots: tuple[Spot, ...]
    join: Spot | None = None  # what the chain is a part of, None for a whole network
    part: str = ""  # its name there

    def at(self, index: int) -> nn.Module | None:
        """Return the module at a place, None beyond the ends."""
        return self.spots[index].module if 0 <= index < len(self.spots) else None

    def fresh(self, index: int, seen: Seen) -> bool:
        """Return whether only the module after a place reads what the one there makes.

        The input of a chain may have other readers.
        """
        module = self.at(index)
        if module is None:
            return False
        if isinstance(module, Sum | SumOfTwo):
            return len(module) > 1
        if isinstance(module, OWN_OUTPUT):
            return True
        if next(module.children(), None) is not None:
            return False
        return self.fresh(index - 1, seen) if module in seen.over else module in seen.new


def flat(parent: nn.Module, name: str, seen: Seen) -> Iterator[Spot]:
    """Yield the spots that a child consists of, in the order in which they run."""
    child = Spot(parent, name)
    module = child.module
    if in_sequence(module, seen):
        for inner in names(module):
            yield from flat(module, inner, seen)
    elif not idle(module):
        yield child


def idle(module: nn.Module) -> bool:
    """Return whether a module hands on what it is given."""
    dropout = isinstance(module, DROPOUTS) and not module.training
    return dropout or isinstance(module, nn.Identity)


def names(module: nn.Module) -> list[str]:
    """Return the names of the children that are there."""
    return [name for name, child in module._modules.items() if child is not None]


def in_sequence(module: nn.Module, seen: Seen) -> bool:
    """Return whether a module runs its children one after another, and does no more.

    Others may call the parts of a sequence one by one, and look at what is between them.
    """
    return (
        isinstance(module, nn.Sequential)
        and type(module).forward is nn.Sequential.forward
        and seen.once(module)
    )


def inside(gate: Gated, seen: Seen) -> tuple[Spot, ...]:
    """Return the spots of what makes the factor of a gate."""
    return tuple(spot for name in names(gate) for spot in flat(gate, name, seen))


def chains(
    spots: tuple[Spot, ...], seen: Seen, join: Spot | None = None, part: str = ""
) -> Iterator[Chain]:
    """Yield a chain after all those within its modules."""
    for spot in spots:
        module = spot.module
        if isinstance(module, Gated):
            yield from chains(inside(module, seen), seen, spot)
            continue
        for name in names(module):
            yield from chains(tuple(flat(module, name, seen)), seen, spot, name)
    yield Chain(spots, join, part)
