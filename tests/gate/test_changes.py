"""What changed from one entry to another: trends, and where."""

import pytest
from cli.options.drawn import models
from hypothesis import given, settings

from gate.budgeted import (
    ALIEN,
    LEANER,
    RICHER,
    SMALL,
    elsewhere,
    entry,
    params_only,
    timed,
    times_only,
    unknown,
)
from se_cost.documents.baseline import Count, Entry, Figure, TimeEntry
from se_cost.documents.diff import QuantityChange, Trend
from se_cost.gate.changes import changes, layers, pairs
from se_cost.gate.entry import COUNTED, counted
from se_cost.measure.timing.verdict import TimeVerdict
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

TOTALS = {Figure.PARAMS, Figure.MACS, Figure.ACTIVATIONS}
INCONCLUSIVE = timed(verdict=TimeVerdict.INCONCLUSIVE)


def trends(old: Entry, new: Entry) -> dict[Figure, Trend]:
    """Return what every quantity did."""
    return {change.figure: change.verdict for change in changes("net", old, new)}


def of_time(old: TimeEntry, new: TimeEntry) -> QuantityChange:
    """Return the change of an overhead."""
    (change,) = changes("net", times_only(old), times_only(new))
    return change


@pytest.mark.parametrize(
    ("net", "trend"), [(RICHER, Trend.WORSE), (LEANER, Trend.BETTER), (SMALL, Trend.SAME)]
)
def test_trends_of_totals(net: Model, trend: Trend) -> None:
    """More is worse, less is better, and shares are only told."""
    found = trends(entry(SMALL), entry(net))
    assert {found[key] for key in TOTALS} == {trend}
    assert {found[key] for key in set(found) - TOTALS} == {Trend.SHARE}


def test_only_what_both_have_is_compared() -> None:
    """A document of `params` says nothing of MACs."""
    old = Entry(SMALL, params=entry().params)
    assert set(trends(old, entry(RICHER))) == {Figure.PARAMS, Figure.ATTENTION_PARAMS}


def test_by_how_much() -> None:
    """A total changes by per cent of what it was, a share by points."""
    total, share = changes("net", params_only(SMALL, 100), params_only(SMALL, 103))
    assert total.percent == pytest.approx(3)
    assert (share.old, share.new, share.percent) == (100 * 10 / 90, 100 * 13 / 90, None)


@pytest.mark.parametrize(
    ("was", "now", "trend"), [(10, 14, "worse"), (14, 10, "better"), (10, 10.1, "same")]
)
def test_trends_of_times(was: float, now: float, trend: str) -> None:
    """Only intervals that are apart prove a change."""
    change = of_time(timed(overhead=was), timed(overhead=now))
    assert change.verdict == trend
    assert change.settings == timed().settings


@pytest.mark.parametrize(
    ("old", "new", "doubt"),
    [
        (timed(), INCONCLUSIVE, "the new time is not conclusive"),
        (INCONCLUSIVE, timed(), "the old time is not conclusive"),
        (elsewhere(timed(), torch="2.0"), timed(overhead=90), "torch 2.0 then, 2.99 now"),
    ],
)
def test_times_that_prove_nothing(old: TimeEntry, new: TimeEntry, doubt: str) -> None:
    """They are shown and not judged."""
    change = of_time(old, new)
    assert change.verdict is Trend.UNJUDGED
    assert doubt in change.reason


def test_memory_is_exact() -> None:
    """Its trend needs no interval."""
    old, new = (times_only(timed(peak_memory=n)) for n in (100, 101))
    assert trends(old, new)[Figure.PEAK_MEMORY] is Trend.WORSE


@pytest.mark.parametrize(("was", "now"), [(None, 100), (100, None)])
def test_memory_that_one_time_lacks(was: int | None, now: int | None) -> None:
    """There is nothing to compare it with."""
    old, new = (times_only(timed(peak_memory=n)) for n in (was, now))
    assert set(trends(old, new)) == {Figure.OVERHEAD}


def test_the_time_of_the_same_environment_is_taken() -> None:
    """Among several times in a baseline, the one that compares does."""
    old = times_only(elsewhere(timed(overhead=50), torch="1"), timed(overhead=10))
    found = changes("net", old, times_only(timed(overhead=14)))
    assert [change.verdict for change in found] == [Trend.WORSE]


