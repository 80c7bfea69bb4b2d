"""Figures held against budgets and a baseline: one judgement for each limit.

Counts are exact and are judged anywhere. A time is held to a cap by its own interval; its growth is
judged only beside one of the baseline that was taken in the same environment, and only if both are
conclusive; else the judgement says why not.
"""

from collections.abc import Iterator

from se_cost.documents.baseline import Entry, Figure, TimeEntry
from se_cost.documents.check import LimitVerdict
from se_cost.gate.budgets import Budget
from se_cost.gate.quantities import QUANTITIES, Quantity
from se_cost.measure.timing.verdict import Change
from se_cost.record import Record, replace
from se_cost.text import joined, printable

UPDATE = "`se-cost check --update`"
NO_BASELINE = f"the baseline does not know this network; {UPDATE} adds it"
NO_COUNT = f"the baseline does not hold this figure; {UPDATE} adds it"
NO_TIME = "no time was given; `--from` takes what `se-cost time --output FILE.json` wrote"
NO_TIME_BEFORE = (
    "the baseline holds no time of this network; on a machine that can be trusted, "
    "`se-cost check --from FILE.json --update` adds one"
)
NEW_TIME = "the baseline had no time of this network until now"
ELSEWHERE = "the two times were taken under different conditions ({})"
UNSURE = "the time that was given is not conclusive; measure again with a smaller --target"
UNSURE_BEFORE = "the time in the baseline is not conclusive; measure again with a smaller --target"
STRADDLES = "its 95 % interval ({:+.3g} to {:+.3g} %) lies on both sides of {}; measure for longer"
NOT_MEASURED = "the time that was given does not include this figure"
NOT_MEASURED_BEFORE = "the time in the baseline does not include this figure"
MISSING = "not recorded"


class Judgement(Record):
    """One limit of one network, and what came out: a cap, or what it may grow by.

    `after` is the network now, `before` as the baseline has it.
    """

    budget: Budget
    quantity: Quantity
    grows: bool
    after: Entry
    before: Entry | None
    verdict: LimitVerdict = LimitVerdict.UNJUDGED
    now: float | None = None
    most: float | None = None
    was: float | None = None
    time: TimeEntry | None = None  # what was judged, if it is measured
    then: TimeEntry | None = None  # that of the baseline, from the same environment
    doubt: str = ""  # why it was not judged

    @property
    def asked(self) -> bool:
        """Return whether the budget says so itself; totals are held to the baseline unasked."""
        return not self.grows or self.quantity.key in self.budget.growth

    @property
    def limit(self) -> str:
        """Return the key of the limit."""
        return f"{'grow' if self.grows else 'max'}-{self.quantity.key}"


def judge(budget: Budget, after: Entry, before: Entry | None) -> Iterator[Judgement]:
    """Yield the judgements of one network."""
    for quantity in QUANTITIES.values():
        if (cap := budget.cap(quantity)) is not None:
            yield from _held(Judgement(budget, quantity, False, after, before), cap)
        growth = budget.allowed_growth(quantity)
        asked = quantity.key in budget.growth or (before and quantity.of(before) is not None)
        if growth is not None and asked:
            yield from _held(Judgement(budget, quantity, True, after, before), growth)


def _held(case: Judgement, bound: float) -> Iterator[Judgement]:
    if case.quantity.count:
        yield _count(case, bound)
    elif not case.after.times:
        yield replace(case, doubt=NO_TIME)
    else:
        yield from (_time(case, bound, time) for time in case.after.times)


def _count(case: Judgement, bound: float) -> Judgement:
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


def _compared(case: Judgement, least: float | None, most: float) -> Judgement:
    """Return the judgement: over if even the `least` that the quantity may be is above `most`."""
    over = least is not None and least > most
    return replace(case, most=most, verdict=LimitVerdict.OVER if over else LimitVerdict.WITHIN)


def _time(case: Judgement, bound: float, time: TimeEntry) -> Judgement:
    """Judge what is measured: `time`, beside the one of the baseline from the same environment."""
    olds = case.before.times if case.before else ()
    old = next((old for old in olds if old.where == time.where), None)
    now = case.quantity.measured(time)
    was = case.quantity.measured(old) if old else None
    case = replace(case, now=now, was=was, time=time, then=old)
    if now is None:
        timed = case.quantity.key is Figure.OVERHEAD
        return replace(case, doubt=UNSURE if timed else NOT_MEASURED)
    if not case.grows:
        return _capped(case, bound, now, time.overhead)
    if old is None:
        return replace(case, doubt=elsewhere(time, olds[0]) if olds else NO_TIME_BEFORE)
    if case.quantity.key is Figure.OVERHEAD:
        if time.interval is None or old.interval is None:
            return replace(case, doubt=UNSURE_BEFORE if time.interval else UNSURE)
        return _compared(case, time.interval[0], old.interval[1] + bound)
    if was is None:
        return replace(case, doubt=NOT_MEASURED_BEFORE)
    return _compared(case, now, was + _room(case.quantity, was, bound))


def _capped(case: Judgement, bound: float, now: float, overhead: Change) -> Judgement:
    """Judge what is measured by itself; an interval on both sides of a cap proves nothing."""
    if case.quantity.key is not Figure.OVERHEAD:
        return _compared(case, now, bound)
    low, high = overhead.low, overhead.high
    if low is None or high is None:
        return replace(case, doubt=UNSURE)
    if low <= bound < high:
        limit = f"{case.limit} = {case.quantity.shown(bound)}"
        return replace(case, most=bound, doubt=STRADDLES.format(low, high, limit))
    return _compared(case, low, bound)


def elsewhere(time: TimeEntry, old: TimeEntry) -> str:
    """Return how the conditions of a time differ from those of the older one."""
    now, then = time.where, old.where
    differences = [
        f"{key} {then.get(key, MISSING)} then, {now.get(key, MISSING)} now"
        for key in {**then, **now}
        if then.get(key) != now.get(key)
    ]
    return ELSEWHERE.format(printable(joined(differences)))
