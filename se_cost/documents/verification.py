"""The predictions of a plan beside measurements."""

from collections.abc import Sequence

from se_cost.documents.choices import milliseconds
from se_cost.documents.time import TimeDocument, timed
from se_cost.measure.timing.arms import NETWORK
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.verdict import TimeVerdict
from se_cost.nets.words import options
from se_cost.planning.plan import Plan
from se_cost.planning.verify import Verified, judged_pairs, rank_correlation, wrong_pairs
from se_cost.record import Record


class VerifiedChoice(Record):
    """A configuration that was timed; what was measured is None without an interval."""

    options: str
    predicted_ms: float
    measured_ms: float | None
    low_ms: float | None
    high_ms: float | None
    error_percent: float | None
    verdict: TimeVerdict | None = None  # on what was measured


class WrongOrder(Record):
    """Two configurations of which the first was predicted to be quicker and is slower."""

    quicker: str
    slower: str


class Verification(Record):
    """The predictions beside measurements."""

    choices: tuple[VerifiedChoice, ...]
    rank_correlation: float | None  # Spearman's
    largest_error_percent: float | None  # None if nothing was measured well enough
    judged: int  # pairs whose intervals do not meet
    wrong: tuple[WrongOrder, ...]  # of these
    times: tuple[TimeDocument, ...]


def verification(found: Plan, timings: Sequence[Timing]) -> Verification:
    """Return the verification by timings of the first of `best`, in their order."""
    assert found.pace is not None
    choices, names, each = [], [], []
    for one, timing in zip(found.best, timings, strict=False):
        assert one.model is not None
        predicted, name = milliseconds(found.pace.ticks(one.amounts)), options(one.model)
        verified = _verified(predicted, timing)
        if verified is None:
            choices.append(VerifiedChoice(name, predicted, None, None, None, None))
            continue
        verdict = timing.overhead(NETWORK).verdict
        choices.append(VerifiedChoice(name, *_numbers(verified), verdict))
        names.append(name)
        each.append(verified)
    return Verification(
        choices=tuple(choices),
        rank_correlation=rank_correlation(each),
        largest_error_percent=max((one.error for one in each), key=abs, default=None),
        judged=sum(1 for _ in judged_pairs(each)),
        wrong=tuple(WrongOrder(names[a], names[b]) for a, b in wrong_pairs(each)),
        times=tuple(map(timed, timings)),
    )


def _numbers(one: Verified) -> tuple[float, float, float, float, float]:
    return one.predicted, one.measured, one.low, one.high, one.error


def _verified(predicted: float, timing: Timing) -> Verified | None:
    """Return a prediction beside the time that was measured; None without an interval."""
    seconds = timing.added_seconds(NETWORK)
    if seconds is None or seconds.low is None or seconds.high is None:
        return None
    return Verified(predicted, 1000 * seconds.value, 1000 * seconds.low, 1000 * seconds.high)
