"""Operators far from their lower bound, and what stands between them: what a user can do."""

from collections.abc import Sequence

from se_cost.measure.explain.alone import CALLS, TimedOperator, together
from se_cost.measure.machine.figures import Machine

FAR = 1.5  # times the lower bound, from which on an operator is worth a sentence
SHARE = 0.05  # of the whole prediction that it must exceed its bound by
MOST = 3  # sentences
REDUCTIONS = (
    *("global_avg_pool", "global_max_pool", "mean", "sum", "var", "max", "amax", "bmm"),
    *("softmax", "layer_norm"),
)
MIXES = ("linear", "conv", "channel_conv")
PRODUCTS = ("scale", "add", "pow", "div")

BACKWARD = (
    "`se-cost time --mode train --compile` tells what joining it with its neighbours saves, --fuse "
    "what fewer passes over the map do"
)
CALL = (
    "most of it is the call itself: a larger --batch shares it, and `se-cost time --compile` tells "
    "what joining small operators saves"
)
BETWEEN = (
    "calls of Python, which a larger --batch shares; `se-cost time --compile` tells what leaving "
    "them out saves"
)
WEIGHTS = (
    "its weights are read from memory each time: a larger --r has fewer of them, and the images of "
    "a larger --batch share them"
)
PRODUCT = (
    "it writes a whole map into new memory: `se-cost fuse` folds the product into its neighbours, "
    "and in inference x.mul_(s) writes in place"
)
REDUCTION = (
    "another spelling may take less: x.flatten(2).sum(2) / n reduces small maps faster than a "
    "mean, and in inference `se-cost fuse` takes it of the smaller map before the last convolution"
)


def advice(operators: Sequence[TimedOperator], machine: Machine) -> tuple[str, ...]:
    """Return a sentence for each kind of operator that is far from its bound, the worst first."""
    whole = together(operators)
    if whole is None:
        return ()
    groups: dict[tuple[str, bool], list[TimedOperator]] = {}
    for one in operators:
        groups.setdefault((one.word, one.backward), []).append(one)
    found = []
    for (word, backward), group in groups.items():
        alone, bound = together(group), sum(one.bound(machine) for one in group)
        if alone is None or alone.value - bound < SHARE * whole.value:
            continue
        took, excess = f"{1000 * alone.value:.3g} ms", alone.value - bound
        if word == CALLS:
            found.append((excess, f"what stands between operators takes {took}: {BETWEEN}"))
        elif 0 < FAR * bound <= alone.value:
            named = f"{word}{' backward' * backward} takes {took}"
            times = f"{alone.value / bound:.1f} times its lower bound"
            found.append((excess, f"{named}, {times}: {_remedy(word, group, machine)}"))
    return tuple(words for _, words in sorted(found, reverse=True)[:MOST])


def _remedy(word: str, group: Sequence[TimedOperator], machine: Machine) -> str:
    """Return what a user can do about operators of one word and direction."""
    if group[0].backward:
        return BACKWARD
    moved = sum(one.count * one.bytes for one in group) / machine.bandwidth
    launched = sum(one.count for one in group) * machine.launch
    if word in REDUCTIONS:
        return REDUCTION
    if word in MIXES and moved > launched:
        return WEIGHTS
    return PRODUCT if word in PRODUCTS and moved > launched else CALL
