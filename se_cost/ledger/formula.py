"""The closed form of the weights that attention adds.

For SE (Hu et al., arXiv 1709.01507, equation 5) it is

    2/r * sum over stages s of N_s * C_s^2

for N_s blocks of C_s channels. That assumes that r divides every C_s; in general the bottleneck is
max(1, floor(C/r)) wide, and a block has 2 * C * max(1, floor(C/r)) weights, which is used here.
Other kinds of attention say their own (se_cost/nets/attention).
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from se_cost.ledger.find import AttentionBlock
from se_cost.nets.attention.kinds import AnyKind
from se_cost.nets.attention.se import SE
from se_cost.record import Record


class Term(Record):
    """The blocks of one stage that gate maps of as many channels."""

    kind: AnyKind  # of the stage, with its options
    blocks: int
    channels: int

    @property
    def stage(self) -> int:
        """Return the stage."""
        return self.kind.stage

    @property
    def hidden(self) -> int | None:
        """Return the width of the bottleneck, None if there is none."""
        return self.kind.hidden(self.channels)

    @property
    def weights(self) -> int:
        """Return the weights of the term's blocks."""
        return self.blocks * self.kind.weights(self.channels)


def terms(blocks: Iterable[AttentionBlock], kinds: Sequence[AnyKind]) -> list[Term]:
    """Return the terms of the sum in the order of the network; `kinds` are those of its stages."""
    by_stage = {kind.stage: kind for kind in kinds}
    sites = Counter((block.stage, block.channels) for block in blocks)
    return [
        Term(by_stage[stage], number, channels)
        for (stage, channels), number in sites.items()
        if stage is not None
    ]


def weights(terms: Iterable[Term]) -> int:
    """Return the sum."""
    return sum(term.weights for term in terms)


def spelled(terms: Sequence[Term]) -> str:
    """Return the formula with its numbers filled in, in the paper's form where r divides C."""
    if not terms:
        return "no attention = 0"
    if ratio := _ratio(terms):
        squares = " + ".join(f"{term.blocks}·{term.channels}²" for term in terms)
        return f"2/r · Σ N·C² = 2/{ratio} · ({squares}) = {weights(terms):,}"
    kind = terms[0].kind
    products = " + ".join(f"{term.blocks}·{term.kind.term(term.channels)}" for term in terms)
    if kind.factor != 1:
        products = f"{kind.factor} · ({products})"
    return f"{kind.formula} = {products} = {weights(terms):,}"


def _ratio(terms: Sequence[Term]) -> int | None:
    """Return the one r that divides all channels, as the paper's form assumes, if there is one."""
    ratios = {_divisor(term) for term in terms}
    return ratios.pop() if len(ratios) == 1 else None


def _divisor(term: Term) -> int | None:
    """Return the r of an SE block if it divides the channels."""
    match term.kind:
        case SE(r) if term.kind.hidden(term.channels) * r == term.channels:
            return r
        case _:
            return None
