"""Both counters, fvcore and FlopCounterMode, on the same networks; needs no torch to import."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from functools import partial

from se_cost.measure.counting.counts import Counted, Counts, TorchCount
from se_cost.measure.processes import beside
from se_cost.nets.model import Model


def count(models: Sequence[Model], *, backward: bool = False) -> Iterator[Counted]:
    """Count every model and its plain network with both counters; `backward` counts that pass too.

    Yields what is counted as soon as it is, so that it is not lost if the rest is interrupted.
    Raises MeasurementError if memory does not suffice.
    """
    counts = _counts([network for model in models for network in (model, model.plain)], backward)
    for network in counts:
        yield Counted(network, next(counts))


def _counts(networks: Sequence[Model], backward: bool) -> Iterator[Counts]:
    """Yield the counts of each network.

    The counters work side by side where that is safe: FlopCounterMode takes as long to import as
    fvcore to count. The fork must come before torch starts threads, which do not survive it, so a
    process that has imported torch runs one counter after the other.
    """
    can_fork = "torch" not in sys.modules and sys.platform == "linux"
    from se_cost.measure.counting.flop_counter import torch_count
    from se_cost.measure.counting.fvcore import fvcore_count

    count_torch: Callable[[], Iterator[TorchCount]]
    count_torch = partial(map, partial(torch_count, backward=backward), networks)
    forked = beside(count_torch) if can_fork else nullcontext(count_torch())
    with forked as torchs:
        for network in networks:
            yield Counts(fvcore_count(network), next(torchs))
