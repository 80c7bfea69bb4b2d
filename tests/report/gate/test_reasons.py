"""What is said about a finding: which network, which stage, by how much, and what to do."""

import re
from dataclasses import replace
from typing import Any

import pytest

from report.budgeted import LEANER, RICHER, SMALL, budget, entry, timed
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import recipe
from se_cost.report.gate.entry import Entry, counted
from se_cost.report.gate.judging import Finding, judge
from se_cost.report.gate.quantities import QUANTITIES
from se_cost.report.gate.reasons import reason, sentence, stage, to_do
from se_cost.report.gate.remedies import remedies
from se_cost.report.gate.where import growth, in_words, largest, recipe_change

SE50 = recipe("se_resnet50")


def found(limit: str, now: Recipe, was: Recipe | None = None, **limits: Any) -> Finding:
    """Return the finding on one limit."""
    before = entry(was) if was else None
    findings = judge(budget(now, **limits), entry(now), before)
    return next(finding for finding in findings if finding.limit == limit)


def test_over_a_cap() -> None:
    """Network, figure, how much too much, the stage, and ways out with their figures."""
    assert sentence(found("max-params", SE50, max_params=27_000_000)) == (
        "net: 28,088,024 parameters, 1,088,024 (4.03 %) over max-params = 27,000,000. "
        "Attention costs most in stage 5: 1,579,392, 62 % of it. "
        "What to do: drop stage 5 (62 % of the attention's): 26,508,632, within; "
        "r = 32 instead of 16: 26,830,080, within; or raise max-params."
    )


def test_grown_beyond_the_baseline() -> None:
    """Also what the baseline had, the stage that grew most, and what was done to the recipe."""
    text = sentence(found("grow-params", recipe("se_resnet50", r=8), SE50))
    assert text == (
        "net: 30,603,912 parameters, 2,515,888 (8.96 %) more than the baseline's 28,088,024. "
        "Stage 5 grew most, by 1,573,248, all of it attention. In the recipe --r 16 became --r 8. "
        "What to do: drop stage 5 (62 % of the attention's): 27,451,272, within; "
        "r = 16 instead of 8: 28,088,024, within; "
        "`se-cost check --update` to accept it; or more room in grow-params."
    )


def test_the_figures_of_a_sentence_add_up() -> None:
    """The ways out, taken, have the parameters that were promised."""
    text = sentence(found("max-params", SE50, max_params=27_000_000))
    dropped, doubled = (int(n.replace(",", "")) for n in re.findall(r": ([\d,]+), within", text))
    assert dropped == counted(recipe("se_resnet50", drop_stages=[5])).counts["params"].network
    assert doubled == counted(recipe("se_resnet50", r=32)).counts["params"].network


def test_a_share_over_its_cap() -> None:
    """Shares differ by points, and the part of a stage is a count."""
    text = reason(found("max-attention-params-percent", SE50, max_attention_params_percent=9))
    assert text == (
        "9.903 % parameters added by attention, 0.9033 points over "
        "max-attention-params-percent = 9 %. "
        "Attention costs most in stage 5: 1,579,392, 62 % of it."
    )


def test_growth_that_is_not_of_attention() -> None:
    """More classes make the head larger, and that is said."""
    text = reason(found("grow-params", recipe("se_resnet18", classes=2000), SMALL))
    assert "The head grew most, by 513,000, none of it attention." in text
    assert "--input 64x64 became --classes 2000." in text


def test_growth_that_is_partly_of_attention() -> None:
    """A network that got its attention in another place and wider input: both have a part."""
    text = reason(found("grow-activation-bytes", recipe("se_resnet18", input=96, r=4), SMALL))
    assert re.search(r"Stage 2 grew most, by 1.25 MiB, 0.16 MiB of it attention", text)
    text = reason(found("grow-activation-bytes", recipe("se_vgg16"), recipe("vgg16")))
    assert re.search(r"grew most, by [\d.]+ MiB, all of it attention", text)


def test_a_plain_network_has_its_largest_stage_named() -> None:
    """Where there is no attention to cut back, only the budget can be raised."""
    finding = found("max-macs", recipe("resnet18"), max_macs=1_000_000_000)
    assert "Stage 2 has most: 462,422,016." in reason(finding)
    assert to_do(finding) == ["or raise max-macs"]


def test_within() -> None:
    """What is kept needs few words, and nothing to do."""
    finding = found("max-params", SMALL, max_params=10**8)
    assert reason(finding) == "11,778,592 parameters, within max-params."
    assert to_do(finding) == []


def test_not_judged() -> None:
    """The reason is part of the sentence."""
    finding = found("max-overhead-percent", SMALL, max_overhead_percent=5)
    assert sentence(finding).startswith("net: max-overhead-percent was not judged: no time was")
    assert stage(finding) is None


