"""The figures of other papers: each is recomputed, and what differs is explained."""

from fractions import Fraction

import pytest

from se_cost.ledger.conventions import CONVENTIONS, total
from se_cost.ledger.costs import costs
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.zoo.model import model
from se_cost.paper.published import Match, judge
from se_cost.paper.studies import STUDIES, findings_of

VERDICTS = {"cbam": [Match.EXACT] * 6 + [Match.DIFFERS], "bam": [Match.DIFFERS]}
VERDICTS["eca"] = [
    *([Match.EXACT] * 6 + [Match.CLOSE]),  # parameters
    *([Match.EXACT] * 3 + [Match.DIFFERS, Match.CLOSE]),  # operations
    *(Match.DIFFERS, Match.DIFFERS),  # of the attention alone
]
VERDICTS |= {"srm": [Match.EXACT], "ge": [Match.EXACT], "simam": [Match.EXACT] * 11}
VERDICTS["mhsa"] = [Match.CLOSE, Match.EXACT]


@pytest.mark.parametrize("study", STUDIES)
def test_verdicts(study: str) -> None:
    """Everything is met but what the released code of some has otherwise, and a few roundings."""
    assert study in KINDS
    assert [one.finding.verdict for one in findings_of(study)] == VERDICTS[study]


@pytest.mark.parametrize("study", STUDIES)
def test_what_differs_is_explained(study: str) -> None:
    """And nothing else, but where a network could be built in two ways."""
    for one in findings_of(study):
        built = one.finding.figure.row == "BoT50"
        assert bool(one.remark) == (one.finding.verdict is not Match.EXACT or built)


def test_both_figures_of_botnet_are_cut_off_ones() -> None:
    """25.557 M is printed as 25.5; 20.848 M as 20.8, which rounding gives, too."""
    plain, attending = (one.finding.ours for one in findings_of("mhsa"))
    assert plain is not None
    assert attending is not None
    assert [int(10 * number) / 10 for number in (plain, attending)] == [25.5, 20.8]


def test_both_numbers_of_eca() -> None:
    """86 by its formula, and 80 with the kernels of the authors' ResNet-50."""
    kernels = {c: ECA().kernel(c) for c in (256, 512, 1024, 2048)}
    assert list(kernels.values()) == [5, 5, 5, 7]
    assert 3 * 5 + 4 * 5 + 6 * 5 + 3 * 7 == 86
    assert 3 * 3 + 4 * 5 + 6 * 5 + 3 * 7 == 80
    (last,) = (
        one.finding for one in findings_of("eca") if one.finding.figure.quantity == "weights added"
    )
    assert last.figure.published == "80"
    assert last.ours == 86


def test_eca_counts_m_as_a_power_of_two() -> None:
    """With 10^6 its figures would not be met."""
    plain = findings_of("eca")[0].finding
    assert plain.ours == Fraction(25_557_032, 2**20)
    assert plain.figure.unit == "Mi"


def test_the_norms_of_released_code() -> None:
    """By hand: BAM's are within its branches, and CBAM has one more in each block."""
    (bam,) = findings_of("bam")
    ends = sum(2 * c + 2 for c in (256, 512, 1024))
    within = sum(2 * h + 3 * 2 * h for h in (16, 32, 64))
    assert bam.finding.ours is not None
    assert 10**6 * bam.finding.ours - ends + within == 25_915_099
    cbam = findings_of("cbam")[-1].finding
    assert cbam.ours is not None
    assert 10**6 * cbam.ours + 16 * 2 == 28_089_624


def test_eca_counts_g_as_a_power_of_two() -> None:
    """And puts the stride into the 3x3 convolutions: otherwise its operations would not be met."""
    found = [one.finding for one in findings_of("eca") if "thop" in one.finding.figure.quantity]
    assert [one.figure.unit for one in found] == ["Gi"] * 5
    for one in found:
        assert one.ours is not None
        assert judge(one.figure.published, one.ours * 2**30 / 10**9) is Match.DIFFERS
    inner = total(costs(model("eca_resnet50")).network, CONVENTIONS["thop"])
    assert judge("3.86", Fraction(inner, 2**30)) is Match.DIFFERS
