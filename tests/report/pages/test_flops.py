"""The page that counts computing."""

import pytest
from documents.every import SE50, SMALL, counted

from report.pages.tables import assert_sum, column, row, sentences, titled
from se_cost.documents.flops import flops
from se_cost.ledger.costs import costs
from se_cost.nets.zoo.model import model
from se_cost.report.pages.flops import page

PAGE = page(flops(costs(SE50)))
COUNTERS = titled(PAGE, "One image")
STAGES = titled(PAGE, "Attention by stage")
OPERATORS = titled(PAGE, "Operators")
PLAIN, WITH_SE, ADDED, MAPS = 3_857_973_248, 3_860_488_192, 2_514_944, 5_519_360


def test_the_sentences_hold_what_matters() -> None:
    """Added MACs, growth by both ways to count, and without the final stage."""
    text = "\n".join(sentences(PAGE))
    for words in ("2,514,944 MACs (+0.065 %)", "3,857,973,248", "+0.024 % without", "+0.208 %"):
        assert words in text


def test_counters() -> None:
    """Networks, their difference and its growth are those counted independently."""
    macs, paper = row(COUNTERS, "macs"), row(COUNTERS, "paper")
    assert (macs["network"], macs["plain"], macs["attention"]) == (WITH_SE, PLAIN, ADDED)
    assert (paper["network"], paper["attention"]) == (WITH_SE + MAPS, ADDED + MAPS)
    assert macs["growth %"] == pytest.approx(0.065, abs=0.0005)
    assert paper["growth %"] == pytest.approx(0.208, abs=0.0005)
    assert macs["what it counts"] == "multiply-accumulates of convolutions and FCs"
    assert COUNTERS.totals == 0


def test_stages_add_up() -> None:
    """To `all`, and to `without stage 5` if the final one is left out."""
    parts, sums = ("2", "3", "4", "5"), STAGES.header[1:]
    assert_sum(STAGES, "all", parts, sums)
    assert_sum(STAGES, "without stage 5", parts[:3], sums)
    assert row(STAGES, "all")["excite MACs"] == ADDED
    assert row(STAGES, "all")["squeeze ops"] == row(STAGES, "all")["scale ops"] == MAPS
    assert STAGES.totals == 2


def test_moved_bytes_are_in_mebibytes() -> None:
    """An SE block reads and writes 3CHW + 2Ch + 7C + 5h values of four bytes."""
    moved = 4 * (3 * MAPS + ADDED + 7 * 15_104 + 5 * 944)
    assert row(STAGES, "all")["moved MiB"] == moved / 2**20


def test_operators_add_up() -> None:
    """To the network and to its attention."""
    macs, attention = column(OPERATORS, "MACs"), column(OPERATORS, "attention MACs")
    assert sum(int(cell or 0) for cell in macs.values()) == WITH_SE
    assert sum(int(cell or 0) for cell in attention.values()) == ADDED
    linear = row(OPERATORS, "linear")
    assert (linear["layers"], linear["attention layers"]) == (33, 32)
    assert row(OPERATORS, "scale")["attention other ops"] == MAPS
    mib = column(OPERATORS, "attention MiB").values()
    assert sum(float(cell or 0) for cell in mib) == pytest.approx(
        float(row(STAGES, "all")["moved MiB"] or 0)
    )


def test_plain_network() -> None:
    """Without attention the page says so, and nothing grows."""
    found = page(flops(costs(model("resnet50"))))
    (sentence,) = sentences(found)
    assert "no attention, so no MACs beside ResNet-50's 3,857,973,248" in sentence
    assert titled(found, "Attention by stage").rows == ()
    assert set(column(found.tables[0], "attention").values()) == {0}


def test_measured_counters_stand_below() -> None:
    """With the words that tell them from the conventions."""
    counters = page(flops(costs(SMALL), counted(SMALL))).tables[0]
    assert counters.totals == 4
    for name in ("fvcore", "torch"):
        measured, ours = row(counters, f"{name}, measured"), row(counters, name)
        assert [measured[key] for key in ("network", "plain")] == [
            ours[key] for key in ("network", "plain")
        ]
    assert row(counters, "torch backward, measured")["what it counts"] == (
        "FlopCounterMode, backward"
    )


def test_what_an_older_document_lacks_is_a_dash() -> None:
    """It has the conventions of the network alone, and no operators."""
    from documents.every import VERSION_1

    from se_cost.documents.files import read
    from se_cost.documents.flops import FlopsDocument

    document = read(VERSION_1 / "flops-backward.json")
    assert isinstance(document, FlopsDocument)
    counters, stages = page(document).tables
    assert set(column(counters, "plain").values()) > {None}
    assert row(counters, "torch, measured")["plain"] == 297_115_648
    assert row(counters, "macs")["network"] == 148_644_864
    assert row(stages, "all")["excite ops"] is None
