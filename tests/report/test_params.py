"""The page that counts parameters, against figures that were found without this project."""

from dataclasses import replace

import pytest

from se_cost.ledger.formula import Term
from se_cost.measure.built import params
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import recipe
from se_cost.report import params as report_params
from se_cost.report.page import Cell, Table
from se_cost.report.params import Built, page

SE50 = recipe("se_resnet50", r=16)
# shared/counting.md, section 1: blocks, channels, FC weights, FC biases
STAGES = {
    2: (3, 256, 24_576, 816),
    3: (4, 512, 131_072, 2_176),
    4: (6, 1024, 786_432, 6_528),
    5: (3, 2048, 1_572_864, 6_528),
}
PLAIN, WITH_SE = 25_557_032, 28_088_024


def column(table: Table, name: str) -> dict[Cell, Cell]:
    """Return the values under a heading, by the first cell of their row."""
    i = table.header.index(name)
    return {row[0]: row[i] for row in table.rows}


def test_stages_are_the_known_ones() -> None:
    """Blocks, channels, weights and biases of every stage are those counted independently."""
    table = page(SE50).tables[0]
    for stage, (blocks, channels, weights, biases) in STAGES.items():
        row = next(row for row in table.rows if row[0] == str(stage))
        assert row[1:8] == (
            *(blocks, channels, channels // 16, weights),
            *(weights, biases, weights + biases),
        )


def test_shares_and_growth() -> None:
    """Shares are of all attention, growth is of the plain network; the final stage has 62 %."""
    table = page(SE50).tables[0]
    every = WITH_SE - PLAIN
    shares, growth = column(table, "share %"), column(table, "growth %")
    for stage, (_, _, weights, biases) in STAGES.items():
        assert shares[str(stage)] == pytest.approx(100 * (weights + biases) / every)
        assert growth[str(stage)] == pytest.approx(100 * (weights + biases) / PLAIN)
    assert shares["all"] == 100
    assert growth["SE-ResNet-50"] == pytest.approx(100 * every / PLAIN)
    assert growth["ResNet-50"] == 0


def test_the_sentence_holds_what_matters() -> None:
    """Added parameters, growth, growth without the final stage, and the formula are said first."""
    text = "\n".join(page(SE50).lines)
    for words in ("2,530,992", "+9.90 %", "25,557,032", "+3.72 % without", "= 2,514,944"):
        assert words in text


def test_without_biases_it_is_what_the_paper_says() -> None:
    """FC weights alone are 9.84 % of the network, 3.69 % without the final stage."""
    se = replace(SE50.attention.stages[0][1], bias=False)
    data = page(recipe("resnet50", se=se)).data
    assert data["attention"]["percent"] == pytest.approx(9.84, abs=0.005)
    assert data["without_final_stage"]["percent"] == pytest.approx(3.69, abs=0.005)
    assert data["attention"]["biases"] == 0


def test_data() -> None:
    """The json has every number of the contract, and they are the known ones."""
    data = page(SE50).data
    assert data["baseline"] == {"params": PLAIN}
    assert data["network"] == {"params": WITH_SE}
    assert data["attention"] == {
        "params": WITH_SE - PLAIN,
        "weights": 2_514_944,
        "biases": 16_048,
        "percent": pytest.approx(100 * (WITH_SE - PLAIN) / PLAIN),
    }
    assert data["formula"]["weights"] == 2_514_944
    assert data["stages"] == [
        {
            "stage": stage,
            "blocks": blocks,
            "channels": channels,
            "weights": weights,
            "biases": biases,
            "params": weights + biases,
            "share": pytest.approx(100 * (weights + biases) / (WITH_SE - PLAIN)),
        }
        for stage, (blocks, channels, weights, biases) in STAGES.items()
    ]
    assert data["without_final_stage"] == {
        "params": 942_080 + 9_520,
        "weights": 942_080,
        "biases": 9_520,
        "percent": pytest.approx(100 * 951_600 / PLAIN),
    }
    assert "measured" not in data


def test_plain_network() -> None:
    """Without attention there is one row, one sentence that says so, and zeros in the data."""
    answer = page(recipe("resnet50"))
    assert len(answer.lines) == 1
    assert "no attention" in answer.lines[0]
    assert [row[0] for row in answer.tables[0].rows] == ["ResNet-50"]
    assert answer.data["attention"] == {"params": 0, "weights": 0, "biases": 0, "percent": 0}
    assert answer.data["stages"] == []
    assert not answer.failed


def test_built_modules_agree() -> None:
    """The built network has, stage by stage, what the ledger has, and the page shows it."""
    answer = page(SE50, (params(SE50), params(SE50.baseline)))
    assert answer.data["measured"] == {"network": WITH_SE, "baseline": PLAIN}
    assert not answer.failed
    assert answer.warnings == ()
    built, counted = column(answer.tables[0], "built"), column(answer.tables[0], "params")
    assert built == counted
    assert built["5"] == 1_572_864 + 6_528


def test_built_plain_network() -> None:
    """A plain network beside itself is its own baseline."""
    plain = recipe("resnet18")
    answer = page(plain, (params(plain), params(plain)))
    assert answer.data["measured"] == {"network": 11_689_512, "baseline": 11_689_512}
    assert not answer.failed


def test_formula_that_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """If closed form and ledger differ, the page fails and says both numbers."""

    def off_by_one(terms: list[Term]) -> int:
        return sum(term.weights for term in terms) + 1

    monkeypatch.setattr(report_params, "weights", off_by_one)
    answer = page(SE50)
    assert answer.failed
    assert answer.warnings == ("THE COUNTS DISAGREE: formula 2,514,945, ledger 2,514,944 weights",)


PATH = "stage3.block2.sum.residual.conv2"


@pytest.mark.parametrize("which", ["network", "baseline"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({PATH: (147_455, 0)}, f"at {PATH}: (weights, biases) (147456, 0) in the ledger, (147455"),
        ({PATH: (147_456, 128)}, f"at {PATH}"),
        ({"extra.layer": (1, 2)}, "at extra.layer: (weights, biases) None in the ledger, (1, 2)"),
    ],
)
def test_module_that_disagrees(which: str, change: Built, words: str) -> None:
    """One layer that is built otherwise, or not expected, fails the page and is named."""
    small = recipe("se_resnet18")
    built = {"network": params(small), "baseline": params(small.baseline)}
    assert PATH in built[which]
    built[which] = {**built[which], **change}
    answer = page(small, (built["network"], built["baseline"]))
    assert answer.failed
    assert len(answer.warnings) == 1
    assert words in answer.warnings[0]


def test_module_that_lacks_a_layer(small: Recipe) -> None:
    """A layer that is not built is named."""
    network = params(small)
    del network["stage5.block2.sum.residual.se.expand"]
    answer = page(small, (network, params(small.baseline)))
    assert answer.failed
    assert "stage5.block2.sum.residual.se.expand" in answer.warnings[0]
    assert "None in the built module" in answer.warnings[0]
