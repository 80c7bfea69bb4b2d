"""The network of a model with every kind of attention that there is a place for in it."""

from collections.abc import Iterator

from se_cost.errors import UsageError
from se_cost.measure.models.costs import resolved
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.attention.place import Place
from se_cost.nets.imported import OWN, Imported
from se_cost.nets.model import Model, Zoo
from se_cost.nets.zoo.model import model as named
from se_cost.nets.zoo.places import place_of, stages_at
from se_cost.nets.zoo.registry import FAMILIES
from se_cost.record import replace


def each_kind(model: Model) -> list[Model]:
    """Return a model, and its network with every other kind as it is usual, in the same stages.

    In a model of the user's a kind stands where its own attention does. Raises UsageError and
    MeasurementError if that cannot be taken out.
    """
    others = _imported(model) if isinstance(model, Imported) else _zoo(model)
    by_kind = {one.kind: one for one in others} | {model.kind: model}
    return [by_kind[kind] for kind in (OWN, *KINDS) if kind in by_kind]


def _zoo(model: Zoo) -> Iterator[Model]:
    family, own = FAMILIES[model.family], model.attention.place
    for name, kind in KINDS.items():
        try:
            place = place_of(family, kind(), own if own in kind.places else None)
            able = stages_at(family, place)
            network = named(
                family.name,
                attention=name,
                place=place,
                stages=[stage for stage in model.stages if stage in able],
                stride_in=model.stride_in,
            )
        except UsageError:
            if Place.STANDARD in kind.places:
                raise
            continue
        if network.stages:
            kinds = tuple(of.on(_size(model, of.stage)) for of in network.attention.stages)
            attention = replace(network.attention, stages=kinds)
            yield replace(model, arch=network.arch, attention=attention)


def _size(model: Zoo, stage: int) -> tuple[int, int]:
    """Return the height and the width of the maps of a stage."""
    _, height, width = (-(-side // 2**stage) for side in model.input)
    return height, width


def _imported(model: Imported) -> Iterator[Model]:
    bare = replace(model, attention=None, stages=(), dropped=())
    own = resolved(replace(bare, after=()))
    yield from [own] * bool(own.stages)
    for kind in KINDS.values():
        if Place.STANDARD in kind.places:
            found = resolved(replace(bare, attention=kind()))
            left = found.without([stage for stage in found.stages if stage not in model.stages])
            yield from [left] * bool(left.stages)
