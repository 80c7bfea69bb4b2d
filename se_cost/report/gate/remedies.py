"""What would bring the cost of a network's attention down."""

from collections.abc import Iterator
from dataclasses import replace

from se_cost.nets.recipe import Recipe
from se_cost.report.gate.entry import counted
from se_cost.report.gate.quantities import Quantity
from se_cost.report.gate.where import in_words, largest

FACTORS = (2, 4, 8, 16, 32)  # of r; beyond them little of the attention is left


def remedies(recipe: Recipe, quantity: Quantity, most: float) -> list[str]:
    """Return the ways to cut back the attention that bring a count down to `most`.

    If there is none, what the network without any attention would have.
    """
    values = {words: _value(way, quantity) for words, way in _cut_back(recipe, quantity, most)}
    enough = {words: value for words, value in values.items() if value <= most}
    if enough or not recipe.attention.stages:
        return [f"{words}: {quantity.shown(value)}, within" for words, value in enough.items()]
    bare = _value(recipe.baseline, quantity)
    end = "within" if bare <= most else "still over"
    return [f"no attention at all: {quantity.shown(bare)}, {end}"]


def _cut_back(recipe: Recipe, quantity: Quantity, most: float) -> Iterator[tuple[str, Recipe]]:
    """Yield what could be done, in words, and the recipe after it.

    A larger r comes last, and no larger than it must be.
    """
    stages = recipe.attention.stages
    added = counted(recipe).counts[quantity.count or ""].attention
    costliest = largest(added)
    if costliest and len(stages) > 1:
        share = 100 * added[costliest] / sum(added.values())
        words = f"drop {in_words(costliest)} ({share:.0f} % of the attention's)"
        kept = tuple((stage, se) for stage, se in stages if f"stage{stage}" != costliest)
        yield words, replace(recipe, attention=replace(recipe.attention, stages=kept))
    ratios = sorted({se.r for _, se in stages})
    for factor in FACTORS if ratios else ():
        words = f"r = {factor * ratios[0]} instead of {ratios[0]}"
        if len(ratios) > 1:
            words = f"{factor} times the r of every stage"
        larger = tuple((stage, replace(se, r=factor * se.r)) for stage, se in stages)
        way = replace(recipe, attention=replace(recipe.attention, stages=larger))
        yield words, way
        if _value(way, quantity) <= most:
            return


def _value(recipe: Recipe, quantity: Quantity) -> float:
    value = quantity.of(counted(recipe))
    assert value is not None, f"{quantity.key} is counted"
    return value
