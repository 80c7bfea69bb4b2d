"""Figures against limits: what is over, what is within, and what cannot be judged."""

from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.budgeted import (
    LEANER,
    RICHER,
    SMALL,
    budget,
    elsewhere,
    entry,
    params_of,
    params_only,
    timed,
    times_only,
)
from se_cost.documents.baseline import Entry, Figure, TimeEntry
from se_cost.documents.check import LimitVerdict
from se_cost.gate.budgets import Budget
from se_cost.gate.judging import (
    NO_BASELINE,
    NO_COUNT,
    NO_TIME,
    NO_TIME_BEFORE,
    NOT_MEASURED,
    NOT_MEASURED_BEFORE,
    UNSURE,
    UNSURE_BEFORE,
    Judgement,
    judge,
)
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.measure.timing.verdict import TimeVerdict
from se_cost.nets.zoo.model import model

PARAMS = params_of(SMALL).network
WITHIN, OVER, UNJUDGED = LimitVerdict.WITHIN, LimitVerdict.OVER, LimitVerdict.UNJUDGED


def verdicts(budget: Budget, after: Entry, before: Entry | None = None) -> dict[str, LimitVerdict]:
    """Return what came out for every limit."""
    return {judgement.limit: judgement.verdict for judgement in judge(budget, after, before)}


def one(budget: Budget, after: Entry, before: Entry | None = None) -> Judgement:
    """Return the only judgement on what is measured."""
    (judgement,) = [j for j in judge(budget, after, before) if not j.quantity.count]
    return judgement


@pytest.mark.parametrize(("cap", "verdict"), [(PARAMS, WITHIN), (PARAMS - 1, OVER), (0, OVER)])
def test_a_cap_holds_to_the_last_parameter(cap: int, verdict: LimitVerdict) -> None:
    """Exactly the cap is within it, one more is over."""
    assert verdicts(budget(max_params=cap), entry()) == {"max-params": verdict}


def test_no_limit_at_all() -> None:
    """Without limits and without a baseline there is nothing to find; `inf` is no limit."""
    assert verdicts(budget(), entry()) == {}
    assert verdicts(budget(max_params=inf, grow_params=inf), entry()) == {}


@pytest.mark.parametrize(
    ("cap", "verdict"), [(9.90330959, WITHIN), (9.9, OVER), (0.0, OVER), (100.0, WITHIN)]
)
def test_a_cap_on_a_share(cap: float, verdict: LimitVerdict) -> None:
    """SE adds 9.903309586 % to the parameters of ResNet-50."""
    net = model("se_resnet50")
    limits = budget(net, max_attention_params_percent=cap)
    assert verdicts(limits, entry(net)) == {"max-attention-params-percent": verdict}


def test_what_is_in_the_baseline_may_not_grow() -> None:
    """All three totals are held, unasked; the same figures and smaller ones are within."""
    totals = ("grow-params", "grow-macs", "grow-activation-bytes")
    for after, verdict in ((RICHER, OVER), (SMALL, WITHIN), (LEANER, WITHIN)):
        found = verdicts(budget(after), entry(after), entry(SMALL))
        assert found == dict.fromkeys(totals, verdict)


@given(st.integers(0, 10**6), st.floats(0, 100))
def test_growth_is_per_cent_of_the_baseline(more: int, allowed: float) -> None:
    """A figure is over exactly if it is above the baseline by more than what is allowed."""
    before, after = params_only(SMALL, PARAMS), params_only(SMALL, PARAMS + more)
    (judgement,) = judge(budget(grow_params=allowed), after, before)
    assert judgement.was == PARAMS
    assert judgement.most == PARAMS + int(PARAMS * allowed / 100)
    assert (judgement.verdict is OVER) is (more > int(PARAMS * allowed / 100))


def test_growth_of_a_share_is_in_points() -> None:
    """From 0.78 % to 1.56 % is 0.78 points, and not 100 %."""
    grown = params_of(RICHER).percent - params_of(SMALL).percent
    for points, verdict in ((grown + 0.001, WITHIN), (grown - 0.001, OVER)):
        limits = budget(RICHER, grow_attention_params_percent=points)
        found = verdicts(limits, entry(RICHER), entry(SMALL))
        assert found["grow-attention-params-percent"] is verdict


def test_growth_that_cannot_be_judged() -> None:
    """What is asked for in vain is said; what is not asked for is not missed."""
    (judgement,) = judge(budget(grow_params=5), entry(), None)
    assert (judgement.verdict, judgement.doubt) == (UNJUDGED, NO_BASELINE)
    (judgement,) = judge(budget(grow_params=5), entry(), Entry(SMALL))
    assert (judgement.verdict, judgement.doubt) == (UNJUDGED, NO_COUNT)
    assert verdicts(budget(max_params=PARAMS), entry(), None) == {"max-params": WITHIN}


def test_what_was_asked_for() -> None:
    """A cap, and a growth that the budget names; totals are held to the baseline unasked."""
    found = judge(budget(max_params=1, grow_macs=0), entry(), entry())
    assert {judgement.limit: judgement.asked for judgement in found} == {
        "max-params": True,
        "grow-params": False,
        "grow-macs": True,
        "grow-activation-bytes": False,
    }


CAP: dict[str, Any] = {"max_overhead_percent": 10.0}
GROWTH: dict[str, Any] = {"grow_overhead_percent": 1.0}
NOISY: dict[str, Any] = {"verdict": TimeVerdict.INCONCLUSIVE}


