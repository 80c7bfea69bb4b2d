"""What would bring the cost of a network's attention down."""

from collections.abc import Iterator

from se_cost.gate.entry import counted
from se_cost.gate.quantities import Quantity
from se_cost.gate.where import largest
from se_cost.ledger.rows import in_words, stage_name
from se_cost.nets.attention.kinds import AnyKind, ratio
from se_cost.nets.model import Model, Zoo
from se_cost.record import replace

FACTORS = (2, 4, 8, 16, 32)  # of r; beyond them little of the attention is left


def remedies(model: Model, quantity: Quantity, most: float) -> list[str]:
    """Return the ways to cut back the attention that bring a count down to `most`.

    If there is none, what the network without any attention would have.
    """
    ways = [*_without_costliest(model, quantity), *_with_larger_r(model, quantity, most)]
    enough = [f"{words}: {quantity.shown(n)}, within" for words, n in ways if n <= most]
    if enough or not model.stages:
        return enough
    bare = _value(model.plain, quantity)
    end = "within" if bare <= most else "still over"
    return [f"no attention at all: {quantity.shown(bare)}, {end}"]


def _without_costliest(model: Model, quantity: Quantity) -> Iterator[tuple[str, float]]:
    """Yield the drop of the stage whose attention costs most, and what the network has then."""
    added = counted(model).counts[quantity.count or ""].attention
    numbers = {stage_name(stage): stage for stage in model.stages}
    costliest = largest(added)
    if costliest in numbers and len(numbers) > 1:
        share = 100 * added[costliest] / sum(added.values())
        words = f"drop {in_words(costliest)} ({share:.0f} % of the attention's)"
        yield words, _value(model.without({numbers[costliest]}), quantity)


def _with_larger_r(model: Model, quantity: Quantity, most: float) -> Iterator[tuple[str, float]]:
    """Yield larger values of r up to the first that suffices, and what the network has then."""
    if not isinstance(model, Zoo):
        return
    ratios = sorted({r for kind in model.attention.stages if (r := ratio(kind))})
    for factor in FACTORS if ratios else ():
        words = f"r = {factor * ratios[0]} instead of {ratios[0]}"
        if len(ratios) > 1:
            words = f"{factor} times the r of every stage"
        value = _value(_with_r_times(model, factor), quantity)
        yield words, value
        if value <= most:
            return


def _with_r_times(model: Zoo, factor: int) -> Zoo:
    larger = tuple(_larger(kind, factor) for kind in model.attention.stages)
    return replace(model, attention=replace(model.attention, stages=larger))


def _larger(kind: AnyKind, factor: int) -> AnyKind:
    r = ratio(kind)
    return kind if r is None else replace(kind, r=factor * r)


def _value(model: Model, quantity: Quantity) -> float:
    value = quantity.of(counted(model))
    assert value is not None, f"{quantity.key} is counted"
    return value
