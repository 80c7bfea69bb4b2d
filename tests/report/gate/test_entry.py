"""What is known of one network: counted, written, read back, and rebuilt."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from report.budgeted import RICHER, SMALL, elsewhere, entry, time_document, timed
from report.drawn import recipes
from se_cost.errors import BadInput
from se_cost.ledger.compare import compare
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import names, recipe
from se_cost.report.gate.entry import COUNTED, counted, read_entry, read_time, with_times
from se_cost.report.gate.reading import Part
from se_cost.report.page import Data


@pytest.mark.parametrize("name", names())
def test_counts_are_the_ledgers(name: str) -> None:
    """Network, plain network and the sums over stages are what the ledgers say."""
    net = recipe(name)
    whole = compare(net)
    for figure, count in counted(net).counts.items():
        of = COUNTED[figure]
        assert count.network == of(whole.network) == sum(count.stages.values())
        assert count.plain == of(whole.baseline)
        assert count.network - count.plain == sum(count.attention.values())
        assert set(count.attention) <= set(count.stages)


def test_percent_is_of_the_plain_network() -> None:
    """SE with r = 16 adds 9.9 % to the parameters of ResNet-50."""
    count = counted(recipe("se_resnet50")).counts["params"]
    assert count.percent == pytest.approx(100 * 2_530_992 / 25_557_032)


@given(recipes())
@settings(max_examples=30)
def test_a_recipe_comes_back_from_json(net: Recipe) -> None:
    """What was written is read as it was, and the same ledgers are built again."""
    before = counted(net)
    after = read_entry(Part(json.loads(json.dumps(before.data)), "entry"))
    assert after == before
    assert after.rebuilt is not None
    assert after.rebuilt.recipe == net


def test_an_old_recipe_without_head_and_width() -> None:
    """A document from before these options existed means the usual ones."""
    data = {k: v for k, v in counted(SMALL).recipe.items() if k not in ("head", "width")}
    whole = replace(counted(SMALL), recipe=data).rebuilt
    assert whole is not None
    assert whole.recipe == SMALL


BROKEN: list[Callable[[Data], Any]] = [
    lambda data: data.update(family="resnet17"),
    lambda data: data.update(input=[3, 1, 1]),
    lambda data: data.update(input=7),
    lambda data: data.update(width="wide"),
    lambda data: data.update(head="tail"),
    lambda data: data.update(colour="red"),
    lambda data: data.pop("family"),
    lambda data: data.update(arch="resnet18"),
    lambda data: data.update(attention=[]),
    lambda data: data["attention"]["stages"][0].update(kind="eca"),
    lambda data: data["attention"]["stages"][0].update(r=0),
    lambda data: data["attention"]["stages"][0].update(gate="swish"),
]


@pytest.mark.parametrize("damage", BROKEN)
def test_a_recipe_that_is_not_ours(damage: Callable[[Data], Any]) -> None:
    """A recipe of another version, or made by hand, is not rebuilt; nothing crashes."""
    data = json.loads(json.dumps(counted(SMALL).recipe))
    damage(data)
    assert replace(counted(SMALL), recipe=data).rebuilt is None


def test_counts_that_are_not_ours() -> None:
    """If another version counted otherwise, its ledgers are not taken to be ours."""
    whole = counted(SMALL)
    count = replace(whole.counts["macs"], network=1 + whole.counts["macs"].network)
    assert replace(whole, counts={"macs": count}).rebuilt is None


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("network", None, "has no 'network'"),
        ("network", "many", "'network' is 'many': it must be a whole number"),
        ("plain", 0, "'plain' is 0: nothing can be compared with it"),
        ("stages", [1], "'stages' is no table"),
        ("attention", {"stage2": 0.5}, "'attention', 'stage2' is 0.5"),
    ],
)
def test_counts_broken_by_hand(key: str, value: object, message: str) -> None:
    """The error names the figure that is wrong."""
    data = json.loads(json.dumps(counted(SMALL).data))
    data["params"][key] = value
    with pytest.raises(BadInput, match=f"'params'.* ?{message}"):
        read_entry(Part(data, "'file'"))


def test_a_time_is_read_from_a_document_and_from_a_baseline() -> None:
    """Both have it under the same keys; the samples stay where they are."""
    time = timed(overhead=10)
    assert time.percent == pytest.approx(10)
    assert time.interval is not None
    assert time.interval[0] < 10 < time.interval[1]
    assert time.medians == pytest.approx((10, 11), rel=0.01)
    assert time.final_stage == 5
    assert time.trimmed == pytest.approx(4)
    again = read_time(Part(json.loads(json.dumps(time.data)), "times"))
    assert again.data == time.data
    assert again.where == time.where


def test_peak_memory_is_kept_if_it_was_measured() -> None:
    """A document that says how much memory was taken keeps it through a baseline."""
    document = time_document()
    assert read_time(Part(document, "")).peak_memory is None
    document["network"]["peak_memory_bytes"] = 2**20
    time = read_time(Part(document, ""))
    assert read_time(Part(time.data, "")).peak_memory == 2**20


@pytest.mark.parametrize("changes", [{"low": None}, {"high": None}, {"verdict": "inconclusive"}])
def test_no_interval_unless_conclusive(changes: dict[str, Any]) -> None:
    """Too few samples, or an inconclusive verdict, prove nothing."""
    assert timed(**changes).interval is None


def test_what_must_be_the_same_for_times_to_compare() -> None:
    """Mode and environment count; the seed does not."""
    time = timed()
    assert replace(time, settings={**time.settings, "seed": 7}).where == time.where
    assert replace(time, settings={**time.settings, "mode": "train"}).where != time.where
    assert elsewhere(time, torch="3.0").where != time.where


def test_times_of_other_environments_stay() -> None:
    """A new time replaces that of its own environment, and no other."""
    here, there = timed(overhead=10), elsewhere(timed(overhead=20), torch="3.0")
    newer = timed(overhead=11)
    kept = with_times(entry(SMALL, newer), entry(SMALL, here, there))
    assert {round(time.percent) for time in kept.times} == {11, 20}
    assert with_times(entry(SMALL), entry(SMALL, here)).times == (here,)


def test_times_of_another_recipe_go() -> None:
    """A time says nothing of a network that was changed since."""
    assert with_times(entry(RICHER), entry(SMALL, timed())).times == ()
    assert with_times(entry(RICHER, timed(RICHER)), None).times == (timed(RICHER),)


def test_the_order_of_times_does_not_depend_on_that_of_updates() -> None:
    """However they came in, times stand in one order."""
    here, there = timed(), elsewhere(timed(), torch="3.0")
    one = with_times(entry(SMALL, here), entry(SMALL, there))
    other = with_times(entry(SMALL, there), entry(SMALL, here))
    assert one == other
