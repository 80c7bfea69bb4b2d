"""What is known about published figures that ours do not meet, each sentence once.

The tests check every number and every claim here against the ledger.
"""

from fractions import Fraction

from se_cost.paper.published import ADDED, TEXT, Match, PublishedFinding, amounts, model_of

SUMS = (
    "what the authors count beside convolutions and FCs is not known: the sums of the residual "
    "branches would make the plain ResNet-101, ResNet-152 and ResNeXt-50 exact, but neither "
    "ResNeXt-101 nor SE-ResNet-101"
)
SIZES = (
    "no square input gives it: the plain network takes 11.73 G up to 298x298 and 13.16 G from "
    "299x299 on, which is the input of its own paper"
)
SHUFFLENET = (
    "table 1 of the ShuffleNet paper (arXiv 1707.01083) has 137 M for g = 3, as we do; 140 M is "
    "what it has for g = 2"
)
SHUFFLENET_PARAMS = "another implementation (osmr/imgclsmob) has our 1,865,728 to the unit"
STATISTICS = (
    "the 53,120 running means and variances of the norms, counted as parameters, would make "
    "every such row exact but the one of r = 8"
)
INCEPTION = "a plain network larger by 0.0006 G would meet both printed figures"
ROUNDED = "the difference of two rounded figures can be off by one in the last digit"
QUOTIENT = (
    "0.01 / 3.86 in the paper; ours is the growth as the paper counts, in multiply-accumulates "
    "alone it is 0.065 %"
)

EXPLAINED = {  # by family, quantity and unit
    ("resnet101", "FLOPs", "G"): SUMS,
    ("resnet152", "FLOPs", "G"): SUMS,
    ("resnext50_32x4d", "FLOPs", "G"): SUMS,
    ("resnext101_32x4d", "FLOPs", "G"): SUMS,
    ("bn_inception", "FLOPs", "G"): INCEPTION,
    ("bn_inception", f"FLOPs{ADDED}", "G"): INCEPTION,
    ("inception_resnet_v2", "FLOPs", "G"): SIZES,
    ("shufflenet", "FLOPs", "M"): SHUFFLENET,
    ("shufflenet", "params", "M"): SHUFFLENET_PARAMS,
    ("resnet50", "params", "M"): STATISTICS,
    ("resnet50", "FLOPs", "%"): QUOTIENT,
}
USUAL = ("", "multiply-accumulates", "FCs without biases")  # notes of whole tables


def note(finding: PublishedFinding) -> str:
    """Return all that is to be said of a figure, empty if that is nothing."""
    own = finding.figure.note
    return _joined(distance(finding), remark(finding), own if own in USUAL else "")


def remark(finding: PublishedFinding) -> str:
    """Return what a footnote says of a figure: its distance and the usual stand elsewhere."""
    own = finding.figure.note
    return _joined(_counts(finding), _explanation(finding), "" if own in USUAL else own)


def distance(finding: PublishedFinding) -> str:
    """Return how far ours is from a figure that it does not meet."""
    if finding.off is None or finding.verdict is not Match.DIFFERS:
        return ""
    unit = finding.figure.unit.replace("%", "points")
    share = 100 * finding.off / Fraction(finding.figure.published)
    return f"ours is off by {float(finding.off):+.4f} {unit} ({float(share):+.2f} %)"


def _counts(finding: PublishedFinding) -> str:
    """Return the counts behind a rough figure of the text."""
    if finding.figure.table != TEXT or finding.ours is None:
        return ""
    amount, plain = amounts(finding.figure)
    return f"ours: {amount:,} of {plain:,}" if finding.figure.unit == "%" else f"ours: {amount:,}"


def _explanation(finding: PublishedFinding) -> str:
    """Return why ours may not be the printed figure; every one that differs has a reason."""
    if finding.verdict in (Match.EXACT, Match.QUOTED):
        return ""
    figure = finding.figure
    family = model_of(figure.table, figure.row).family
    known = EXPLAINED.get((family, figure.quantity, figure.unit), "")
    return known or (ROUNDED if figure.quantity.endswith(ADDED) else "")


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))
