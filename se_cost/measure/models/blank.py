"""Copies of a module to try things on, so that the module itself stays as it is."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from se_cost.errors import MeasurementError
from se_cost.measure.models.told import told


def blank_copy(module: nn.Module) -> nn.Module:
    """Return a copy on meta, without weights; raise MeasurementError if there can be none."""
    return _copied(module, blank)


def real_copy(module: nn.Module) -> nn.Module:
    """Return a copy on the CPU with the weights; raise MeasurementError if there can be none.

    What of it can be trained is as before; gradients and graphs of autograd stay behind.
    """
    return _copied(module, _real)


def is_blank(module: nn.Module) -> bool:
    """Return whether a module has parameters or buffers without values."""
    return any(tensor.is_meta for tensor in (*module.parameters(), *module.buffers()))


def blank(leaf: Any) -> Any:
    """Return a tensor without values in the place of one with; anything else as it is."""
    match leaf:
        case UninitializedParameter() | UninitializedBuffer():
            return _lazy(leaf, "meta")
        case nn.Parameter():
            return nn.Parameter(torch.empty_like(leaf, device="meta"), requires_grad=False)
        case Tensor():
            return torch.empty_like(leaf, device="meta", requires_grad=False)
        case _:
            return leaf


def _real(leaf: Tensor) -> Tensor:
    match leaf:
        case UninitializedParameter() | UninitializedBuffer():
            return _lazy(leaf, "cpu")
        case nn.Parameter():
            values = leaf.detach().to("cpu", copy=True)
            return nn.Parameter(values, requires_grad=leaf.requires_grad)
        case _:
            return leaf.detach().to("cpu", copy=True)


def _lazy(leaf: Tensor, device: str) -> Tensor:
    kind: Callable[..., Tensor] = type(leaf)
    return kind(requires_grad=leaf.requires_grad, device=device, dtype=leaf.dtype)


def _copied(module: nn.Module, copied: Callable[[Any], Any]) -> nn.Module:
    """Return a copy of a module whose parameters and buffers are made by `copied`.

    Other tensors keep their values: what is computed of them in Python goes on working.
    """
    memo: dict[int, Any] = {}
    for part in module.modules():
        held = {**part._parameters, **part._buffers}
        memo |= {id(tensor): copied(tensor) for tensor in held.values() if tensor is not None}
        own = [value for value in vars(part).values() if isinstance(value, Tensor)]
        memo |= {id(tensor): tensor.detach().clone() for tensor in own}
    try:
        return deepcopy(module, memo)
    except Exception as error:
        raise MeasurementError(f"the model cannot be copied: {told(error)}") from error