@pytest.mark.parametrize(
    ("limits", "now", "before", "doubt"),
    [
        (CAP, [], [timed()], NO_TIME),
        (GROWTH, [timed()], [], NO_TIME_BEFORE),
        (GROWTH, [timed(**NOISY)], [timed()], UNSURE),
        (CAP, [timed(low=None)], [timed()], UNSURE),
        (GROWTH, [timed(overhead=50)], [timed(**NOISY)], UNSURE_BEFORE),
        ({"max_peak_memory": 1}, [timed()], [timed(peak_memory=1)], NOT_MEASURED),
        ({"grow_peak_memory": 1}, [timed(peak_memory=2)], [timed()], NOT_MEASURED_BEFORE),
    ],
)
def test_times_that_are_not_judged(
    limits: dict[str, Any], now: list[TimeEntry], before: list[TimeEntry], doubt: str
) -> None:
    """A time that proves nothing neither fails nor passes: it says why."""
    judgement = one(budget(**limits), entry(SMALL, *now), entry(SMALL, *before))
    assert (judgement.verdict, judgement.doubt) == (UNJUDGED, doubt)


def test_times_of_another_environment_are_not_judged() -> None:
    """Another machine or version is named, value by value, and harmlessly."""
    there = elsewhere(timed(), torch="2.0", device_name="evil\x1b[2J")
    judgement = one(budget(**GROWTH), entry(SMALL, timed(overhead=90)), entry(SMALL, there))
    assert judgement.verdict is UNJUDGED
    assert "under different conditions (torch 2.0 then, 2.99 now," in judgement.doubt
    assert "python" not in judgement.doubt, "what is the same is not named"
    assert "\x1b" not in judgement.doubt
    lacking = elsewhere(timed(), sms=132)
    assert (
        "sms 132 then, not recorded now"
        in one(budget(**GROWTH), entry(SMALL, timed()), entry(SMALL, lacking)).doubt
    )


def test_times_with_other_settings_are_not_judged() -> None:
    """A setting that a document leaves out is as usual, and is told so."""
    compiled = timed(settings=Settings(compile=True))
    judgement = one(budget(**GROWTH), entry(SMALL, compiled), entry(SMALL, timed()))
    assert "(compile False then, True now)" in judgement.doubt


@pytest.mark.parametrize("before", [None, entry(SMALL), entry(SMALL, timed(**NOISY))])
@pytest.mark.parametrize(("overhead", "verdict"), [(11.5, OVER), (8, WITHIN), (10, UNJUDGED)])
def test_a_cap_of_time_needs_no_baseline(
    before: Entry | None, overhead: float, verdict: LimitVerdict
) -> None:
    """Its own interval is enough, even of a time whose sign is in doubt."""
    for time in (timed(overhead=overhead), timed(overhead=overhead, **NOISY)):
        after = entry(SMALL, time)
        found = [j for j in judge(budget(**CAP), after, before) if not j.grows]
        assert [judgement.verdict for judgement in found] == [verdict]


@pytest.mark.parametrize(
    ("overhead", "cap", "verdict"),
    [(10, 15, WITHIN), (10, 5, OVER), (10, 10, UNJUDGED), (-5, 0, WITHIN)],
)
def test_a_cap_on_the_overhead(overhead: float, cap: float, verdict: LimitVerdict) -> None:
    """The whole interval must be on one side of the cap."""
    judgement = one(
        budget(max_overhead_percent=cap),
        entry(SMALL, timed(overhead=overhead)),
        entry(SMALL, timed(overhead=overhead)),
    )
    assert judgement.verdict is verdict
    assert (judgement.most, round(judgement.now or 0)) == (cap, overhead)
    if verdict is UNJUDGED:
        assert "lies on both sides of max-overhead-percent = 10 %" in judgement.doubt


@pytest.mark.parametrize(
    ("cap", "verdict"), [(8.9, OVER), (9.0, UNJUDGED), (10.9, UNJUDGED), (11.0, WITHIN)]
)
def test_the_ends_of_an_interval(cap: float, verdict: LimitVerdict) -> None:
    """From 9 to 11 %: a cap at the upper end is kept, one at the lower end may not be."""
    time = timed(low=9.0, high=11.0)
    judgement = one(budget(max_overhead_percent=cap), times_only(time), times_only(time))
    assert judgement.verdict is verdict


@pytest.mark.parametrize(
    ("was", "now", "verdict"), [(10, 10, WITHIN), (10, 14, OVER), (10, 11, WITHIN), (10, 3, WITHIN)]
)
def test_growth_of_the_overhead(was: float, now: float, verdict: LimitVerdict) -> None:
    """It must be proven: the intervals are apart by more than the points that are allowed."""
    judgement = one(
        budget(grow_overhead_percent=1),
        entry(SMALL, timed(overhead=now)),
        entry(SMALL, timed(overhead=was)),
    )
    assert judgement.verdict is verdict


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        ({"max_peak_memory": 150}, WITHIN),
        ({"max_peak_memory": 149}, OVER),
        ({"grow_peak_memory": 50}, WITHIN),
        ({"grow_peak_memory": 49}, OVER),
    ],
)
def test_peak_memory(limits: dict[str, Any], verdict: LimitVerdict) -> None:
    """150 bytes beside 100 in the baseline, in the same environment."""
    now, before = timed(peak_memory=150), timed(peak_memory=100)
    assert one(budget(**limits), entry(SMALL, now), entry(SMALL, before)).verdict is verdict


def test_every_time_that_was_given_is_judged() -> None:
    """Inference and training are two judgements, each beside its own."""
    train = timed(overhead=30, settings=Settings(mode=Mode.TRAIN))
    now = (timed(overhead=10), train)
    found = judge(budget(max_overhead_percent=20), entry(SMALL, *now), entry(SMALL, *now))
    assert [j.verdict for j in found if j.quantity.key is Figure.OVERHEAD] == [WITHIN, OVER]
