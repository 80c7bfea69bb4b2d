"""The table of kinds: a row for each, with sums that can be checked by hand."""

import pytest
from documents.every import EVERY

from report.pages.tables import column, sentences
from se_cost.documents.alternatives import AlternativesDocument, alternatives
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.zoo.model import model
from se_cost.report.page import Page
from se_cost.report.pages.alternatives import page


def shown(name: str) -> Page:
    """Return the page of a document."""
    document = EVERY[name]()
    assert isinstance(document, AlternativesDocument)
    return page(document)


def test_a_row_for_each_kind() -> None:
    """Plain first; what it adds is the difference to the plain network."""
    found = page(alternatives([model("resnet50", attention=kind) for kind in KINDS]))
    table, left = found.tables
    titles = [kind.title for kind in KINDS.values()]
    assert list(column(table, "kind")) == ["plain", *titles]
    assert list(column(left, "kind")) == titles
    params = column(table, "params")
    assert (params["plain"], params["SE"]) == (25_557_032, 28_088_024)
    growth = 100 * (28_088_024 - 25_557_032) / 25_557_032
    assert column(table, "+ %")["SE"] == pytest.approx(growth)


def test_what_the_final_stage_saves() -> None:
    """Its share of the attention: 62 % of SE's parameters in ResNet-50, 13 % of its bytes."""
    left = page(alternatives([model("resnet50", attention="se")])).tables[1]
    assert column(left, "params") == {"SE": 951_600}
    assert column(left, "less %")["SE"] == pytest.approx(100 * (1 - 951_600 / 2_530_992))


def test_times_stand_in_the_table() -> None:
    """With their intervals, once they are measured; the plain network has none."""
    assert "infer %" not in shown("alternatives").tables[0].header
    table = shown("alternatives timed").tables[0]
    assert list(column(table, "kind")) == ["plain", "ECA", "SE"]
    measured = {"plain": None, "ECA": pytest.approx(2), "SE": pytest.approx(10)}
    assert column(table, "infer %") == measured
    assert table.header[-8:] == [
        *("infer %", "low", "high", "verdict", "train %", "low", "high", "verdict")
    ]


def test_the_sentence_names_the_extremes() -> None:
    """By parameters and by bytes."""
    text = sentences(shown("alternatives"))[0]
    assert text.startswith("ResNet-18, input 3x64x64: ECA adds 36 parameters (+0.00 %)")
    assert "SE adds 89,080 parameters (+0.76 %) and moves" in text


def test_picture_says_what_it_shows() -> None:
    """Bytes, or the time once it is measured."""
    assert "bytes moved" in shown("alternatives").pictures[0].words
    assert "measured time" in shown("alternatives timed").pictures[0].words
    for name in ("alternatives", "alternatives timed"):
        assert "ECA" in shown(name).pictures[0].draw()
