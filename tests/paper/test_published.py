"""The paper's figures: which network each of them is of, and how well ours meet them."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from se_cost.ledger.costs import costs
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import SE, Squeeze
from se_cost.nets.nodes import Fn
from se_cost.nets.zoo.model import model
from se_cost.paper.published import (
    TOP_1,
    TOP_5,
    Match,
    PublishedFigure,
    PublishedFinding,
    amounts,
    difference,
    figures,
    findings,
    judge,
    judged,
    model_of,
    tradeoffs,
)

# By hand, from shared/counting.md, section 2, and from the printed digits: for every row of every
# table its total, and for a network with SE also the difference; FLOPs before parameters.
FOUR = "exact exact exact exact"
VERDICTS = {
    "2": {
        "ResNet-50": "exact",
        "SE-ResNet-50": "exact exact",
        "ResNet-101": "close",
        "SE-ResNet-101": "differs close",
        "ResNet-152": "differs",
        "SE-ResNet-152": "differs exact",
        "ResNeXt-50 (32x4d)": "close",
        "SE-ResNeXt-50 (32x4d)": "close exact",
        "ResNeXt-101 (32x4d)": "differs",
        "SE-ResNeXt-101 (32x4d)": "differs exact",
        "VGG-16 (BN)": "exact",
        "SE-VGG-16 (BN)": "exact exact",
        "BN-Inception": "exact",
        "SE-BN-Inception": "close close",
        "Inception-ResNet-v2": "differs",
        "SE-Inception-ResNet-v2": "differs close",
    },
    "3": {
        "MobileNet 1.0": "exact exact",
        "SE-MobileNet 1.0": FOUR,
        "ShuffleNet 1x (g=3)": "differs close",
        "SE-ShuffleNet 1x (g=3)": "differs exact exact exact",
    },
    "10": {
        "SE-ResNet-50 r=2": "exact exact",
        "SE-ResNet-50 r=4": "close exact",
        "SE-ResNet-50 r=8": "close close",
        "SE-ResNet-50 r=16": "exact exact",
        "SE-ResNet-50 r=32": "close exact",
        "ResNet-50": "exact",
    },
    "13": {
        "ResNet-50": "exact exact",
        "SE stage 2": FOUR,
        "SE stage 3": FOUR,
        "SE stage 4": "exact exact close exact",
        "SE all": FOUR,
    },
    "15": {
        "SE-ResNet-50 place=standard": FOUR,
        "SE-ResNet-50 place=inner": "exact exact close exact",
    },
    "16": {
        "ResNet-50": "exact exact",
        "SE-ResNet-50 squeeze=none": "exact close exact exact",
        "SE-ResNet-50": FOUR,
    },
    "section 4": {
        "SE-ResNet-50 minus ResNet-50": "exact exact differs",  # 2.5 M, 10 %, 0.26 %
        "SE-ResNet-50 without final stage, minus ResNet-50": "exact",  # 4 %
    },
}
COUNTED = [finding for finding in findings() if finding.verdict is not Match.QUOTED]


def of(table: str, row: str, quantity: str, unit: str | None = None) -> PublishedFinding:
    """Return the one finding of a figure."""
    (found,) = [
        finding
        for finding in findings()
        if (finding.figure.table, finding.figure.row) == (table, row)
        and finding.figure.quantity == quantity
        and finding.figure.unit == (unit or finding.figure.unit)
    ]
    return found


def figure(published: str, **fields: str) -> PublishedFigure:
    """Return a figure of table 2."""
    words = {"table": "2", "row": "SE-ResNet-50", "quantity": "FLOPs", "unit": "G", "note": ""}
    return PublishedFigure(published=published, **words | fields)


def test_every_verdict_is_the_expected_one() -> None:
    """Each cost and each difference is judged as it was by hand, and none is missing."""
    got: dict[str, dict[str, list[str]]] = {}
    for finding in COUNTED:
        row = got.setdefault(finding.figure.table, {}).setdefault(finding.figure.row, [])
        row.append(finding.verdict.value)
    assert {
        table: {row: " ".join(v) for row, v in rows.items()} for table, rows in got.items()
    } == (VERDICTS)


def test_every_published_figure_is_found_once_and_in_order() -> None:
    """No line of the data is left out; only differences are added to them."""
    assert [f.figure for f in findings() if not f.figure.quantity.endswith(" - plain")] == list(
        figures()
    )
    quoted = Counter(f.figure.unit for f in findings() if f.verdict is Match.QUOTED)
    assert quoted == {"%": 120, "ms": 4}


@pytest.mark.parametrize(
    ("table", "row", "quantity", "ours"),
    [
        # shared/counting.md, section 1
        ("2", "ResNet-50", "FLOPs", "3.857973248"),
        ("2", "SE-ResNet-50", "FLOPs, SE - plain", "0.008034304"),  # 2,514,944 + 5,519,360
        ("10", "ResNet-50", "params", "25.557032"),
        ("16", "SE-ResNet-50", "params", "28.071976"),  # 28,088,024 less 16,048 biases
        ("16", "SE-ResNet-50", "params, SE - plain", "2.514944"),
        ("13", "SE stage 4", "params, SE - plain", "0.786432"),
        # and of other implementations: see tests/nets
        ("3", "ShuffleNet 1x (g=3)", "params", "1.865728"),
        ("3", "MobileNet 1.0", "params", "4.231976"),
    ],
)
def test_ours_is_exact(table: str, row: str, quantity: str, ours: str) -> None:
    """Our number is that of an independent count, to the last unit."""
    assert of(table, row, quantity).ours == Fraction(ours)


def test_numbers_of_the_text() -> None:
    """The shares of section 4 are those of shared/counting.md, section 1, as true fractions."""
    row, trimmed = (
        "SE-ResNet-50 minus ResNet-50",
        "SE-ResNet-50 without final stage, minus ResNet-50",
    )
    assert of("section 4", row, "params", "M").ours == Fraction("2.514944")
    assert of("section 4", row, "params", "%").ours == Fraction(251_494_400, 25_557_032)
    assert of("section 4", trimmed, "params").ours == Fraction(94_208_000, 25_557_032)
    assert of("section 4", row, "FLOPs").ours == Fraction(803_430_400, 3_857_973_248)
    assert amounts(of("section 4", row, "FLOPs").figure) == (8_034_304, 3_857_973_248)


@pytest.mark.parametrize(
    ("published", "ours", "verdict"),
    [
        ("7.60", "7.595", "exact"),  # on the edge: rounds up to it
        ("7.60", "7.605", "exact"),  # on the edge: rounds down to it
        ("7.60", "7.5949999", "close"),
        ("7.60", "7.6050001", "close"),
        ("7.6", "7.605", "exact"),  # one digit less is ten times as wide
        ("7.60", "7.585", "close"),
        ("7.60", "7.615", "close"),
        ("7.60", "7.5849999", "differs"),
        ("7.60", "7.6150001", "differs"),
        ("569", "568.5", "exact"),
        ("569", "567.5", "close"),
        ("569", "567.4", "differs"),
        ("0.00", "0.00499", "exact"),
        ("0.00", "-0.0151", "differs"),
        ("10", "9.84", "exact"),
        ("10", "8.4", "differs"),
    ],
)
def test_judging(published: str, ours: str, verdict: str) -> None:
    """The last printed digit decides; an edge between two roundings has the better verdict."""
    assert judge(published, Fraction(ours)) == verdict


@given(st.decimals(-1000, 1000, places=6), st.integers(0, 4))
def test_what_is_printed_with_fewer_digits_is_exact(number: Decimal, places: int) -> None:
    """Any number rounded to any digits is met by itself, its neighbours are close to it."""
    unit = Decimal(1).scaleb(-places)
    printed = number.quantize(unit)
    assert judge(str(printed), Fraction(number)) is Match.EXACT
    for neighbour, verdict in ((1, Match.CLOSE), (3, Match.DIFFERS)):
        for side in (-1, 1):
            assert judge(str(printed), Fraction(printed + side * neighbour * unit)) is verdict


def test_percentages_are_of_the_plain_network() -> None:
    """A share is judged by its own digits, whatever the size of the network."""
    share = figure("0.21", row="SE-ResNet-50 minus ResNet-50", unit="%")
    assert judged(share).verdict is Match.EXACT
    assert judged(figure("0.22", row=share.row, unit="%")).verdict is Match.CLOSE
    assert judged(figure("0.208", row=share.row, unit="%")).verdict is Match.EXACT


def test_a_difference_keeps_the_last_digit() -> None:
    """7.60 - 7.58 is 0.02, and 3.86 - 3.86 is 0.00, so that a hundredth still counts."""
    assert difference(figure("7.60"), figure("7.58")).published == "0.02"
    assert difference(figure("3.86"), figure("3.86")).published == "0.00"
    assert difference(figure("45.7"), figure("25.6")).quantity == "FLOPs, SE - plain"


def test_a_difference_says_if_the_plain_network_is_of_another_table() -> None:
    """Table 15 prints no plain network: that of the other ablations is taken."""
    inner = "SE-ResNet-50 place=inner"
    assert of("15", inner, "params, SE - plain").figure.note == (
        "less the plain network of table 10"
    )
    assert of("15", inner, "FLOPs, SE - plain").figure.note == "less the plain network of table 13"
    assert of("16", "SE-ResNet-50", "FLOPs, SE - plain").figure.note == ""


def test_distance() -> None:
    """It is ours less the published one, and there is none where nothing is counted."""
    assert of("2", "SE-Inception-ResNet-v2", "FLOPs").off == Fraction("1.415829216")
    assert of("2", "ResNet-101", "FLOPs").off == Fraction("-0.009805568")
    assert of("2", "ResNet-101", TOP_1).off is None


def test_ablations_have_no_biases_and_other_tables_have() -> None:
    """Tables 10 to 16 and section 4 are of FCs without biases."""
    unbiased = model("se_resnet50", attention=SE(bias=False))
    assert model_of("2", "SE-ResNet-50") == model("se_resnet50")
    assert model_of("16", "SE-ResNet-50") == unbiased
    assert model_of("10", "SE-ResNet-50 r=16") == model_of("13", "SE all") == unbiased
    assert model_of("section 4", "SE-ResNet-50 minus ResNet-50") == unbiased
    assert model_of("10", "ResNet-50") == model("resnet50")


@pytest.mark.parametrize(
    ("table", "row", "varied"),
    [
        ("10", "SE-ResNet-50 r=8", {"r": 8}),
        ("11", "SE-ResNet-50 squeeze=max", {"attention": SE(squeeze=Squeeze.MAX, bias=False)}),
        ("12", "SE-ResNet-50 gate=tanh", {"attention": SE(gate=Fn.TANH, bias=False)}),
        ("13", "SE stage 3", {"stages": (3,)}),
        ("14", "SE-ResNet-50 place=identity", {"place": Place.IDENTITY}),
        ("section 4", "SE-ResNet-50 without final stage, minus ResNet-50", {"drop_stages": (5,)}),
    ],
)
def test_ablations_are_one_network_varied(table: str, row: str, varied: dict[str, object]) -> None:
    """The words of a row are those of the model."""
    expected = model("se_resnet50", **{"attention": SE(bias=False)} | varied)  # type: ignore[arg-type]
    assert model_of(table, row) == expected


@pytest.mark.parametrize(
    ("table", "row", "name", "classes"),
    [
        ("2", "ResNeXt-101 (32x4d)", "resnext101_32x4d", 1000),
        ("3", "SE-MobileNet 1.0", "se_mobilenet", 1000),
        ("3", "ShuffleNet 1x (g=3)", "shufflenet", 1000),
        ("4", "SE-Shake-Shake 26 2x96d + Cutout", "se_shake_shake26_2x96d", 10),
        ("5", "Shake-Even 29 2x4x64d + Cutout", "shake_even29_2x4x64d", 100),
        ("6", "SE-ResNet-152", "se_resnet152", 365),
        ("8", "SENet-154", "se_senet154", 1000),
    ],
)
def test_names_and_classes(table: str, row: str, name: str, classes: int) -> None:
    """The paper's names are those of our networks, with the classes of the data set."""
    assert (model_of(table, row).arch, model_of(table, row).classes) == (name, classes)


