"""What is said about a judgement: which network, which stage, by how much, and what to do."""

import re
from typing import Any

import pytest

from gate.budgeted import RICHER, SMALL, budget, entry, params_of, timed
from se_cost.gate.check import check
from se_cost.gate.judging import Judgement, judge
from se_cost.gate.reasons import reason, stage, to_do
from se_cost.measure.timing.verdict import TimeVerdict
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

SE50 = model("se_resnet50")


def found(limit: str, now: Model, was: Model | None = None, **limits: Any) -> Judgement:
    """Return the judgement on one limit."""
    before = entry(was) if was else None
    judgements = judge(budget(now, **limits), entry(now), before)
    return next(judgement for judgement in judgements if judgement.limit == limit)


def sentence(limit: str, now: Model, was: Model | None = None, **limits: Any) -> str:
    """Return the whole sentence on one limit."""
    before = {"net": entry(was)} if was else {}
    findings = check([budget(now, **limits)], {"net": entry(now)}, before).findings
    return next(finding.sentence for finding in findings if finding.limit == limit)


def test_over_a_cap() -> None:
    """Network, figure, how much too much, the stage, and ways out with their figures."""
    assert sentence("max-params", SE50, max_params=27_000_000) == (
        "net: 28,088,024 parameters, 1,088,024 (4.03 %) over max-params = 27,000,000. "
        "Attention costs most in stage 5: 1,579,392 (62 % of all attention). "
        "What to do: drop stage 5 (62 % of the attention's): 26,508,632, within; "
        "r = 32 instead of 16: 26,830,080, within; or raise max-params."
    )


def test_grown_beyond_the_baseline() -> None:
    """Also what the baseline had, the stage that grew most, and what was done to the model."""
    text = sentence("grow-params", model("se_resnet50", r=8), SE50)
    assert text == (
        "net: 30,603,912 parameters, 2,515,888 (8.96 %) more than the baseline's 28,088,024. "
        "Stage 5 grew most, by 1,573,248, all of it attention. "
        "Its options changed: --r 16 became --r 8. "
        "What to do: drop stage 5 (62 % of the attention's): 27,451,272, within; "
        "r = 16 instead of 8: 28,088,024, within; "
        "`se-cost check --update` to accept it; or more room in grow-params."
    )


def test_a_cap_is_the_same_with_a_baseline() -> None:
    """What the network was before has no part in it."""
    limits: dict[str, Any] = {"max_params": 27_000_000, "grow_params": 100}
    without = sentence("max-params", SE50, max_params=27_000_000)
    assert sentence("max-params", SE50, model("resnet50"), **limits) == without


def test_the_figures_of_a_sentence_add_up() -> None:
    """The ways out, taken, have the parameters that were promised."""
    text = sentence("max-params", SE50, max_params=27_000_000)
    dropped, doubled = (int(n.replace(",", "")) for n in re.findall(r": ([\d,]+), within", text))
    assert dropped == params_of(model("se_resnet50", drop_stages=[5])).network
    assert doubled == params_of(model("se_resnet50", r=32)).network


def test_a_share_over_its_cap() -> None:
    """Shares differ by points, and the part of a stage is a count."""
    text = reason(found("max-attention-params-percent", SE50, max_attention_params_percent=9))
    assert text == (
        "9.903 % parameters added by attention, 0.9033 points over "
        "max-attention-params-percent = 9 %. "
        "Attention costs most in stage 5: 1,579,392 (62 % of all attention)."
    )


def test_figures_and_limits_of_zero() -> None:
    """A limit of 0 is one, and so is a baseline of 0."""
    share: dict[str, Any] = {"max_attention_params_percent": 0.0}
    some = found("max-attention-params-percent", SE50, **share)
    assert "9.903 points over max-attention-params-percent = 0 %." in reason(some)
    assert to_do(some)[0] == "no attention at all: 0 %, within"
    grown = found(
        "grow-attention-params-percent",
        SE50,
        model("resnet50"),
        grow_attention_params_percent=1,
    )
    assert "9.903 points more than the baseline's 0 %." in reason(grown)


def test_growth_that_is_not_of_attention() -> None:
    """More classes make the head larger, and that is said."""
    text = reason(found("grow-params", model("se_resnet18", classes=2000), SMALL))
    assert "The head grew most, by 513,000, none of it attention." in text
    assert "--input 64x64 became --classes 2000." in text


