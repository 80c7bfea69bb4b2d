"""A model of the user's, counted by fvcore and FlopCounterMode as far as they can."""

from collections.abc import Callable, Mapping

from se_cost.errors import MeasurementError
from se_cost.measure.counting.counts import YourCounts
from se_cost.measure.counting.flop_counter import by_flop_counter
from se_cost.measure.counting.fvcore import fvcore_counted
from se_cost.measure.models.foreign import built, fed
from se_cost.measure.models.guard import guarded
from se_cost.measure.models.told import told
from se_cost.nets.imported import Imported

Totals = dict[str, int]


def count_yours(model: Imported, *, backward: bool = False) -> YourCounts:
    """Count a model and its plain network; `backward` counts that pass too.

    A counter that fails, or attention that cannot be taken out, is no error: what is missing is
    said. fvcore traces a module with values, FlopCounterMode needs none.
    """
    counters: Mapping[str, Callable[[Imported], Totals]] = {
        "fvcore": _by_fvcore,
        "FlopCounterMode": _by_torch_in_training if backward else _by_torch,
    }
    sides: list[Totals] = [{}, {}]
    missing: dict[str, None] = {}
    for name, count in counters.items():
        for side, network in zip(sides, (model, model.plain), strict=True):
            try:
                with guarded(f"counting {model.spec}"):
                    side |= count(network)
            except MeasurementError as error:
                missing[f"{name} counts nothing: {error}"] = None
            except Exception as error:
                missing[f"{name} cannot count {model.spec}: {told(error)}"] = None
    return YourCounts(sides[0], sides[1], tuple(missing))


def _by_fvcore(model: Imported) -> Totals:
    module = built(model)
    return {"fvcore": fvcore_counted(module, fed(model, module)).total}


def _by_torch(model: Imported) -> Totals:
    module = built(model, meta=True).requires_grad_(requires_grad=False)
    return {"torch": by_flop_counter(module, fed(model, module)).forward}


def _by_torch_in_training(model: Imported) -> Totals:
    module = built(model, meta=True)
    found = by_flop_counter(module, fed(model, module), backward=True)
    return {"torch": found.forward, "torch_backward": found.backward or 0}
