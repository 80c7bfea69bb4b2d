"""What attention adds, stage by stage."""

from dataclasses import dataclass

from se_cost.ledger.compare import Comparison
from se_cost.ledger.formula import Term, terms
from se_cost.ledger.rows import Ledger


@dataclass(frozen=True, slots=True)
class StageCost:
    """The attention of one stage: its terms of the formula, and its rows of the ledger."""

    stage: int
    terms: tuple[Term, ...]
    added: Ledger

    @property
    def blocks(self) -> int:
        """Return the number of attention blocks."""
        return sum(term.blocks for term in self.terms)

    @property
    def channels(self) -> list[int]:
        """Return the channels of the gated maps, each number once, in order of appearance."""
        return [term.channels for term in self.terms]

    @property
    def hidden(self) -> list[int]:
        """Return the bottleneck widths that belong to `channels`."""
        return [term.hidden for term in self.terms]


def stage_costs(comparison: Comparison) -> list[StageCost]:
    """Return the cost of every stage that holds attention, in the order of the network."""
    added = comparison.attention.by_stage()
    groups: dict[int, list[Term]] = {}
    for term in terms(comparison):
        groups.setdefault(term.stage, []).append(term)
    return [StageCost(stage, tuple(group), added[stage]) for stage, group in groups.items()]
