"""A model of the user's, metered: on meta, or on the CPU where it needs values."""

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from torch import nn
from torch.utils._pytree import tree_map

from se_cost.errors import MeasurementError
from se_cost.ledger.traffic import Traffic
from se_cost.measure.models import foreign
from se_cost.measure.models.build import DTYPES, FORMATS, placed
from se_cost.measure.models.guard import guarded
from se_cost.measure.models.metering import Metered, inference, training
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.imported import Imported
from se_cost.record import replace

Pass = Callable[[nn.Module, Sequence[Any]], Metered]
DEVICES = ("meta", "cpu")


class _FailedRunError(Exception):
    """A run of the user's code failed."""


def metered(model: Imported, settings: Settings) -> Metered:
    """Return what one model moves in an iteration, by operator.

    The forward pass is that of the mode. The backward pass, and what is saved for it, are those of
    training in either mode, as for our networks; nothing where inference is asked for of a batch
    that the model cannot be trained on. Raises MeasurementError if it cannot be run.
    """
    for device in DEVICES:
        module, inputs = _built(model, settings, device)
        try:
            with guarded(f"running {model.spec}"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return _iteration(module, inputs, settings.mode, last=device == DEVICES[-1])
        except _FailedRunError as error:
            reason = str(error)
    way = "be trained" if settings.mode is Mode.TRAIN else "run"
    size = f"a batch of {settings.batch} in {settings.dtype}"
    raise MeasurementError(f"{model.spec} cannot {way} with {size}: {reason}")


def _iteration(module: nn.Module, inputs: Sequence[Any], mode: Mode, *, last: bool) -> Metered:
    """Return what an iteration moves; where there are values, training may be impossible."""
    if mode is Mode.TRAIN:
        return _ran(training, module.train(), inputs)
    forward, trained = _ran(inference, module.eval(), inputs), {}
    try:
        trained = {**_ran(training, module.train(), inputs)}
    except _FailedRunError:
        if not last:
            raise
    nothing = Traffic()
    return {
        name: replace(
            trained.get(name, nothing),
            forward=forward.get(name, nothing).forward,
            operators_forward=forward.get(name, nothing).operators_forward,
        )
        for name in {**forward, **trained}
    }


def _ran(run: Pass, module: nn.Module, inputs: Sequence[Any]) -> Metered:
    try:
        return run(module, inputs)
    except MeasurementError:
        raise
    except Exception as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise _FailedRunError(reason) from error


def _built(model: Imported, settings: Settings, device: str) -> tuple[nn.Module, tuple[Any, ...]]:
    """Return the module of a model and what it is fed."""
    dtype, form = DTYPES[settings.dtype], FORMATS[settings.layout]
    module = foreign.built(model, meta=device == "meta").to(dtype)
    inputs = foreign.fed(model, module, settings.batch)
    inputs = tree_map(partial(placed, settings=settings), inputs)
    return module.to(memory_format=form), inputs  # type: ignore[call-overload]
