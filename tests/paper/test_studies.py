"""The figures of other papers: each is recomputed, and what differs is explained."""

from fractions import Fraction

import pytest

from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.kinds import KINDS
from se_cost.paper.published import Match
from se_cost.paper.studies import STUDIES, findings_of

VERDICTS = {"cbam": [Match.EXACT] * 6, "eca": [Match.EXACT] * 3 + [Match.DIFFERS]}
VERDICTS |= {name: [Match.EXACT] for name in ("srm", "ge", "simam")}
VERDICTS["mhsa"] = [Match.CLOSE, Match.EXACT]


@pytest.mark.parametrize("study", STUDIES)
def test_verdicts(study: str) -> None:
    """Everything is met but the weights of ECA, and a figure of BoTNet's that is cut off."""
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
    last = findings_of("eca")[-1].finding
    assert last.figure.published == "80"
    assert last.ours == 86


def test_eca_counts_m_as_a_power_of_two() -> None:
    """With 10^6 its figures would not be met."""
    plain = findings_of("eca")[0].finding
    assert plain.ours == Fraction(25_557_032, 2**20)
    assert plain.figure.unit == "Mi"
