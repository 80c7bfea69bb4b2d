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
from se_cost.nets.attention.kinds import KINDS, AnyKind, ratio
from se_cost.record import Record

SE = "se"


class Term(Record):
    """The blocks of one stage that gate maps of as many channels."""

    stage: int
    kind: str
    blocks: int
    channels: int
    hidden: int | None  # width of the bottleneck, None if there is none
    r: int | None
    weights: int  # of all these blocks, by the closed form
    product: str  # the closed form of one block with its numbers, without the factor
    formula: str = ""  # the sum that this is a term of
    factor: int = 1  # before the sum


def terms(blocks: Iterable[AttentionBlock], kinds: Sequence[AnyKind]) -> list[Term]:
    """Return the terms of the sum in the order of the network.

    `kinds` are those that the stages of a model state; where it states none, the closed form is
    that of the width that was found.
    """
    stated = {kind.stage: kind for kind in kinds}
    sites = Counter(
        (block.stage, block.kind, block.channels, block.hidden, block.cost.weights)
        if block.stage not in stated
        else (block.stage, block.kind, block.channels, None, None)
        for block in blocks
    )
    found = []
    for (stage, kind, channels, hidden, weights), number in sites.items():
        if stage in stated:
            found.append(_stated(stated[stage], number, channels))
        elif stage is not None and weights is not None:
            found.append(_found(stage, kind, number, channels, hidden, weights))
    return found


def _stated(kind: AnyKind, number: int, channels: int) -> Term:
    """Return the term of blocks whose kind and options a model states."""
    return Term(
        stage=kind.stage,
        kind=kind.name,
        blocks=number,
        channels=channels,
        hidden=kind.hidden(channels),
        r=ratio(kind),
        weights=number * kind.weights(channels),
        product=kind.term(channels),
        formula=kind.formula,
        factor=kind.factor,
    )


def _found(
    stage: int, kind: str, number: int, channels: int, hidden: int | None, weights: int
) -> Term:
    """Return the term of blocks that were found: of SE's form where there is a bottleneck."""
    form = {"product": f"{weights}", "formula": "Σ N·w"}
    if hidden and kind == SE:
        weights = 2 * channels * hidden
        form = {"product": f"{channels}·{hidden}", "formula": "2 · Σ N·C·h"}
    return Term(
        stage=stage,
        kind=kind,
        blocks=number,
        channels=channels,
        hidden=hidden,
        r=channels // hidden if hidden and channels % hidden == 0 else None,
        weights=number * weights,
        factor=KINDS[SE].factor if "h" in form["formula"] else 1,
        **form,
    )


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
    first = terms[0]
    products = " + ".join(f"{term.blocks}·{term.product}" for term in terms)
    if any(term.formula != first.formula for term in terms):
        return f"{' + '.join(f'{term.weights:,}' for term in terms)} = {weights(terms):,}"
    if first.factor != 1:
        products = f"{first.factor} · ({products})"
    return f"{first.formula} = {products} = {weights(terms):,}"


def _ratio(terms: Sequence[Term]) -> int | None:
    """Return the one r that divides all channels, as the paper's form assumes, if there is one."""
    ratios = {_divisor(term) for term in terms}
    return ratios.pop() if len(ratios) == 1 else None


def _divisor(term: Term) -> int | None:
    """Return the r of SE blocks if it divides the channels."""
    whole = term.kind == SE and term.r and term.hidden
    return term.r if whole and term.hidden * term.r == term.channels else None  # type: ignore[operator]
