"""What changed from one document to another: trends, places, page and data."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from report.budgeted import LEANER, RICHER, SMALL, elsewhere, entry, timed
from report.drawn import recipes
from se_cost.errors import CannotMeasure
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import recipe
from se_cost.report.formats import as_csv, as_json, as_markdown, as_text
from se_cost.report.gate.changes import Change, Trend, changes, pairs, sites
from se_cost.report.gate.diff import Diff, annotations, data, page
from se_cost.report.gate.entry import COUNTED, Count, Entry, Time, counted

SE50, SE50_8 = recipe("se_resnet50"), recipe("se_resnet50", r=8)


def between(old: Entry, new: Entry, name: str = "net") -> Diff:
    """Return what changed in one network."""
    return Diff({name: old}, {name: new})


def trends(old: Entry, new: Entry) -> dict[str, Trend]:
    """Return what every quantity did."""
    return {change.quantity.key: change.trend for change in changes("net", old, new)}


def of_time(old: Time, new: Time) -> Change:
    """Return the change of an overhead."""
    (change,) = changes("net", Entry({}, {}, (old,)), Entry({}, {}, (new,)))
    return change


@pytest.mark.parametrize(
    ("net", "trend"), [(RICHER, Trend.WORSE), (LEANER, Trend.BETTER), (SMALL, Trend.SAME)]
)
def test_trends_of_totals(net: Recipe, trend: Trend) -> None:
    """More is worse, less is better, and shares are only told."""
    found = trends(entry(SMALL), entry(net))
    assert {found[key] for key in ("params", "macs", "activation-bytes")} == {trend}
    assert found["attention-params-percent"] is Trend.SHARE


def test_only_what_both_have_is_compared() -> None:
    """A document of `params` says nothing of MACs."""
    old = replace(entry(), counts={"params": entry().counts["params"]})
    assert set(trends(old, entry(RICHER))) == {"params", "attention-params-percent"}


@pytest.mark.parametrize(
    ("was", "now", "trend"), [(10, 14, "worse"), (14, 10, "better"), (10, 10.1, "same")]
)
def test_trends_of_times(was: float, now: float, trend: str) -> None:
    """Only intervals that are apart prove a change."""
    assert of_time(timed(overhead=was), timed(overhead=now)).trend.value == trend


@pytest.mark.parametrize(
    ("old", "new", "doubt"),
    [
        (timed(), timed(verdict="inconclusive"), "the new time is not conclusive"),
        (timed(verdict="inconclusive"), timed(), "the old time is not conclusive"),
        (elsewhere(timed(), torch="2.0"), timed(overhead=90), "torch 2.0 then, 2.99 now"),
    ],
)
def test_times_that_prove_nothing(old: Time, new: Time, doubt: str) -> None:
    """They are shown and not judged."""
    change = of_time(old, new)
    assert change.trend is Trend.UNJUDGED
    assert doubt in change.doubt


def test_memory_is_exact() -> None:
    """Its trend needs no interval."""
    old, new = (Entry({}, {}, (timed(peak_memory=n),)) for n in (100, 101))
    assert trends(old, new)["peak-memory"] is Trend.WORSE


def test_the_time_of_the_same_environment_is_taken() -> None:
    """Among several times in a baseline, the one that compares does."""
    old = Entry({}, {}, (elsewhere(timed(overhead=50), torch="1"), timed(overhead=10)))
    found = changes("net", old, Entry({}, {}, (timed(overhead=14),)))
    assert [change.trend for change in found] == [Trend.WORSE]


def test_pairs_by_name() -> None:
    """Networks of one name are compared; the only ones of two documents are, whatever they are."""
    a, b = entry(SMALL), entry(RICHER)
    assert pairs({"x": a, "y": b}, {"y": a, "z": b}) == {"y": (b, a)}
    assert pairs({"x": a}, {"x": b}) == {"x": (a, b)}
    assert pairs({"x": a}, {"y": b}) == {"x → y": (a, b)}


def test_networks_of_one_document_only() -> None:
    """They are found by name: two networks may be counted alike."""
    a = entry()
    diff = Diff({"x": a, "y": a}, {"y": a, "z": a})
    assert (diff.only(diff.old), diff.only(diff.new)) == (["x"], ["z"])
    alone = Diff({"x": a}, {"y": a})
    assert (alone.only(alone.old), alone.only(alone.new)) == ([], [])


@given(recipes(), recipes())
@settings(max_examples=25)
def test_sites_sum_to_the_change(old: Recipe, new: Recipe) -> None:
    """Whatever two networks are, the places account for every parameter, MAC and byte."""
    before, after = counted(old), counted(new)
    found = sites("net", before, after)
    for figure in COUNTED:
        total = after.counts[figure].network - before.counts[figure].network
        assert sum(site.growths[figure] for site in found) == total
    assert all(site.layers or any(site.growths.values()) for site in found)


def test_sites_of_a_smaller_r() -> None:
    """Only the FCs of SE and the ReLU between them change."""
    found = sites("net", entry(SMALL), entry(RICHER))
    assert {(site.stage, site.op) for site in found} == {
        (f"stage{n}", op) for n in (2, 3, 4, 5) for op in ("linear", "relu")
    }
    assert {site.layers for site in found} == {0}


def test_sites_of_added_attention() -> None:
    """Layers that come are counted."""
    found = sites("net", entry(recipe("resnet18", input=64)), entry(SMALL))
    layers = {site.op: site.layers for site in found if site.stage == "stage2"}
    assert layers == {"global_avg_pool": 2, "linear": 4, "relu": 2, "sigmoid": 2, "scale": 2}


def unknown(net: Entry, **changes: Any) -> Entry:
    """Return an entry as another version would have counted it."""
    return replace(net, recipe={"family": "eternal"}, **changes)


def test_sites_of_a_network_that_is_not_known() -> None:
    """Without ledgers the stages of the documents are compared."""
    found = sites("net", unknown(entry(SMALL)), unknown(entry(RICHER)))
    assert [(site.stage, site.op, site.layers) for site in found] == [
        (f"stage{n}", None, None) for n in (2, 3, 4, 5)
    ]
    weights = sum(2 * 2 * c * (c // 8 - c // 16) for c in (64, 128, 256, 512))
    biases = sum(2 * (c // 8 - c // 16) for c in (64, 128, 256, 512))
    assert sum(site.growths["params"] for site in found) == weights + biases


def test_sites_of_a_document_that_knows_attention_only() -> None:
    """Then its stages are compared, and those without a change left out."""
    old = unknown(entry(), counts={"params": Count(100, 90, {}, {"stage2": 4, "stage3": 6})})
    new = unknown(entry(), counts={"params": Count(102, 90, {}, {"stage2": 4, "stage3": 8})})
    (site,) = sites("net", old, new)
    assert (site.stage, site.growths) == ("stage3", {"params": 2})


def test_page_of_a_network_that_got_worse() -> None:
    """The sum, what became of it, why and where; then figures and places."""
    found = page(between(entry(SE50), entry(SE50_8)))
    assert found.failed
    assert found.lines == (
        "1 network compared: 3 worse.",
        (
            "net worse: parameters 28,088,024 → 30,603,912 (+8.96 %), "
            "MACs 3,860,488,192 → 3,863,003,136 (+0.0651 %), "
            "activations 158.48 MiB → 158.49 MiB (+0.00454 %). "
            "In the recipe --r 16 became --r 8. Most of the parameters in stage 5: 1,573,248 more."
        ),
    )
    changed, places = found.tables
    assert changed.rows[0][:5] == ("net", "parameters", 28_088_024, 30_603_912, 2_515_888)
    assert ("net", "stage 5", "linear", 0, 1_573_248, 1_572_864) in [row[:6] for row in places.rows]


def test_page_of_a_network_that_got_better() -> None:
    """An improvement does not fail, and its stage is named as well."""
    found = page(between(entry(SE50_8), entry(SE50)))
    assert not found.failed
    assert "net better: parameters" in found.lines[1]
    assert found.lines[1].endswith("Most of the parameters in stage 5: 1,573,248 less.")


def test_page_of_no_change() -> None:
    """All figures are shown of one network, and it has no places."""
    found = page(between(entry(), entry()))
    assert found.lines == ("1 network compared: no figure changed.",)
    (table,) = found.tables
    assert {row[-1] for row in table.rows} == {"same", "–"}


def test_page_of_several_networks() -> None:
    """Only what changed is shown; networks of one document only are named."""
    nets = {name: entry() for name in "abc"}
    found = page(Diff({**nets, "old": entry()}, {**nets, "b": entry(RICHER), "new": entry()}))
    assert found.lines[0] == "3 networks compared: 3 worse."
    assert found.lines[2:] == ("Only in the old: old.", "Only in the new: new.")
    assert {row[0] for table in found.tables for row in table.rows} == {"b"}
    same = page(Diff(nets, dict(nets)))
    assert (same.lines, same.tables) == (("3 networks compared: no figure changed.",), ())


def test_better_and_worse_at_once() -> None:
    """Both are told; one worse figure makes the verdict."""
    old = entry(recipe("se_resnet18", input=64))
    new = entry(recipe("se_resnet18", input=32, r=8))
    diff = between(old, new)
    line = page(diff).lines[1]
    assert "worse: parameters" in line
    assert "; better: MACs" in line
    assert data(diff)["verdict"] == "worse"


def test_a_time_that_changed_has_no_stage() -> None:
    """Only counts are broken down by stage."""
    old, new = (replace(entry(), counts={}, times=(timed(overhead=n),)) for n in (10, 14))
    assert page(between(old, new)).lines[1] == "net worse: time overhead 10 % → 14 %."


def test_an_unjudged_time_is_a_warning() -> None:
    """It is told with its reason, and does not fail."""
    old, new = entry(SMALL, elsewhere(timed(), torch="2.0")), entry(SMALL, timed(overhead=90))
    found = page(between(old, new))
    assert not found.failed
    assert found.lines[0] == "1 network compared: 1 not judged."
    assert found.warnings[0].startswith("net: time overhead was not judged: times of two")


def test_growth_of_an_unknown_network_without_stages() -> None:
    """Where no document says where, no stage is named."""
    old, new = (unknown(entry(), counts={"params": Count(n, 90, {}, {})}) for n in (100, 102))
    found = page(between(old, new))
    assert found.lines[1] == "net worse: parameters 100 → 102 (+2 %)."
    assert len(found.tables) == 1


def test_nothing_in_common() -> None:
    """Documents of different things say what each of them holds."""
    old = {"a": replace(entry(), counts={}, times=(timed(),))}
    with pytest.raises(CannotMeasure, match="old document holds times of a, the new one params"):
        page(Diff(old, {"b": entry()}))
    with pytest.raises(CannotMeasure, match="the new one nothing"):
        page(Diff({"a": entry(), "b": entry()}, {}))


@pytest.mark.parametrize(
    ("new", "verdict"), [(RICHER, "worse"), (LEANER, "better"), (SMALL, "same")]
)
def test_json(new: Recipe, verdict: str) -> None:
    """Recipes, figures and places are there as numbers and words."""
    found = json.loads(as_json(page(between(entry(SMALL), entry(new)))))
    assert (found["command"], found["verdict"]) == ("diff", verdict)
    assert found["networks"]["net"] == {"old": counted(SMALL).recipe, "new": counted(new).recipe}
    first = found["changes"][0]
    assert first["figure"] == "params"
    assert first["new"] == counted(new).counts["params"].network
    assert first["verdict"] == verdict
    assert bool(found["sites"]) is (verdict != "same")
    assert (found["only_old"], found["only_new"]) == ([], [])


def test_json_of_a_time() -> None:
    """Settings and the reason for a doubt are told."""
    old, new = Entry({}, {}, (timed(verdict="inconclusive"),)), Entry({}, {}, (timed(),))
    found = data(between(old, new))
    assert found["verdict"] == "not judged"
    assert found["changes"][0]["settings"]["mode"] == "infer"
    assert "not conclusive" in found["changes"][0]["reason"]


def test_annotations() -> None:
    """One error for each network that got worse, one warning for each doubt."""
    old = {"a": entry(), "b": entry(), "c": entry(SMALL, timed(verdict="inconclusive"))}
    new = {"a": entry(RICHER), "b": entry(LEANER), "c": entry(SMALL, timed())}
    found = annotations(Diff(old, new))
    assert [(level, title) for level, _, title in found] == [
        ("error", "a costs more"),
        ("warning", "se-cost diff"),
    ]


def test_nasty_names_are_harmless_in_every_format() -> None:
    """Names of networks and values of documents stay text."""
    name = "a | `b` <script>alert(1)</script>"
    there = elsewhere(timed(), device_name="\x1b[2J | <b>")
    diff = Diff({name: entry(SMALL, there)}, {name: entry(RICHER, timed())})
    html = MarkdownIt("commonmark").enable("table").render(as_markdown(page(diff)))
    assert "<script>" not in html
    assert "<b>" not in html
    for form in (as_text, as_markdown, as_csv, as_json):
        assert "\x1b" not in form(page(diff), width=80, color=False)
