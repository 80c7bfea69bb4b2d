"""The paper's closed form of the weights that SE adds (Hu et al., arXiv 1709.01507, equation 5).

    2/r * sum over stages s of N_s * C_s^2

for N_s blocks of C_s channels. It assumes that r divides every C_s; in general the bottleneck is
max(1, floor(C/r)) wide, and a block has 2 * C * max(1, floor(C/r)) weights, which is used here.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from se_cost.ledger.compare import Comparison


@dataclass(frozen=True, slots=True)
class Term:
    """The blocks of one stage that gate maps of as many channels."""

    stage: int
    blocks: int
    channels: int
    r: int
    hidden: int

    @property
    def weights(self) -> int:
        """Return the weights of the term's fully connected layers."""
        return 2 * self.blocks * self.channels * self.hidden

    @property
    def divides(self) -> bool:
        """Return whether r divides the channels, as the paper's form assumes."""
        return self.hidden * self.r == self.channels


def terms(comparison: Comparison) -> list[Term]:
    """Return the terms of the sum, in the order of the network."""
    ses = dict(comparison.recipe.attention.stages)
    sites = Counter(
        (row.stage, row.output[0]) for row in comparison.attention.rows if row.op == "scale"
    )
    return [
        Term(stage, blocks, channels, ses[stage].r, ses[stage].hidden(channels))
        for (stage, channels), blocks in sites.items()
        if stage is not None
    ]


def weights(terms: Sequence[Term]) -> int:
    """Return the sum."""
    return sum(term.weights for term in terms)


def spelled(terms: Sequence[Term]) -> str:
    """Return the formula with its numbers filled in, in the paper's form where r divides C."""
    if not terms:
        return "no attention = 0"
    ratios = {term.r for term in terms}
    if len(ratios) == 1 and all(term.divides for term in terms):
        squares = " + ".join(f"{t.blocks}·{t.channels}²" for t in terms)
        return f"2/r · Σ N·C² = 2/{ratios.pop()} · ({squares}) = {weights(terms):,}"
    products = " + ".join(f"{t.blocks}·{t.channels}·{t.hidden}" for t in terms)
    return f"2 · Σ N·C·max(1, ⌊C/r⌋) = 2 · ({products}) = {weights(terms):,}"
