"""The parameters of the built torch module."""

from se_cost.measure.counting.counts import Built, Parameters
from se_cost.measure.models.build import blank_of
from se_cost.nets.model import Model


def built(model: Model) -> Built:
    """Return the parameters of a model's module and of its plain network's."""
    return Built(parameters(model), parameters(model.plain))


def parameters(model: Model) -> Parameters:
    """Return (weights, biases) of every submodule that holds any itself, by its path.

    A parameter that several hold is that of the first.
    """
    found: dict[str, tuple[int, int]] = {}
    for path, parameter in blank_of(model).named_parameters():
        part, _, name = path.rpartition(".")
        weights, biases = found.get(part, (0, 0))
        bias, size = name == "bias", parameter.numel()
        found[part] = (weights + size * (not bias), biases + size * bias)
    return found