def test_pairs_by_name() -> None:
    """Networks of one name are compared; the only ones of two documents are, whatever they are."""
    a, b = entry(SMALL), entry(RICHER)
    assert pairs({"x": a, "y": b}, {"y": a, "z": b}) == {"y": (b, a)}
    assert pairs({"x": a}, {"x": b}) == {"x": (a, b)}
    assert pairs({"x": a}, {"y": b}) == {"x → y": (a, b)}


@given(models(), models())
@settings(max_examples=25)
def test_layers_sum_to_the_change(old: Model, new: Model) -> None:
    """Whatever two networks are, the places account for every parameter, MAC and byte."""
    before, after = counted(old), counted(new)
    found = layers("net", before, after)
    for figure in COUNTED:
        total = after.counts[figure].network - before.counts[figure].network
        assert sum(getattr(layer, figure) for layer in found) == total
    assert all(
        layer.layers or layer.params or layer.macs or layer.activation_bytes for layer in found
    )


def test_layers_of_a_smaller_r() -> None:
    """Only the FCs of SE and the ReLU between them change."""
    found = layers("net", entry(SMALL), entry(RICHER))
    assert {(layer.stage, layer.operator) for layer in found} == {
        (f"stage{n}", op) for n in (2, 3, 4, 5) for op in ("linear", "relu")
    }
    assert {layer.layers for layer in found} == {0}


def test_layers_of_added_attention() -> None:
    """Layers that come are counted."""
    found = layers("net", entry(model("resnet18", input=64)), entry(SMALL))
    number = {layer.operator: layer.layers for layer in found if layer.stage == "stage2"}
    assert number == {"global_avg_pool": 2, "linear": 4, "relu": 2, "sigmoid": 2, "scale": 2}


def test_layers_of_a_network_that_is_not_known() -> None:
    """Without ledgers the stages of the documents are compared."""
    found = layers("net", unknown(SMALL), unknown(RICHER))
    assert [(layer.stage, layer.operator, layer.layers) for layer in found] == [
        (f"stage{n}", None, None) for n in (2, 3, 4, 5)
    ]
    weights = sum(2 * 2 * c * (c // 8 - c // 16) for c in (64, 128, 256, 512))
    biases = sum(2 * (c // 8 - c // 16) for c in (64, 128, 256, 512))
    assert sum(layer.params or 0 for layer in found) == weights + biases


def test_layers_where_only_one_network_is_known() -> None:
    """Its ledger alone says nothing of where the other differs."""
    found = layers("net", unknown(SMALL), entry(RICHER))
    assert found == layers("net", unknown(SMALL), unknown(RICHER))


def test_layers_where_only_one_document_knows_all_stages() -> None:
    """The attention, which both know, is compared."""
    richer = unknown(RICHER)
    assert richer.params
    shorter = replace(richer, params=replace(richer.params, stages={}), macs=None)
    (first, *_) = layers("net", replace(unknown(SMALL), activation_bytes=None), shorter)
    assert (first.stage, first.params) == ("stage2", 2 * (2 * 64 * 4 + 4))


def test_a_stage_that_only_one_count_has() -> None:
    """The other did not change there."""
    old, new = (
        replace(params_only(ALIEN, 100 + n, {"stage2": 10 + n}), macs=Count(9, 9, {}, {}))
        for n in (0, 1)
    )
    (layer,) = layers("net", old, new)
    assert (layer.params, layer.macs) == (1, 0)


def test_layers_of_a_document_that_knows_attention_only() -> None:
    """Then its stages are compared, and those without a change left out."""
    old = params_only(SMALL, 100, {"stage2": 4, "stage3": 6})
    new = params_only(SMALL, 102, {"stage2": 4, "stage3": 8})
    (layer,) = layers("net", old, new)
    assert (layer.stage, layer.params, layer.macs) == ("stage3", 2, None)


def test_counts_that_one_document_lacks_are_not_in_a_layer() -> None:
    """A document of `params` beside a baseline: there is nothing to say of MACs."""
    found = layers("net", replace(entry(), macs=None), entry(RICHER))
    assert {layer.macs for layer in found} == {None}
    assert None not in {layer.activation_bytes for layer in found}
