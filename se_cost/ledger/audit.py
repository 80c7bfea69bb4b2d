"""Every block of a model of the user's beside the closed form, and why the two differ.

The closed form of SE (Hu et al., arXiv 1709.01507, equation 5) is 2 C^2 / r for a block without
biases, with a bottleneck of C/r of the C channels that it gates. Libraries state an r and build
something else: they reduce from the channels that enter the module around the block, or round.
"""

from collections.abc import Iterator, Sequence
from itertools import product

from se_cost.ledger.find import MIXINGS, AttentionBlock
from se_cost.ledger.rows import Ledger
from se_cost.record import Record
from se_cost.text import joined

SE, ONE_FC, ALONG = "se", "ese", "eca"
RATIOS = (2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 64)
DIVISORS = (8, 4, 16)  # of which libraries make a width a multiple
SMALLER = 0.9  # of a width: a multiple that is smaller than that is taken one larger, by some


class Reduction(Record):
    """How the bottlenecks of all blocks follow from their channels: `r`, and of which channels."""

    r: int
    entering: bool = False  # of those that enter the module, not of the map
    divisor: int = 1  # of which the width is a multiple
    least: float = 0.0  # of the width before that

    def width(self, block: AttentionBlock) -> int | None:
        """Return the width of a block's bottleneck by this rule, None if it does not apply."""
        channels = block.entering if self.entering else block.channels
        if channels is None:
            return None
        if self.divisor == 1:
            return max(1, channels // self.r)
        exact = channels / self.r
        width = max(self.divisor, int(exact + self.divisor / 2) // self.divisor * self.divisor)
        return width + self.divisor if width < self.least * exact else width


class BlockAudit(Record):
    """One block: what it has, what the closed form gives with the r of the model, and the gap."""

    path: str
    kind: str
    stage: int | None
    channels: int
    hidden: int | None  # width of the bottleneck, null if there is none
    r: int | None  # that of the whole model; null if no one r explains its widths
    formula: int | None  # weights by the closed form with that r; null if there is none
    weights: int  # of FCs and convolutions
    biases: int  # of these
    norms: int  # weights and biases of norms
    gap: str  # why weights, biases and norms are not the closed form, in words


def audited(blocks: Sequence[AttentionBlock]) -> tuple[BlockAudit, ...]:
    """Return the blocks of one model beside the closed form."""
    rule = reduction([block for block in blocks if block.kind == SE and block.hidden])
    return tuple(_audit(block, rule) for block in blocks)


def reduction(blocks: Sequence[AttentionBlock]) -> Reduction | None:
    """Return the plainest rule that gives the bottlenecks of all blocks, None if none does."""
    fits = (rule for rule in _rules(blocks) if all(rule.width(b) == b.hidden for b in blocks))
    return next(fits, None) if blocks else None


def _rules(blocks: Sequence[AttentionBlock]) -> Iterator[Reduction]:
    """Yield rules, the plainest first; those without rounding have any r that the first has."""
    first = blocks[0]
    for entering in (False, True):
        channels = first.entering if entering else first.channels
        if channels and first.hidden:
            own = dict.fromkeys((channels // first.hidden, round(channels / first.hidden)))
            yield from (Reduction(r, entering) for r in own if r)
    for divisor, entering, r, least in product(DIVISORS, (False, True), RATIOS, (SMALLER, 0.0)):
        yield Reduction(r, entering, divisor, least)


def _audit(block: AttentionBlock, rule: Reduction | None) -> BlockAudit:
    norms = block.cost.where(lambda row: row.op == "norm")
    layers = block.cost.where(lambda row: row.op != "norm")
    r = rule.r if rule and block.kind == SE and block.hidden else None
    formula = _closed(block, r)
    reasons = [*_widths(block, rule, formula), *_rest(block, layers, norms)]
    return BlockAudit(
        path=block.path,
        kind=block.kind,
        stage=block.stage,
        channels=block.channels,
        hidden=block.hidden,
        r=r,
        formula=formula,
        weights=layers.weights,
        biases=layers.biases,
        norms=norms.params,
        gap=joined(reasons, "; "),
    )


def _closed(block: AttentionBlock, r: int | None) -> int | None:
    if block.kind == ONE_FC:
        return block.channels**2
    return 2 * block.channels * max(1, block.channels // r) if r else None


def _widths(block: AttentionBlock, rule: Reduction | None, formula: int | None) -> Iterator[str]:
    """Yield why the bottleneck is not C/r, or that there is none."""
    channels, hidden = block.channels, block.hidden
    if block.kind == ONE_FC:
        yield f"one FC of {channels} x {channels}, no bottleneck"
    elif block.kind == ALONG:
        yield "a convolution along the channels, no FC"
    elif block.kind != SE or not hidden:
        yield f"no closed form for {block.kind}: its layers are counted"
    elif rule is None:
        yield f"no one r: the widths are {channels}-{hidden}-{channels}"
    elif formula != 2 * channels * hidden:
        of = f"the {block.entering} that enter the module" if rule.entering else f"{channels}"
        rounded = f", rounded to a multiple of {rule.divisor}" if rule.divisor > 1 else ""
        instead = f", not of the {channels} gated" if rule.entering else ""
        yield f"hidden is 1/{rule.r} of {of}{instead}{rounded}: {hidden}"


def _rest(block: AttentionBlock, layers: Ledger, norms: Ledger) -> Iterator[str]:
    """Yield what a block has beside two FCs of its widths."""
    mixings = [row for row in layers.rows if row.op in MIXINGS]
    if block.kind == SE and block.hidden:
        more = layers.weights - 2 * block.channels * block.hidden
        if more > 0:
            yield f"{more:,} weights of other layers"
        elif not layers.weights:
            yield "its weights are those of an earlier block"
        elif more < 0:
            yield f"{-more:,} weights fewer: its FCs are grouped or shared"
    elif not mixings:
        yield "no layer that mixes channels"
    if layers.biases:
        yield f"{layers.biases:,} biases"
    if norms.params:
        yield f"{norms.params:,} in norms"
