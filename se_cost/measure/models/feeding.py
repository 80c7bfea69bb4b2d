"""What a model of the user's is fed: numbers of some shapes, or what a function returns."""

from collections.abc import Mapping, Sequence
from inspect import signature
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map

from se_cost.errors import MeasurementError
from se_cost.measure.models.blank import blank, is_blank
from se_cost.measure.models.loading import made
from se_cost.measure.models.recorder import tensors
from se_cost.measure.models.tracing import images, numbers
from se_cost.nets.imported import Imported
from se_cost.nets.nodes import Shape


def example(model: Imported, module: nn.Module) -> tuple[Any, ...]:
    """Return what the module of a model is given in one run, in the order of its arguments.

    Tensors on meta where shapes say it all, else what the function of `model.inputs` returns: one
    tensor, a tuple, or a dictionary by the names of arguments. The first dimension of every tensor
    is the batch. Raises UsageError and MeasurementError as `made` does, and if it does not fit.
    """
    if not model.inputs:
        return images(module, (model.input, *model.others))
    returned = made(model, model.inputs)
    given = returned if isinstance(returned, Mapping | list | tuple) else (returned,)
    inputs = _in_order(model, module, given)
    first = next(tensors(inputs), torch.empty(0))
    if not any(first.shape[:1]):
        raise MeasurementError(
            f"{model.inputs} makes no batch: it returns tensors whose first dimension is one"
        )
    return inputs


def batched(inputs: tuple[Any, ...], number: int) -> tuple[Any, ...]:
    """Return inputs for so many images: those that there are are cut, or repeated in turn.

    Tensors that have no batch, as the first has it, stay as they are.
    """
    known = next(tensors(inputs)).shape[0]

    def fitted(leaf: Any) -> Any:
        if not isinstance(leaf, Tensor) or leaf.shape[:1] != (known,):
            return leaf
        return leaf.index_select(0, torch.arange(number, device=leaf.device) % known)

    found: tuple[Any, ...] = tree_map(fitted, inputs)
    return found


def valued(module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return inputs that have values if the module has some, and none if it is on meta."""
    found: tuple[Any, ...] = tree_map(blank if is_blank(module) else numbers, inputs)
    return found


def shapes(inputs: tuple[Any, ...]) -> tuple[Shape, ...]:
    """Return the shapes of the tensors among inputs, without the batch."""
    return tuple(tuple(tensor.shape[1:]) for tensor in tensors(inputs) if tensor.dim())


def _in_order(
    model: Imported, module: nn.Module, given: Mapping[str, Any] | Sequence[Any]
) -> tuple[Any, ...]:
    """Return inputs in the order of the arguments of `forward`, which may be given by name."""
    args, named = ((), dict(given)) if isinstance(given, Mapping) else (tuple(given), {})
    try:
        bound = signature(module.forward).bind(*args, **named)
    except TypeError as error:
        raise MeasurementError(f"{model.inputs} does not fit {model.spec}: {error}") from None
    order = list(bound.signature.parameters)
    last = max(map(order.index, bound.arguments), default=-1)
    bound.apply_defaults()
    if alone := [name for name in bound.kwargs if name in named]:
        raise MeasurementError(f"{model.spec} takes {alone[0]} by its name alone: give it an order")
    return bound.args[: last + 1] if named else args
