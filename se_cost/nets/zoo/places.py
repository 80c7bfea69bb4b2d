"""Which places of a family a kind of attention can take, and in which stages."""

from collections.abc import Sequence

from se_cost.errors import UsageError, not_one_of
from se_cost.nets.attention.place import GATING, Kind, Place
from se_cost.nets.zoo.family import Family
from se_cost.nets.zoo.registry import FAMILIES
from se_cost.text import joined


def place_of(family: Family, kind: Kind | None, asked: Place | str | None) -> Place:
    """Return the place that is asked for, or the first that a kind can take.

    Raises UsageError, naming the places that there are.
    """
    here = [place for place in family.places if kind is None or place in kind.places]
    if kind is not None and not here:
        others = [one.name for one in FAMILIES.values() if set(one.places) & set(kind.places)]
        raise UsageError(
            f"{kind.name} has no place in {family.name}: it takes place {joined(kind.places)}, "
            f"which {joined(others)} have"
        )
    if asked is None:
        return here[0]
    for place in here:
        if asked == place:
            return place
    of = f" of {kind.name}" if kind and kind.places != GATING else ""
    raise not_one_of(f"place{of} in {family.name}", asked, here)


def stages_at(family: Family, place: Place) -> Sequence[int]:
    """Return the stages that can hold attention at a place.

    BAM's paper (arXiv 1807.06514) has a block at the end of each stage but the last, BoTNet's
    (arXiv 2101.11605) replaces the convolutions of the last stage alone.
    """
    if place is Place.STAGE:
        return family.stages[:-1]
    return family.stages[-1:] if place is Place.INSTEAD else family.stages
