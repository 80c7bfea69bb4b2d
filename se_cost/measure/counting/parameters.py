"""The parameters of the built torch module."""

from se_cost.measure.counting.counts import Built, Parameters
from se_cost.measure.models.build import blank_of
from se_cost.nets.model import Model


def built(model: Model) -> Built:
    """Return the parameters of a model's module and of its plain network's."""
    return Built(parameters(model), parameters(model.plain))


def parameters(model: Model) -> Parameters:
    """Return (weights, biases) of every submodule that holds any itself, by its path."""
    found = {}
    for path, part in blank_of(model).named_modules():
        own = {name: p.numel() for name, p in part.named_parameters(recurse=False)}
        if own:
            found[path] = (own["weight"], own.get("bias", 0))
    return found
