"""The table of kinds: a row for each, with sums that can be checked by hand."""

import pytest
from documents.every import EVERY
from measure.made_up import of_kinds

from report.pages.tables import column, sentences
from se_cost.documents.alternatives import AlternativesDocument, alternatives
from se_cost.measure.timing.arms import each
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.zoo.model import model
from se_cost.record import replace
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
    assert column(table, "params + %")["SE"] == pytest.approx(growth)


def test_what_the_final_stage_saves() -> None:
    """Its share of the attention: 62 % of SE's parameters in ResNet-50, 13 % of its bytes."""
    left = page(alternatives([model("resnet50", attention="se")])).tables[1]
    assert column(left, "params") == {"SE": 951_600}
    assert column(left, "params less %")["SE"] == pytest.approx(100 * (1 - 951_600 / 2_530_992))


def test_times_stand_in_the_table() -> None:
    """With their intervals, once they are measured; the plain network has none."""
    assert "infer %" not in shown("alternatives").tables[0].header
    table = shown("alternatives timed").tables[0]
    assert list(column(table, "kind")) == ["plain", "ECA", "SE"]
    measured = {"plain": None, "ECA": pytest.approx(2), "SE": pytest.approx(10)}
    assert column(table, "infer %") == measured
    assert table.header[-8:] == [
        *("infer %", "infer low", "infer high", "infer verdict"),
        *("train %", "train low", "train high", "train verdict"),
    ]
    assert column(table, "infer verdict") == {"plain": None, "ECA": "slower", "SE": "slower"}


def test_what_is_moved_stands_below_times() -> None:
    """Twenty columns would be no table; every kind is in both."""
    counted, timed = shown("alternatives").tables, shown("alternatives timed").tables
    assert counted[0].header == [*timed[0].header[:5], *timed[1].header[1:]]
    for name in timed[1].header[1:]:
        moved = column(counted[0], name)
        assert moved.pop("plain") is None
        assert column(timed[1], name) == moved


def test_a_kind_without_an_interval() -> None:
    """Whoever stops early has a whole table: each cell has a number with its interval, or words."""
    models = [model("resnet18", attention=kind) for kind in ("se", "eca", "srm")]
    two = of_kinds(models[:2], Settings(), (1.1, 1.02))
    quads = tuple(quad for quad in two.run.quads if quad.arm == "se")
    few = (*quads, *[quad for quad in two.run.quads if quad.arm == "eca"][:3])
    (process,) = two.run.processes
    run = replace(two.run, processes=(replace(process, quads=few),))
    early = replace(two, run=run, networks=each(models))
    document = alternatives(models, timings=[early], missing={Mode.TRAIN: "interrupted"})
    found = page(document)
    table = found.tables[0]
    assert column(table, "infer %") == {
        "plain": None,
        "SE": pytest.approx(10),
        "ECA": None,
        "SRM": None,
    }
    unknown = "not measured well enough"
    assert column(table, "infer verdict") == {
        "plain": None,
        "SE": "slower",
        "ECA": unknown,
        "SRM": unknown,
    }
    assert column(table, "train verdict") == {
        "plain": None,
        **dict.fromkeys(("SE", "ECA", "SRM"), unknown),
    }
    assert "inference: eca, srm: too few comparisons" in found.warnings[0]
    assert found.warnings[-1] == "training was not timed: interrupted"


def test_no_kind_has_an_interval() -> None:
    """Then the sentence says so."""
    models = [model("resnet18", attention=kind) for kind in ("se", "eca")]
    short = of_kinds(models, Settings(), (1.1, 1.02), quads=3)
    said = sentences(page(alternatives(models, timings=[short])))
    assert "plain takes 10.0 ms; the kinds are not measured well enough." in said[1]


def test_the_quickest_and_the_slowest_are_named() -> None:
    """With their intervals, and how much was measured of each."""
    said = sentences(shown("alternatives timed"))
    assert said[1].startswith("Inference of one image, float32, nchw, on A | processor")
    change = "plain takes 10.0 ms; the change is +2.0 % [+1.9, +2.1] with ECA (slower) to +10.0 %"
    assert change in said[1]
    assert said[3].startswith("Quick mode: one process. The intervals cover this run only")
    assert sum("Quick mode" in text for text in said) == 1


def test_what_stands_in_the_place_of_a_layer() -> None:
    """Gates no map: passes over gated maps would say nothing, and its row is a difference."""
    found = page(alternatives([model("resnet50", attention=kind) for kind in ("se", "mhsa")]))
    table = found.tables[0]
    assert column(table, "E-passes")["MHSA"] is None
    assert column(table, "train E-passes")["MHSA"] is None
    first, *rest = sentences(found)
    assert "MHSA saves 4,708,608 parameters (-18.42 %) and moves 13.9 MiB less" in first
    assert any(text.startswith("MHSA stands in the place of a convolution") for text in rest)


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