def test_time_over_its_cap() -> None:
    """How it was timed and the interval are said; dropping the last stage if that was timed."""
    time = timed(overhead=10)
    limits = budget(max_overhead_percent=5)
    *_, finding = judge(limits, entry(SMALL, time), entry(SMALL, time))
    assert re.fullmatch(
        r"10 % time overhead \(infer, batch 1, 95 % interval \+9\.\d+ to \+10\.\d+\), "
        r"5 points over max-overhead-percent = 5 %\.",
        reason(finding),
    )
    assert to_do(finding) == [
        "drop stage 5: +4 % was measured without it",
        "or raise max-overhead-percent",
    ]
    *_, finding = judge(limits, entry(SMALL, timed(trimmed=None)), entry(SMALL, time))
    assert to_do(finding) == ["or raise max-overhead-percent"]


def test_memory_over_its_cap() -> None:
    """An exact figure is given without an interval."""
    time = timed(peak_memory=2**21, verdict="inconclusive")
    *_, finding = judge(budget(max_peak_memory=2**20), entry(SMALL, time), entry(SMALL, time))
    assert reason(finding) == (
        "2.00 MiB peak memory (infer, batch 1), 1.00 MiB (100 %) over max-peak-memory = 1.00 MiB."
    )


def test_time_beyond_the_baseline() -> None:
    """The growth of an overhead is in points."""
    now, was = timed(overhead=14), timed(overhead=10)
    *_, finding = judge(budget(grow_overhead_percent=1), entry(SMALL, now), entry(SMALL, was))
    assert ", 4 points more than the baseline's 10 %." in reason(finding)
    assert to_do(finding)[1:] == [
        "`se-cost check --update` to accept it",
        "or more room in grow-overhead-percent",
    ]


def test_a_share_that_grew_because_the_rest_shrank() -> None:
    """No stage grew, so none is named."""
    narrow = recipe("se_resnet50", classes=10)
    finding = found(
        "grow-attention-params-percent", narrow, SE50, grow_attention_params_percent=0.1
    )
    assert stage(finding) is None
    assert "In the recipe --classes 10 is new." in reason(finding)


def test_remedies_that_are_not_enough() -> None:
    """If cutting attention back does not do, what is left without any is said."""
    params = QUANTITIES["params"]
    assert remedies(SE50, params, 25_600_000) == ["no attention at all: 25,557,032, within"]
    assert remedies(SE50, params, 1) == ["no attention at all: 25,557,032, still over"]
    assert remedies(recipe("resnet50"), params, 1) == []


def test_remedies_of_one_stage_and_of_several_ratios() -> None:
    """The only stage is not dropped; different ratios are raised together."""
    params = QUANTITIES["params"]
    (only,) = remedies(recipe("se_resnet50", stages=[5]), params, 26_500_000)
    assert only.startswith("r = 32 instead of 16: ")
    _, both = remedies(recipe("se_resnet50", r=[16, 16, 16, 8]), params, 28_000_000)
    assert both.startswith("2 times the r of every stage: ")


def test_r_is_no_larger_than_it_must_be() -> None:
    """Of all doublings of r the first that suffices is named, and none if none does."""
    params, net = QUANTITIES["params"], recipe("se_resnet50")
    (enough,) = remedies(net, params, 26_000_000)
    assert enough == "r = 128 instead of 16: 25,886,622, within"
    (bare,) = remedies(net, params, 25_557_032)
    assert bare == "no attention at all: 25,557,032, within"


def test_largest() -> None:
    """The first of equals; nothing where nothing is above zero."""
    assert largest({"a": 1, "b": 3, "c": 3}) == "b"
    assert largest({"a": 0, "b": -1}) is None
    assert largest({}) is None


def test_growth_of_stages() -> None:
    """Stages that come or go grow from nothing, or to nothing."""
    assert growth({"a": 5, "b": 1}, {"a": 2, "c": 4}) == {"a": 3, "c": -4, "b": 1}


def test_stages_in_words() -> None:
    """As people say it."""
    assert [in_words(name) for name in ("stage5", "head")] == ["stage 5", "the head"]


@pytest.mark.parametrize(
    ("now", "was", "change"),
    [
        (SMALL, SMALL, ""),
        (RICHER, SMALL, "--r 16 became --r 8"),
        (LEANER, RICHER, "--r 8 became --r 32"),
        (recipe("se_resnet18"), SMALL, "--input 64x64 is gone"),
        (SMALL, recipe("se_resnet18"), "--input 64x64 is new"),
        (recipe("se_vgg16"), recipe("vgg16"), "--arch vgg16 became --arch se_vgg16 --r 16"),
    ],
)
def test_what_was_done_to_a_recipe(now: Recipe, was: Recipe, change: str) -> None:
    """In the words of the command line."""
    assert recipe_change(entry(now), entry(was)) == change


def test_an_old_document_that_says_less_is_no_change() -> None:
    """A recipe from before an option existed had it as usual."""
    data = {k: v for k, v in counted(SMALL).recipe.items() if k != "width"}
    assert recipe_change(entry(), replace(entry(), recipe=data)) == ""


def test_a_recipe_that_is_not_known() -> None:
    """What this se-cost cannot build is not compared option by option."""
    assert recipe_change(entry(), Entry({"family": "eternal"}, {})) == ""
    assert recipe_change(Entry({"family": "eternal"}, {}), entry()) == ""
