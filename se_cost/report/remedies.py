"""What would bring the cost of a network's attention down."""

from collections.abc import Iterator
from dataclasses import replace

from se_cost.nets.recipe import Recipe
from se_cost.report.entry import counted
from se_cost.report.quantities import Quantity
from se_cost.report.where import in_words, largest


def remedies(recipe: Recipe, quantity: Quantity, most: float) -> list[str]:
    """Return the ways to cut back the attention that bring a count down to `most`.

    If there is none, what the network without any attention would have.
    """
    values = {words: _value(way, quantity) for words, way in _cut_back(recipe, quantity)}
    enough = {words: value for words, value in values.items() if value <= most}
    if enough or not recipe.attention.stages:
        return [f"{words}: {quantity.shown(value)}, within" for words, value in enough.items()]
    bare = _value(recipe.baseline, quantity)
    end = "within" if bare <= most else "still over"
    return [f"no attention at all: {quantity.shown(bare)}, {end}"]


def _cut_back(recipe: Recipe, quantity: Quantity) -> Iterator[tuple[str, Recipe]]:
    """Yield what could be done, in words, and the recipe after it."""
    stages = recipe.attention.stages
    added = counted(recipe).counts[quantity.count or ""].attention
    costliest = largest(added)
    if costliest and len(stages) > 1:
        share = 100 * added[costliest] / sum(added.values())
        words = f"drop {in_words(costliest)} ({share:.0f} % of the attention's)"
        kept = tuple((stage, se) for stage, se in stages if f"stage{stage}" != costliest)
        yield words, replace(recipe, attention=replace(recipe.attention, stages=kept))
    if stages:
        r, *others = sorted({se.r for _, se in stages})
        words = "twice the r of every stage" if others else f"r = {2 * r} instead of {r}"
        doubled = tuple((stage, replace(se, r=2 * se.r)) for stage, se in stages)
        yield words, replace(recipe, attention=replace(recipe.attention, stages=doubled))


def _value(recipe: Recipe, quantity: Quantity) -> float:
    value = quantity.of(counted(recipe))
    assert value is not None, f"{quantity.key} is counted"
    return value