def test_growth_that_is_partly_of_attention() -> None:
    """A network that got its attention in another place and wider input: both have a part."""
    text = reason(found("grow-activation-bytes", model("se_resnet18", input=96, r=4), SMALL))
    assert re.search(r"Stage 2 grew most, by 1.25 MiB, 0.16 MiB of it attention", text)
    text = reason(found("grow-activation-bytes", model("se_vgg16"), model("vgg16")))
    assert re.search(r"grew most, by [\d.]+ MiB, all of it attention", text)


def test_a_plain_network_has_its_largest_stage_named() -> None:
    """Where there is no attention to cut back, only the budget can be raised."""
    judgement = found("max-macs", model("resnet18"), max_macs=1_000_000_000)
    assert "Stage 2 has most: 462,422,016." in reason(judgement)
    assert to_do(judgement) == ["or raise max-macs"]


def test_within() -> None:
    """What is kept needs few words, and nothing to do."""
    judgement = found("max-params", SMALL, max_params=10**8)
    assert reason(judgement) == "11,778,592 parameters, within max-params."
    assert to_do(judgement) == []


def test_not_judged() -> None:
    """The reason is part of the sentence."""
    text = sentence("max-overhead-percent", SMALL, max_overhead_percent=5)
    assert text.startswith("net: max-overhead-percent was not judged: no time was")
    assert stage(found("max-overhead-percent", SMALL, max_overhead_percent=5)) is None


def test_time_over_its_cap() -> None:
    """How it was timed and the interval are said; dropping the last stage if that was timed."""
    time = timed(overhead=10)
    limits = budget(max_overhead_percent=5)
    *_, judgement = judge(limits, entry(SMALL, time), entry(SMALL, time))
    assert re.fullmatch(
        r"10 % time overhead \(infer, batch 1, 95 % interval \+9\.\d+ to \+10\.\d+: slower\), "
        r"5 points over max-overhead-percent = 5 %\.",
        reason(judgement),
    )
    assert to_do(judgement) == [
        "drop stage 5: +4 % [+3.87, +4.13] was measured without it",
        "or raise max-overhead-percent",
    ]


@pytest.mark.parametrize("part", ["without_final_stage", "final_stage"])
def test_no_stage_to_drop(part: str) -> None:
    """A time from a baseline, or of a network without attention, knows no smaller one."""
    time = timed(overhead=10)
    limits = budget(max_overhead_percent=5)
    lacking = entry(SMALL, replace(time, **{part: None}))
    *_, judgement = judge(limits, lacking, entry(SMALL, time))
    assert to_do(judgement) == ["or raise max-overhead-percent"]


def test_memory_over_its_cap() -> None:
    """An exact figure is given without an interval."""
    time = timed(peak_memory=2**21, verdict=TimeVerdict.INCONCLUSIVE)
    *_, judgement = judge(budget(max_peak_memory=2**20), entry(SMALL, time), entry(SMALL, time))
    assert reason(judgement) == (
        "2.00 MiB peak memory (infer, batch 1), 1.00 MiB (100 %) over max-peak-memory = 1.00 MiB."
    )


def test_time_beyond_the_baseline() -> None:
    """The growth of an overhead is in points."""
    now, was = timed(overhead=14), timed(overhead=10)
    *_, judgement = judge(budget(grow_overhead_percent=1), entry(SMALL, now), entry(SMALL, was))
    was_told = "the baseline's 10 % (95 % interval +9.86 to +10.1: slower)."
    assert f", 4 points more than {was_told}" in reason(judgement)
    assert to_do(judgement)[1:] == [
        "`se-cost check --update` to accept it",
        "or more room in grow-overhead-percent",
    ]


def test_a_share_that_grew_because_the_rest_shrank() -> None:
    """No stage grew, so none is named."""
    narrow = model("se_resnet50", classes=10)
    judgement = found(
        "grow-attention-params-percent", narrow, SE50, grow_attention_params_percent=0.1
    )
    assert stage(judgement) is None
    assert "Its options changed: --classes 10 is new." in reason(judgement)


def test_stages_of_a_richer_network() -> None:
    """The stage stands in the json as documents spell it."""
    assert stage(found("grow-params", RICHER, SMALL)) == "stage5"
