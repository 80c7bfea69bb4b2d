"""What launching operator by operator costs: eager iterations beside replayed CUDA graphs."""

from collections.abc import Callable, Sequence
from math import exp

from se_cost.measure.timing.arms import NETWORK, REPLAYED
from se_cost.measure.timing.run import Run
from se_cost.measure.timing.verdict import Change, Overhead, overhead, with_verdict
from se_cost.record import Record


class Launches(Record):
    """What launching operator by operator costs: eager iterations less replayed ones.

    A replayed CUDA graph launches an iteration at once. Costs are in per cent of the time of the
    plain network, run eagerly; the verdict is whether what is launched is slower than replayed.
    """

    baseline: Overhead
    network: Overhead | None
    attention: Overhead | None  # what the network costs more than the plain one
    replayed: Overhead | None  # of attention where nothing is launched: both are replayed


def launches(run: Run) -> Launches | None:
    """Return the cost of launches, None if the plain network was not timed both ways."""
    plain, network = REPLAYED

    def cost(arms: Sequence[str], share: Callable[..., float]) -> Overhead | None:
        """Return a share of the plain network's time, of the times of arms in that unit."""
        found = run.together(arms, lambda *logs: 100 * share(*map(exp, logs)))
        if found is None:
            return None
        if found.low is None:
            return with_verdict(Change(None, None, None))
        return with_verdict(Change(found.value, found.low, found.high))

    baseline = cost((plain,), lambda replayed: 1 - replayed)
    if baseline is None:
        return None
    both = run.between(network, plain)
    return Launches(
        baseline,
        cost((NETWORK, network), lambda eager, replayed: eager - replayed),
        cost((NETWORK, network, plain), lambda eager, replayed, one: eager - replayed - (1 - one)),
        overhead(both) if both else None,
    )
