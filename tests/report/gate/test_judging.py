"""Figures against limits: what is over, what is within, and what cannot be judged."""

from dataclasses import replace
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.budgeted import LEANER, RICHER, SMALL, budget, elsewhere, entry, timed
from se_cost.nets.registry import recipe
from se_cost.report.gate.budgets import Budget
from se_cost.report.gate.entry import Entry, Time, counted
from se_cost.report.gate.judging import (
    NO_BASELINE,
    NO_COUNT,
    NO_TIME,
    NO_TIME_BEFORE,
    NOT_SAID,
    NOT_SAID_BEFORE,
    UNSURE,
    UNSURE_BEFORE,
    Finding,
    Verdict,
    judge,
)

PARAMS = counted(SMALL).counts["params"].network
WITHIN, OVER, UNJUDGED = Verdict.WITHIN, Verdict.OVER, Verdict.UNJUDGED


def verdicts(budget: Budget, after: Entry, before: Entry | None = None) -> dict[str, Verdict]:
    """Return what came out for every limit."""
    return {finding.limit: finding.verdict for finding in judge(budget, after, before)}


def one(budget: Budget, after: Entry, before: Entry | None = None) -> Finding:
    """Return the only finding on what is measured."""
    (finding,) = [f for f in judge(budget, after, before) if not f.quantity.count]
    return finding


@pytest.mark.parametrize(("cap", "verdict"), [(PARAMS, WITHIN), (PARAMS - 1, OVER), (0, OVER)])
def test_a_cap_holds_to_the_last_parameter(cap: int, verdict: Verdict) -> None:
    """Exactly the cap is within it, one more is over."""
    assert verdicts(budget(max_params=cap), entry()) == {"max-params": verdict}


def test_no_limit_at_all() -> None:
    """Without limits and without a baseline there is nothing to find; `inf` is no limit."""
    assert verdicts(budget(), entry()) == {}
    assert verdicts(budget(max_params=inf, grow_params=inf), entry()) == {}


@pytest.mark.parametrize(
    ("cap", "verdict"), [(9.90330959, WITHIN), (9.9, OVER), (0.0, OVER), (100.0, WITHIN)]
)
def test_a_cap_on_a_share(cap: float, verdict: Verdict) -> None:
    """SE adds 9.903309586 % to the parameters of ResNet-50."""
    net = recipe("se_resnet50")
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
    before = replace(entry(), counts={"params": counted(SMALL).counts["params"]})
    count = before.counts["params"]
    after = replace(before, counts={"params": replace(count, network=PARAMS + more)})
    (finding,) = judge(budget(grow_params=allowed), after, before)
    assert finding.was == PARAMS
    assert finding.most == PARAMS + int(PARAMS * allowed / 100)
    assert (finding.verdict is OVER) is (more > int(PARAMS * allowed / 100))


def test_growth_of_a_share_is_in_points() -> None:
    """From 0.78 % to 1.56 % is 0.78 points, and not 100 %."""
    grown = counted(RICHER).counts["params"].percent - counted(SMALL).counts["params"].percent
    for points, verdict in ((grown + 0.001, WITHIN), (grown - 0.001, OVER)):
        limits = budget(RICHER, grow_attention_params_percent=points)
        found = verdicts(limits, entry(RICHER), entry(SMALL))
        assert found["grow-attention-params-percent"] is verdict


def test_growth_that_cannot_be_judged() -> None:
    """What is asked for in vain is said; what is not asked for is not missed."""
    (finding,) = judge(budget(grow_params=5), entry(), None)
    assert (finding.verdict, finding.doubt) == (UNJUDGED, NO_BASELINE)
    (finding,) = judge(budget(grow_params=5), entry(), Entry({}, {}))
    assert (finding.verdict, finding.doubt) == (UNJUDGED, NO_COUNT)
    assert verdicts(budget(max_params=PARAMS), entry(), None) == {"max-params": WITHIN}


CAP: dict[str, Any] = {"max_overhead_percent": 10.0}
GROWTH: dict[str, Any] = {"grow_overhead_percent": 1.0}
NOISY: dict[str, Any] = {"verdict": "inconclusive"}


