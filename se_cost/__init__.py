"""What Squeeze-and-Excitation blocks cost a convolutional network.

    import se_cost

    net = se_cost.recipe("se_resnet50", r=16)
    cost = se_cost.compare(net)
    cost.attention.params, cost.percent, cost.network.macs
    model = se_cost.module(net)
    timing = se_cost.time(net)

Importing the package does not import torch; `module`, `count` and `time` do.
"""

from typing import TYPE_CHECKING

from se_cost.errors import BadInput, CannotMeasure, SeCostError
from se_cost.ledger.compare import Comparison, compare
from se_cost.ledger.rows import Ledger, Row
from se_cost.ledger.walk import ledger
from se_cost.nets.attention import SE, Attention, Place, Squeeze
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import build, names, recipe
from se_cost.version import __version__

if TYPE_CHECKING:
    from torch import nn

    from se_cost.measure.protocol import Plan
    from se_cost.measure.result import Timing
    from se_cost.measure.run import Rule
    from se_cost.measure.settings import Settings

__all__ = [
    "SE",
    "Attention",
    "BadInput",
    "CannotMeasure",
    "Comparison",
    "Ledger",
    "Place",
    "Recipe",
    "Row",
    "SeCostError",
    "Squeeze",
    "__version__",
    "build",
    "compare",
    "ledger",
    "module",
    "names",
    "recipe",
    "time",
]


def module(recipe: Recipe) -> "nn.Module":
    """Return the torch module of a recipe, initialised, in training mode, on the CPU.

    It takes a batch (N, C, H, W); a classifier returns (N, classes). Names of submodules are paths
    of the ledger.
    """
    from se_cost.measure.module import module as built

    return built(build(recipe))


def time(
    recipe: Recipe, settings: "Settings | None" = None, protocol: "Rule | Plan | None" = None
) -> "Timing":
    """Time a recipe against its plain network; raise CannotMeasure if that is not possible.

    A `Rule`, the default, starts fresh processes until every interval is narrow enough, for up to
    ten minutes; a `Plan` is quick, one process, and its interval holds for no other.
    """
    from se_cost.measure.compared import three
    from se_cost.measure.full import time_by
    from se_cost.measure.run import Rule

    return time_by(protocol or Rule(), recipe, three(recipe), settings)
