"""Figures held against budgets and a baseline: one finding for each limit.

Counts are exact and are judged anywhere. A time is judged only beside one of the baseline that was
taken in the same environment, and only if both are conclusive; else the finding says why not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf

from se_cost.report.formats import visible
from se_cost.report.gate.budgets import Budget
from se_cost.report.gate.entry import Entry, Time
from se_cost.report.gate.quantities import OVERHEAD, QUANTITIES, Quantity

UPDATE = "`se-cost check --update`"
NO_BASELINE = f"the baseline does not know this network; {UPDATE} adds it"
NO_COUNT = f"the baseline does not hold this figure; {UPDATE} adds it"
NO_TIME = "no time was given; `--from` takes what `se-cost time --output FILE.json` wrote"
NO_TIME_BEFORE = (
    "the baseline holds no time of this network; on a machine that can be trusted, "
    "`se-cost check --from FILE.json --update` adds one"
)
NEW_TIME = "the baseline had no time of this network until now"
ELSEWHERE = "times of two environments do not compare ({})"
UNSURE = "the time that was given is not conclusive; measure for longer, to a smaller --target"
UNSURE_BEFORE = "the time in the baseline is not conclusive; measure to a smaller --target"
STRADDLES = "its 95 % interval ({:+.3g} to {:+.3g} %) lies on both sides of {}; measure for longer"
NOT_SAID = "the time that was given does not say it"
NOT_SAID_BEFORE = "the time in the baseline does not say it"


class Verdict(StrEnum):
    """What came out for one limit."""

    WITHIN = "within"
    OVER = "over"
    ACCEPTED = "accepted"  # grew, and was written into the baseline
    UNJUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Finding:
    """One limit of one network, and what came out: a cap, or what it may grow by.

    `after` is the network now, `before` as the baseline has it.
    """

    budget: Budget
    quantity: Quantity
    grows: bool
    after: Entry
    before: Entry | None
    verdict: Verdict = Verdict.UNJUDGED
    now: float | None = None
    most: float | None = None
    was: float | None = None
    time: Time | None = None  # what was judged, if it is measured
    doubt: str = ""  # why it was not judged

    @property
    def asked(self) -> bool:
        """Return whether the budget says so itself; totals are held to the baseline unasked."""
        return not self.grows or self.quantity.key in self.budget.growth

    @property
    def limit(self) -> str:
        """Return the key of the limit."""
        return f"{'grow' if self.grows else 'max'}-{self.quantity.key}"


def judge(budget: Budget, after: Entry, before: Entry | None) -> Iterator[Finding]:
    """Yield the findings of one network."""
    for quantity in QUANTITIES.values():
        if (cap := budget.most.get(quantity.key, inf)) < inf:
            yield from _held(Finding(budget, quantity, False, after, before), cap)
        growth = budget.allowed_growth(quantity)
        asked = quantity.key in budget.growth or (before and quantity.of(before) is not None)
        if growth is not None and asked:
            yield from _held(Finding(budget, quantity, True, after, before), growth)


def _held(case: Finding, bound: float) -> Iterator[Finding]:
    if case.quantity.count:
        yield _count(case, bound)
    elif not case.after.times:
        yield replace(case, doubt=NO_TIME)
    else:
        yield from (_time(case, bound, time) for time in case.after.times)


def _count(case: Finding, bound: float) -> Finding:
    """Judge what is counted."""
    now = case.quantity.of(case.after)
    was = case.quantity.of(case.before) if case.before else None
    case = replace(case, now=now, was=was)
    if not case.grows:
        return _compared(case, now, bound)
    if was is None:
        return replace(case, doubt=NO_COUNT if case.before else NO_BASELINE)
    return _compared(case, now, was + _room(case.quantity, was, bound))


def _room(quantity: Quantity, was: float, growth: float) -> float:
    """Return by how much a quantity may grow: percentage points, or per cent of what it was."""
    return growth if quantity.relative else int(was * growth / 100)


def _compared(case: Finding, least: float | None, most: float) -> Finding:
    """Return the finding: over if even the `least` that the quantity may be is above `most`."""
    over = least is not None and least > most
    return replace(case, most=most, verdict=Verdict.OVER if over else Verdict.WITHIN)


def _time(case: Finding, bound: float, time: Time) -> Finding:
    """Judge what is measured: `time`, beside the one of the baseline from the same environment."""
    olds = case.before.times if case.before else ()
    old = next((old for old in olds if old.where == time.where), None)
    now = case.quantity.measured(time)
    was = case.quantity.measured(old) if old else None
    case = replace(case, now=now, was=was, time=time)
    if now is None:
        return replace(case, doubt=NOT_SAID)
    if old is None:
        return replace(case, doubt=elsewhere(time, olds[0]) if olds else NO_TIME_BEFORE)
    if was is None:
        return replace(case, doubt=NOT_SAID_BEFORE)
    if case.quantity is not OVERHEAD:
        most = was + _room(case.quantity, was, bound) if case.grows else bound
        return _compared(case, now, most)
    return _overhead(case, bound, time.interval, old.interval)


def _overhead(
    case: Finding,
    bound: float,
    now: tuple[float, float] | None,
    was: tuple[float, float] | None,
) -> Finding:
    """Judge an overhead by its interval: one that lies on both sides of a cap proves nothing."""
    if now is None or was is None:
        return replace(case, doubt=UNSURE_BEFORE if now else UNSURE)
    low, high = now
    if case.grows:
        return _compared(case, low, was[1] + bound)
    if low <= bound < high:
        limit = f"{case.limit} = {case.quantity.shown(bound)}"
        return replace(case, most=bound, doubt=STRADDLES.format(low, high, limit))
    return _compared(case, low, bound)


def elsewhere(time: Time, old: Time) -> str:
    """Return how the environment of a time differs from that of the baseline."""
    now, then = time.where, old.where
    differences = [
        f"{key} {then.get(key, 'not said')} then, {now.get(key, 'not said')} now"
        for key in {**then, **now}
        if then.get(key) != now.get(key)
    ]
    return ELSEWHERE.format(visible(", ".join(differences)))