@pytest.mark.parametrize(
    ("limits", "now", "before", "doubt"),
    [
        (CAP, [], [timed()], NO_TIME),
        (CAP, [timed()], [], NO_TIME_BEFORE),
        (CAP, [timed(**NOISY)], [timed()], UNSURE),
        (CAP, [timed(low=None)], [timed()], UNSURE),
        (CAP, [timed()], [timed(**NOISY)], UNSURE_BEFORE),
        (GROWTH, [timed(overhead=50)], [timed(**NOISY)], UNSURE_BEFORE),
        ({"max_peak_memory": 1}, [timed()], [timed(peak_memory=1)], NOT_SAID),
        ({"max_peak_memory": 1}, [timed(peak_memory=2)], [timed()], NOT_SAID_BEFORE),
    ],
)
def test_times_that_are_not_judged(
    limits: dict[str, Any], now: list[Time], before: list[Time], doubt: str
) -> None:
    """A time that proves nothing neither fails nor passes: it says why."""
    finding = one(budget(**limits), entry(SMALL, *now), entry(SMALL, *before))
    assert (finding.verdict, finding.doubt) == (UNJUDGED, doubt)


def test_times_of_another_environment_are_not_judged() -> None:
    """Another machine or version is named, value by value, and harmlessly."""
    there = elsewhere(timed(), torch="2.0", device_name="evil\x1b[2J")
    finding = one(budget(**CAP), entry(SMALL, timed(overhead=90)), entry(SMALL, there))
    assert finding.verdict is UNJUDGED
    assert "torch 2.0 then, 2.99 now" in finding.doubt
    assert "python" not in finding.doubt, "what is the same is not named"
    assert "\x1b" not in finding.doubt
    lacking = elsewhere(timed(), sms=132)
    assert (
        "sms 132 then, not said now"
        in one(budget(**CAP), entry(SMALL, timed()), entry(SMALL, lacking)).doubt
    )


@pytest.mark.parametrize(
    ("overhead", "cap", "verdict"),
    [(10, 15, WITHIN), (10, 5, OVER), (10, 10, UNJUDGED), (-5, 0, WITHIN)],
)
def test_a_cap_on_the_overhead(overhead: float, cap: float, verdict: Verdict) -> None:
    """The whole interval must be on one side of the cap."""
    finding = one(
        budget(max_overhead_percent=cap),
        entry(SMALL, timed(overhead=overhead)),
        entry(SMALL, timed(overhead=overhead)),
    )
    assert finding.verdict is verdict
    assert (finding.most, round(finding.now or 0)) == (cap, overhead)
    if verdict is UNJUDGED:
        assert "lies on both sides of max-overhead-percent = 10 %" in finding.doubt


@pytest.mark.parametrize(
    ("was", "now", "verdict"), [(10, 10, WITHIN), (10, 14, OVER), (10, 11, WITHIN), (10, 3, WITHIN)]
)
def test_growth_of_the_overhead(was: float, now: float, verdict: Verdict) -> None:
    """It must be proven: the intervals are apart by more than the points that are allowed."""
    finding = one(
        budget(grow_overhead_percent=1),
        entry(SMALL, timed(overhead=now)),
        entry(SMALL, timed(overhead=was)),
    )
    assert finding.verdict is verdict


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        ({"max_peak_memory": 150}, WITHIN),
        ({"max_peak_memory": 149}, OVER),
        ({"grow_peak_memory": 50}, WITHIN),
        ({"grow_peak_memory": 49}, OVER),
    ],
)
def test_peak_memory(limits: dict[str, Any], verdict: Verdict) -> None:
    """150 bytes beside 100 in the baseline, in the same environment."""
    now, before = timed(peak_memory=150), timed(peak_memory=100)
    assert one(budget(**limits), entry(SMALL, now), entry(SMALL, before)).verdict is verdict


def test_every_time_that_was_given_is_judged() -> None:
    """Inference and training are two findings, each beside its own."""
    train: dict[str, Any] = {"settings": {**timed().settings, "mode": "train"}}
    now = (timed(overhead=10), timed(overhead=30, **train))
    found = [
        finding
        for finding in judge(
            budget(max_overhead_percent=20), entry(SMALL, *now), entry(SMALL, *now)
        )
        if not finding.quantity.count
    ]
    assert [finding.verdict for finding in found] == [WITHIN, OVER]
