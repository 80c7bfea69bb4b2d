"""Both counters, fvcore and FlopCounterMode, on the same networks; needs no torch to import."""

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from se_cost.measure.counting.counts import Counted, Counts
from se_cost.nets.model import Model


def count(models: Sequence[Model], *, backward: bool = False) -> list[Counted]:
    """Count every model and its plain network with both counters; `backward` counts that pass too.

    Raises MeasurementError if memory does not suffice.
    """
    networks = [network for model in models for network in (model, model.plain)]
    counts = iter(_counts(networks, backward))
    return [Counted(network, plain) for network, plain in zip(counts, counts, strict=True)]


def _counts(networks: Sequence[Model], backward: bool) -> list[Counts]:
    """Return the counts of each network.

    The counters work side by side where that is safe: FlopCounterMode takes as long to import as
    fvcore to count. The fork must come before torch starts threads, which do not survive it, so a
    process that has imported torch runs one counter after the other.
    """
    can_fork = "torch" not in sys.modules and sys.platform == "linux"
    from se_cost.measure.counting.flop_counter import torch_count
    from se_cost.measure.counting.fvcore import fvcore_count

    count_torch = partial(torch_count, backward=backward)
    if can_fork:
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as other:
            torchs = other.map(count_torch, networks)  # forks now, before torch has threads
            return list(map(Counts, map(fvcore_count, networks), torchs))
    return [Counts(fvcore_count(network), count_torch(network)) for network in networks]
