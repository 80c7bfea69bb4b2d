"""A model of the user's, metered: on meta, or on the CPU where it needs values."""

import warnings
from collections.abc import Callable

import torch
from torch import Tensor, nn

from se_cost.errors import MeasurementError
from se_cost.ledger.traffic import Traffic
from se_cost.measure.models import foreign
from se_cost.measure.models.build import DTYPES, FORMATS
from se_cost.measure.models.guard import guarded
from se_cost.measure.models.metering import Metered, inference, training
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.imported import Imported
from se_cost.record import replace

Pass = Callable[[nn.Module, tuple[Tensor, ...]], Metered]


def metered(model: Imported, settings: Settings) -> Metered:
    """Return what one model moves in an iteration, by operator.

    The forward pass is that of the mode. The backward pass, and what is saved for it, are those of
    training in either mode, as for our networks; nothing where inference is asked for of a batch
    that the model cannot be trained on. Raises MeasurementError if it cannot be run.
    """
    if settings.mode is Mode.TRAIN:
        return _run(model, settings, training, train=True)
    forward = _run(model, settings, inference, train=False)
    try:
        trained = _run(model, settings, training, train=True)
    except MeasurementError:
        trained = {}
    nothing = Traffic()
    return {
        name: replace(
            trained.get(name, nothing),
            forward=forward.get(name, nothing).forward,
            operators_forward=forward.get(name, nothing).operators_forward,
        )
        for name in {**forward, **trained}
    }


def _run(model: Imported, settings: Settings, run: Pass, *, train: bool) -> Metered:
    """Return what a pass moves on meta, else on the CPU."""
    try:
        return _metered(model, settings, run, train=train, device="meta")
    except _FailedRunError:
        pass
    try:
        return _metered(model, settings, run, train=train, device="cpu")
    except _FailedRunError as error:
        way = "be trained" if train else "run"
        size = f"a batch of {settings.batch} in {settings.dtype}"
        raise MeasurementError(f"{model.spec} cannot {way} with {size}: {error}") from None


class _FailedRunError(Exception):
    """A run of the user's code failed."""


def _metered(
    model: Imported, settings: Settings, run: Pass, *, train: bool, device: str
) -> Metered:
    dtype, form = DTYPES[settings.dtype], FORMATS[settings.layout]
    module = foreign.built(model, meta=device == "meta").train(train)
    module = module.to(dtype).to(memory_format=form)  # type: ignore[call-overload]
    shapes = foreign.shapes(foreign.known(model).model)
    inputs = tuple(
        _image(torch.randn(settings.batch, *shape, device=device).to(dtype), form)
        for shape in shapes
    )
    with guarded(f"running {model.spec}"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return run(module, inputs)
        except MeasurementError:
            raise
        except Exception as error:
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
            raise _FailedRunError(reason) from error


def _image(tensor: Tensor, form: torch.memory_format) -> Tensor:
    return tensor.contiguous(memory_format=form) if tensor.dim() == 4 else tensor
