"""Counts that nobody makes: those of counters that agree with the ledger, or do not."""

from collections.abc import Sequence

from se_cost.ledger.conventions import CONVENTIONS, complete, total
from se_cost.ledger.costs import costs
from se_cost.ledger.rows import Ledger
from se_cost.measure.counting.counts import Counted, Counts, FvcoreCount, TorchCount
from se_cost.nets.model import Model
from se_cost.record import replace


def count(models: Sequence[Model], *, backward: bool = False) -> list[Counted]:
    """Return what counters would say that agree with the ledger."""
    both = [costs(model) for model in models]
    return [Counted(_counts(one.network, backward), _counts(one.plain, backward)) for one in both]


def wrong(models: Sequence[Model], *, backward: bool = False) -> list[Counted]:
    """Return the same, but torch counts one FLOP in each network."""
    found = count(models, backward=backward)
    return [replace(one, network=_one(one.network), plain=_one(one.plain)) for one in found]


def _one(counts: Counts) -> Counts:
    return replace(counts, torch=replace(counts.torch, forward=1))


def _counts(ledger: Ledger, backward: bool) -> Counts:
    own, every = total(ledger, CONVENTIONS["fvcore"]), complete(ledger)
    fvcore = FvcoreCount({"conv": own}, {"relu": every - own})
    return Counts(fvcore, TorchCount(2 * ledger.macs, 4 * ledger.macs if backward else None))
