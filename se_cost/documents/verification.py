"""The predictions of a plan beside measurements."""

from collections.abc import Sequence

from se_cost.documents.choices import milliseconds
from se_cost.documents.time import TimeDocument, timed
from se_cost.measure.timing.arms import BASELINE, NETWORK
from se_cost.measure.timing.result import Timing
from se_cost.nets.words import options
from se_cost.planning.plan import Plan
from se_cost.planning.verify import Verified, judged_pairs, rank_correlation, wrong_pairs
from se_cost.record import Record


class VerifiedChoice(Record):
    """A configuration that was timed."""

    options: str
    predicted_ms: float
    measured_ms: float
    low_ms: float | None
    high_ms: float | None
    error_percent: float


class WrongOrder(Record):
    """Two configurations of which the first was predicted to be quicker and is slower."""

    quicker: str
    slower: str


class Verification(Record):
    """The predictions beside measurements."""

    choices: tuple[VerifiedChoice, ...]
    rank_correlation: float | None  # Spearman's
    largest_error_percent: float
    judged: int  # pairs whose intervals do not meet
    wrong: tuple[WrongOrder, ...]  # of these
    times: tuple[TimeDocument, ...]


def verification(found: Plan, timings: Sequence[Timing]) -> Verification:
    """Return the verification by timings of the first of `best`, in their order."""
    assert found.pace is not None
    names, each = [], []
    for one, timing in zip(found.best, timings, strict=False):
        assert one.model is not None
        added = timing.overhead(NETWORK).scaled(timing.median_ms(BASELINE) / 100)
        predicted = milliseconds(found.pace.ticks(one.amounts))
        each.append(Verified(predicted, added.value, added.low, added.high))
        names.append(options(one.model))
    return Verification(
        choices=tuple(
            VerifiedChoice(name, one.predicted, one.measured, one.low, one.high, one.error)
            for name, one in zip(names, each, strict=True)
        ),
        rank_correlation=rank_correlation(each),
        largest_error_percent=max((one.error for one in each), key=abs),
        judged=sum(1 for _ in judged_pairs(each)),
        wrong=tuple(WrongOrder(names[a], names[b]) for a, b in wrong_pairs(each)),
        times=tuple(map(timed, timings)),
    )
