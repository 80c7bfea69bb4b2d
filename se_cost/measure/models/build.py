"""The one door from a model to a torch module."""

from typing import Any

import torch
from torch import Tensor, nn

from se_cost.errors import UsageError
from se_cost.measure.models import foreign
from se_cost.measure.models.folding import fold
from se_cost.measure.models.module import blank, module
from se_cost.measure.timing.settings import DType, MemoryFormat, Mode, Settings
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model, Zoo
from se_cost.nets.zoo.registry import build

DTYPES = {
    DType.FLOAT32: torch.float32,
    DType.BFLOAT16: torch.bfloat16,
    DType.FLOAT16: torch.float16,
}
FORMATS = {
    MemoryFormat.NCHW: torch.contiguous_format,
    MemoryFormat.NHWC: torch.channels_last,
}
MAPS = 4  # dimensions of a batch of maps


def module_of(model: Model) -> nn.Module:
    """Return the module of a model, initialised, in training mode, on the CPU."""
    match model:
        case Imported():
            return foreign.built(model).train()
        case _:
            return module(build(model))


def blank_of(model: Model) -> nn.Module:
    """Return the module of a model on the meta device: shapes without values.

    Raises UsageError for numbers that torch cannot hold.
    """
    match model:
        case Imported():
            return foreign.built(model, meta=True)
        case _:
            return _blank(model)


def _blank(model: Zoo) -> nn.Module:
    try:
        return blank(build(model))
    except (RuntimeError, OverflowError) as error:
        raise UsageError(f"torch cannot build this {model.arch}: {error}") from None


def network(model: Model, settings: Settings, device: torch.device) -> nn.Module:
    """Return the network as it is timed: in its mode, type and memory format, on its device."""
    built = module_of(model).train(settings.mode is Mode.TRAIN)
    if settings.fold_norms:
        fold(built)  # in float32, whatever type follows
    return built.to(device, stored(settings)).to(memory_format=FORMATS[settings.layout])  # type: ignore[call-overload, no-any-return]


def stored(settings: Settings) -> torch.dtype:
    """Return the type of weights and images: autocast lowers operations from float32 itself."""
    return torch.float32 if settings.autocast else DTYPES[settings.dtype]


def placed(leaf: Any, settings: Settings, device: torch.device | None = None) -> Any:
    """Return a tensor of an input as it is timed; anything else as it is.

    It is in its type, unless it holds whole numbers; in its memory format, if it is a batch of maps
    (N, C, H, W); and on its device, if one is said.
    """
    if not isinstance(leaf, Tensor):
        return leaf
    own = stored(settings) if leaf.is_floating_point() else leaf.dtype
    tensor = leaf.to(device or leaf.device, own)
    form = FORMATS[settings.layout]
    return tensor.contiguous(memory_format=form) if tensor.dim() == MAPS else tensor
