"""What Squeeze-and-Excitation blocks, and channel attention at large, cost a network.

    import se_cost

    net = se_cost.model("se_resnet50", r=16)
    cost = se_cost.costs(net)
    cost.attention.params, cost.percent, cost.network.macs
    module = se_cost.module(net)
    timing = se_cost.time(net)

Importing the package does not import torch; `module`, `fuse` and `time` do.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from se_cost.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from se_cost.errors import MeasurementError, SeCostError, UsageError
    from se_cost.ledger.costs import Costs
    from se_cost.ledger.find import AttentionBlock
    from se_cost.ledger.rows import Ledger, Row
    from se_cost.measure.explain.prediction import Explanation
    from se_cost.measure.fuse.fuse import fuse
    from se_cost.measure.fuse.training.blocks import fused_se
    from se_cost.measure.fuse.training.network import fuse_training
    from se_cost.measure.timing.result import Timing
    from se_cost.measure.timing.settings import Protocol, Settings
    from se_cost.nets.attention.kinds import Attention
    from se_cost.nets.attention.place import Place
    from se_cost.nets.attention.se import SE, Squeeze
    from se_cost.nets.imported import Imported
    from se_cost.nets.model import Model
    from se_cost.nets.zoo.registry import build, names

__all__ = [
    "SE",
    "Attention",
    "AttentionBlock",
    "Costs",
    "Imported",
    "Ledger",
    "MeasurementError",
    "Model",
    "Place",
    "Row",
    "SeCostError",
    "Squeeze",
    "UsageError",
    "__version__",
    "build",
    "costs",
    "explain",
    "fuse",
    "fuse_training",
    "fused_se",
    "model",
    "module",
    "names",
    "time",
]
FILES = {  # where each name is at home; it is imported when it is first asked for
    **dict.fromkeys(("MeasurementError", "SeCostError", "UsageError"), "errors"),
    "Costs": "ledger.costs",
    "AttentionBlock": "ledger.find",
    **dict.fromkeys(("Ledger", "Row"), "ledger.rows"),
    "fuse": "measure.fuse.fuse",
    "fuse_training": "measure.fuse.training.network",
    "fused_se": "measure.fuse.training.blocks",
    "Attention": "nets.attention.kinds",
    "Place": "nets.attention.place",
    **dict.fromkeys(("SE", "Squeeze"), "nets.attention.se"),
    "Imported": "nets.imported",
    "Model": "nets.model",
    **dict.fromkeys(("build", "names"), "nets.zoo.registry"),
}


def __getattr__(name: str) -> Any:
    """Return a name of the package, so that Ctrl-C finds the program awake when it starts."""
    if name not in FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"se_cost.{FILES[name]}"), name)


def __dir__() -> list[str]:
    """Return the names that there are, imported or not."""
    return sorted({*globals(), *__all__})


def model(what: "str | Callable[..., Any]", *inputs: Any, **options: Any) -> "Model":
    """Return a model to ask about: a network of ours by its name, or one of yours.

    `model("se_resnet50", r=8)` takes the options of `se_cost.nets.zoo.model.model`, which are those
    of the command line. Yours is a module, a class or function that makes one, or what --model
    names, with its input: `model(Net, (3, 224, 224))`, and the options of
    `se_cost.measure.models.asked.model_of`. A module stays as it is: what is asked about is a copy
    of it. Raises UsageError for what cannot be used, MeasurementError if it cannot be run.
    """
    if callable(what) or (isinstance(what, str) and ":" in what):
        from se_cost.measure.models.asked import model_of

        return model_of(what, *inputs, **options)
    from se_cost.errors import UsageError
    from se_cost.nets.zoo.model import model as named

    if inputs:
        raise UsageError(f"the input of {what} is an option: input=224, or input=(800, 1333)")
    return named(what, **options)


def costs(model: "Model") -> "Costs":
    """Return what a model costs, with attention and without, layer by layer.

    `costs.blocks` are the attention blocks that were found. For a model of yours torch is imported,
    and your code is run. Raises UsageError for what is no model.
    """
    from se_cost.measure.models.costs import costs as of_any
    from se_cost.nets.model import expect_model

    return of_any(expect_model(model))


def module(model: "Model") -> "nn.Module":
    """Return the torch module of a model, initialised, in training mode, on the CPU.

    It takes a batch (N, C, H, W); a classifier returns (N, classes). Names of submodules are paths
    of the ledger. Raises UsageError for what is no model.
    """
    from se_cost.measure.models.build import module_of
    from se_cost.nets.model import expect_model

    return module_of(expect_model(model))


def time(
    model: "Model", settings: "Settings | None" = None, protocol: "Protocol | None" = None
) -> "Timing":
    """Time a model against its plain network; raise MeasurementError if that is not possible.

    A `StoppingRule`, the default, starts fresh processes until every interval is narrow enough,
    for up to ten minutes; a `QuickPlan` runs one process, and its interval holds for that alone.
    """
    from se_cost.measure.models.costs import resolved
    from se_cost.measure.session.full import time_by
    from se_cost.measure.timing.arms import three
    from se_cost.measure.timing.settings import StoppingRule
    from se_cost.nets.model import expect_model

    found = resolved(expect_model(model))
    return time_by(protocol or StoppingRule(), found, three(found), settings)


def explain(
    model: "Model", settings: "Settings | None" = None, protocol: "Protocol | None" = None
) -> "Explanation":
    """Say why the time of a model grows: its attention by stage and operator, predicted and timed.

    Raises as `time` does, and UsageError for settings that run other operators than it predicts.
    """
    from se_cost.measure.explain.explain import explain as of_any
    from se_cost.measure.models.costs import resolved
    from se_cost.nets.model import expect_model

    return of_any(resolved(expect_model(model)), settings, protocol)
