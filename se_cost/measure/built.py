"""The parameters of the built torch module."""

from se_cost.measure.module import blank
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import build


def params(recipe: Recipe) -> dict[str, tuple[int, int]]:
    """Return (weights, biases) of every submodule that holds any itself, by its path."""
    found = {}
    for path, part in blank(build(recipe)).named_modules():
        own = {name: p.numel() for name, p in part.named_parameters(recurse=False)}
        if own:
            found[path] = (own["weight"], own.get("bias", 0))
    return found
