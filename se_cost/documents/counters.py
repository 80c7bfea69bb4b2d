"""Other counters held against the ledger: a sentence for everything that differs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from se_cost.documents.base import Pair
from se_cost.ledger.conventions import CONVENTIONS, complete, total
from se_cost.ledger.costs import Costs
from se_cost.ledger.rows import Ledger

if TYPE_CHECKING:
    from se_cost.measure.counting.counts import Counted, Counts


def disagreements(costs: Costs, counted: "Counted") -> list[str]:
    """Return a sentence for every counter that does not count what the ledger explains."""
    sides = ((costs.network, counted.network), (costs.plain, counted.plain))
    return [wrong for ledger, counts in sides for wrong in _differences(ledger, counts)]


def torch_differs(costs: Costs, measured: Mapping[str, Pair]) -> list[str]:
    """Return a sentence for each count of FlopCounterMode that is not that of the trace.

    What fvcore makes of the operators of a model of the user's is not explained.
    """
    if "torch" not in measured:
        return []
    theirs = measured["torch"]
    sides = ((costs.network, theirs.network), (costs.plain, theirs.baseline))
    return [
        f"THE COUNTS DISAGREE: torch is {count:,} measured, {ours:,} by the trace"
        for ledger, count in sides
        if (ours := total(ledger, CONVENTIONS["torch"])) != count
    ]


def _differences(ledger: Ledger, counts: "Counts") -> list[str]:
    explained = {
        "fvcore": (total(ledger, CONVENTIONS["fvcore"]), counts.fvcore.total),
        "fvcore_complete": (complete(ledger), counts.fvcore.complete),
        "torch": (total(ledger, CONVENTIONS["torch"]), counts.torch.forward),
    }
    return [
        f"THE COUNTS DISAGREE: {name} is {theirs:,} measured, {ours:,} by the ledger"
        for name, (ours, theirs) in explained.items()
        if ours != theirs
    ]