def test_tradeoffs_have_the_printed_errors() -> None:
    """Every row with an error is there, with that of the plain network trained alike."""
    rows = {(row.table, row.row): row for row in tradeoffs()}
    assert rows["2", "SE-ResNet-50"].errors == {TOP_1: "23.29", TOP_5: "6.62"}
    assert rows["2", "SE-ResNet-50"].plain == {TOP_1: "24.80", TOP_5: "7.48"}
    assert rows["14", "SE-ResNet-50 place=pre"].plain == {TOP_1: "23.30", TOP_5: "6.55"}
    assert rows["4", "SE-WRN-16-8"].errors == {TOP_1: "3.88"}
    assert rows["4", "SE-WRN-16-8"].plain == {TOP_1: "4.27"}
    assert rows["2", "ResNet-50"].plain == rows["8", "SENet-154"].plain == {}
    assert not any(row.table == "7" for row in tradeoffs()), "an AP is no error"
    assert sum(len(row.errors) for row in tradeoffs()) == 120 - 8


def test_no_total_is_a_difference_and_all_add_up() -> None:
    """Ours with SE less ours without is our difference, for every pair in one table."""
    for finding in COUNTED:
        if not finding.figure.quantity.endswith("SE - plain"):
            continue
        whole = costs(model_of(finding.figure.table, finding.figure.row))
        total = of(finding.figure.table, finding.figure.row, finding.figure.measure)
        plain = judged(
            figure("0", row=plain_row(whole.model.plain.arch), quantity=total.figure.measure)
        )
        assert total.ours is not None
        assert plain.ours is not None
        assert finding.ours is not None
        scale = {"G": 1, "M": 1000}[total.figure.unit]
        assert total.ours - scale * plain.ours == finding.ours


def plain_row(family: str) -> str:
    """Return the row of table 2 or 3 that a plain network is called."""
    return next(
        row.row
        for row in tradeoffs()
        if row.model.family == family and not row.model.attention.stages
    )
