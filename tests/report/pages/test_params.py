"""The page that counts parameters."""

import pytest
from documents.every import SE50, built

from report.pages.tables import assert_sum, column, row, sentences
from se_cost.documents.params import params
from se_cost.ledger.costs import costs
from se_cost.nets.zoo.model import model
from se_cost.report.page import Table
from se_cost.report.pages.params import page

PLAIN, WITH_SE = 25_557_032, 28_088_024
STAGES = ("2", "3", "4", "5")
SUMS = ("blocks", "formula", "weights", "biases", "params", "share %", "growth %")


def table(name: str = "se_resnet50", **options: object) -> Table:
    """Return the table of a network."""
    found = page(params(costs(model(name, **options))))  # type: ignore[arg-type]
    return found.tables[0]


def test_the_sentences_hold_what_matters() -> None:
    """Added parameters, growth, growth without the final stage, and the formula are said first."""
    text = "\n".join(sentences(page(params(costs(SE50)))))
    for words in ("2,530,992", "+9.90 %", "25,557,032", "+3.72 % without", "= 2,514,944"):
        assert words in text


def test_stages_add_up() -> None:
    """To `all`, to `without stage 5` if the final one is left out, and to the network."""
    found = table()
    assert_sum(found, "all", STAGES, SUMS)
    assert_sum(found, "without stage 5", STAGES[:3], SUMS)
    assert_sum(found, "SE-ResNet-50", ("ResNet-50", "all"), ("weights", "biases", "params"))
    assert column(found, "share %")["all"] == 100
    assert found.totals == 4


def test_figures_of_a_stage() -> None:
    """The final stage of SE-ResNet-50 has 3 blocks of 2048 channels, and 62 % of the attention."""
    cells = row(table(), "5")
    assert (cells["blocks"], cells["channels"], cells["hidden"]) == (3, 2048, 128)
    assert (cells["formula"], cells["weights"], cells["biases"]) == (1_572_864, 1_572_864, 6_528)
    assert cells["share %"] == pytest.approx(62.40, abs=0.005)
    assert cells["growth %"] == pytest.approx(6.18, abs=0.005)


def test_networks() -> None:
    """Both are there, with their growth beside the plain one."""
    found = table()
    assert row(found, "ResNet-50")["params"] == PLAIN
    assert row(found, "SE-ResNet-50")["params"] == WITH_SE
    growth = column(found, "growth %")
    assert growth["ResNet-50"] == 0
    assert growth["SE-ResNet-50"] == pytest.approx(100 * (WITH_SE - PLAIN) / PLAIN)


def test_several_widths_are_listed() -> None:
    """A stage whose blocks differ says all their widths."""
    cells = row(table("se_bn_inception"), "3")
    assert (cells["channels"], cells["hidden"]) == ("256, 320, 576", "16, 20, 36")


def test_no_bottleneck() -> None:
    """ECA has none: a dash."""
    found = table("resnet18", attention="eca")
    assert set(column(found, "hidden").values()) == {None}


def test_plain_network() -> None:
    """Without attention there is one row, and one sentence that says so."""
    found = page(params(costs(model("resnet50"))))
    (sentence,) = sentences(found)
    assert sentence == (
        "ResNet-50, input 3x224x224: no attention, so no parameters beside ResNet-50's 25,557,032."
    )
    assert [row[0] for row in found.tables[0].rows] == ["ResNet-50"]


def test_built_modules_stand_beside() -> None:
    """What is built is a column, with a number in every row."""
    found = page(params(costs(SE50), built(SE50))).tables[0]
    assert column(found, "built") == column(found, "params")
    assert "built" not in table().header
