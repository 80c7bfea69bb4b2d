"""What is said of figures that ours do not meet: every claim is held against the ledger."""

from fractions import Fraction
from math import prod

import pytest

from se_cost.ledger.conventions import paper, total
from se_cost.ledger.costs import costs
from se_cost.ledger.rows import Ledger
from se_cost.nets.zoo.model import model
from se_cost.paper.notes import note, remark
from se_cost.paper.published import (
    UNITS,
    Match,
    PublishedFinding,
    findings,
    judge,
    model_of,
)

FOUND = findings()
COUNTED = [finding for finding in FOUND if finding.ours is not None]


def find(table: str, row: str, quantity: str) -> PublishedFinding:
    """Return the finding of a figure."""
    return next(
        finding
        for finding in FOUND
        if (finding.figure.table, finding.figure.row) == (table, row)
        and finding.figure.quantity == quantity
    )


def test_exact_and_quoted_figures_need_no_excuse() -> None:
    """What is said of them is only what the paper says itself, or the number behind it."""
    for finding in FOUND:
        met = finding.verdict in (Match.EXACT, Match.QUOTED)
        if met and finding.figure.table != "section 4":
            assert note(finding) == finding.figure.note


def test_close_figures_are_explained_too() -> None:
    """A total that is one off in the last digit has a remark, and so has each difference."""
    assert all(remark(finding) for finding in COUNTED if finding.verdict is Match.CLOSE)


def with_sums(ledger: Ledger) -> float:
    """Return the paper's FLOPs in G if the sums of the residual branches are counted too."""
    sums = sum(row.elements for row in ledger.rows if row.op == "add")
    return (total(ledger, paper) + sums) / UNITS["G"]


@pytest.mark.parametrize(
    ("row", "exact"),
    [
        ("ResNet-101", True),
        ("ResNet-152", True),
        ("ResNeXt-50 (32x4d)", True),
        ("ResNeXt-101 (32x4d)", False),
        ("SE-ResNet-101", False),
    ],
)
def test_sums_of_the_residual_branches(row: str, exact: bool) -> None:
    """They explain three of the networks, and not the two that the note names."""
    finding = find("2", row, "FLOPs")
    assert "the sums of the residual branches" in note(finding)
    ours = Fraction(with_sums(costs(model_of("2", row)).network))
    assert (judge(finding.figure.published, ours) is Match.EXACT) is exact


def test_no_size_gives_inception_resnet() -> None:
    """At 298 the plain network takes 11.73 G, at 299 13.16; in between there is nothing."""
    assert "no square input" in note(find("2", "Inception-ResNet-v2", "FLOPs"))
    assert [round(flops(size), 2) for size in (297, 298, 299)] == [11.73, 11.73, 13.16]
    sizes = [flops(size) for size in range(200, 400, 11)]
    assert sizes == sorted(sizes), "it grows with the size, so that no other one is nearer"


def flops(size: int) -> float:
    """Return the G multiply-accumulates of the plain Inception-ResNet-v2 at a size."""
    return costs(model("inception_resnet_v2", input=size)).network.macs / UNITS["G"]


def test_running_statistics() -> None:
    """With the norms' means and variances the parameters of all ablations but r = 8 are exact."""
    missed = set()
    for finding in COUNTED:
        figure = finding.figure
        if figure.table not in ("10", "13", "15", "16") or figure.quantity != "params":
            continue
        network = costs(model_of(figure.table, figure.row)).network
        channels = sum(row.output[0] for row in network.rows if row.op == "norm")
        assert 2 * channels == 53_120
        with_them = Fraction(network.params + 53_120, UNITS["M"])
        if judge(figure.published, with_them) is not Match.EXACT:
            missed.add(figure.row)
    assert missed == {"SE-ResNet-50 r=8"}
    assert "53,120 running means" in note(find("10", "SE-ResNet-50 r=8", "params"))


def test_a_larger_plain_bn_inception() -> None:
    """0.0006 G more in both networks would round to both printed figures."""
    more = Fraction(6, 10_000)
    for row in ("BN-Inception", "SE-BN-Inception"):
        finding = find("2", row, "FLOPs")
        assert finding.ours is not None
        assert judge(finding.figure.published, finding.ours + more) is Match.EXACT
    assert "0.0006 G" in note(find("2", "SE-BN-Inception", "FLOPs"))


def test_what_is_known_of_shufflenet() -> None:
    """The numbers that the notes quote are ours, as they say."""
    plain = costs(model("shufflenet")).network
    flops_note = note(find("3", "ShuffleNet 1x (g=3)", "FLOPs"))
    assert f"has {plain.macs / 1e6:.0f} M for g = 3" in flops_note
    assert f"{plain.params:,}" in note(find("3", "ShuffleNet 1x (g=3)", "params"))


def test_quotient_of_rounded_figures() -> None:
    """0.26 % is 0.01 / 3.86; the multiply-accumulates alone grow by 0.065 %."""
    quotient = next(finding for finding in COUNTED if finding.figure.published == "0.26")
    assert judge("0.26", Fraction(1, 386) * 100) is Match.EXACT
    whole = costs(model("se_resnet50"))
    assert f"{100 * whole.attention.macs / whole.plain.macs:.3f} %" in note(quotient)
    assert "8,034,304 of 3,857,973,248" in note(quotient)
    maps = sum(prod(row.output) for row in whole.attention.rows if row.op == "scale")
    assert whole.attention.macs + maps == 8_034_304
