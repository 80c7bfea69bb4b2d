"""Several networks beside each other."""

import pytest

from report.made_up import timing
from se_cost.measure.result import NETWORK, TRIMMED
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import recipe
from se_cost.report import overview
from se_cost.report.findings import Findings

SE50, VGG = recipe("se_resnet50"), recipe("se_vgg16")
NETWORKS = {"SE-ResNet-50": SE50, "SE-VGG-16 (BN)": VGG}


def findings(*modes: Mode, of: Recipe = SE50, **truth: float) -> Findings:
    """Return findings with made-up timings, by default 10 % and 4 % slower."""
    slower = {NETWORK: 1.1, TRIMMED: 1.04} | truth
    return Findings(of, timings=[timing(of, Settings(mode=mode), slower) for mode in modes])


def test_names_are_titles_where_those_differ() -> None:
    """Nothing is added that nobody needs."""
    assert overview.names(list(NETWORKS.values())) == ["SE-ResNet-50", "SE-VGG-16 (BN)"]


def test_names_tell_apart_what_has_one_title() -> None:
    """By the options in which they differ, and only by those."""
    recipes = (
        *(SE50, recipe("se_resnet50", r=8), recipe("se_resnet50", drop_stages=[5])),
        *(recipe("se_resnet50", classes=10, input=64), VGG),
    )
    assert overview.names(recipes) == [
        "SE-ResNet-50, r 16",
        "SE-ResNet-50, r 8",
        "SE-ResNet-50, r 16, stages 2,3,4",
        "SE-ResNet-50, r 16, input 64x64, classes 10",
        "SE-VGG-16 (BN)",
    ]
    assert overview.names([SE50, recipe("se_resnet50", drop_stages=[5])]) == [
        *("SE-ResNet-50", "SE-ResNet-50, stages 2,3,4")
    ]


def test_params() -> None:
    """The figures of SE-ResNet-50 are those of shared/counting.md."""
    row, other = overview.params(NETWORKS).rows
    assert row[:4] == ("SE-ResNet-50", 16, 25_557_032, 2_530_992)
    assert row[4:] == pytest.approx((9.9033, 3.7234), abs=1e-4)
    assert other[0] == "SE-VGG-16 (BN)"


def test_macs() -> None:
    """Growth by MACs alone, as the paper counts, and by bytes."""
    row = overview.macs(NETWORKS).rows[0]
    assert row[:3] == ("SE-ResNet-50", 3_857_973_248, 2_514_944)
    assert row[3:] == pytest.approx((0.06519, 0.20825, 18.573), abs=1e-3)


def test_times() -> None:
    """Medians, overhead, interval and verdict of the network with all of its attention."""
    [run] = findings(Mode.INFER).timings
    table = overview.times({"a": run}, "heading")
    [row] = table.rows
    assert table.title == "heading"
    assert row[:4] == ("a", *[pytest.approx(value, rel=0.01) for value in (10, 11, 10)])
    assert isinstance(row[4], float)
    assert isinstance(row[5], float)
    assert row[4] < 10 < row[5]
    assert row[6] == "slower"


def test_final_stages() -> None:
    """Each growth beside what is left of it; what was not timed is a dash."""
    last = findings(Mode.INFER).timings
    both = findings(Mode.INFER, Mode.TRAIN).timings
    table = overview.final_stages(
        NETWORKS | {"c": SE50}, {"SE-ResNet-50": last, "SE-VGG-16 (BN)": (), "c": both}
    )
    assert table.header == [
        *("network", "final stage", "parameters", "MACs", "bytes moved"),
        *("inference", "training step"),
    ]
    first, second, third = table.cells()
    assert first[:5] == [
        *("SE-ResNet-50", "5", "+9.90 → +3.72", "+0.065 → +0.024", "+18.57 → +16.13")
    ]
    assert first[5:] == ["+10.0 → +4.0", "–"]
    assert second[5:] == ["–", "–"]
    assert third[5:] == ["+10.0 → +4.0", "+10.0 → +4.0"]


def test_final_stages_where_the_trimmed_network_was_not_timed() -> None:
    """With attention in one stage only, there is nothing to trim."""
    single = recipe("se_resnet50", stages=[5])
    runs = [timing(single, truth={NETWORK: 1.1})]
    [row] = overview.final_stages({"a": single}, {"a": runs}).cells()
    assert row[2] == "+6.18 → +0.00"
    assert row[5] == "+10.0 → –"


def test_pages_are_one_table_for_each_question() -> None:
    """In the order of the questions, one row per network, times only where there are any."""
    named = {"a": findings(Mode.INFER), "b": findings(of=VGG)}
    pages = overview.pages(named)
    assert list(pages) == [
        *("Parameters", "Computing", "Time of inference"),
        "Should the final stage keep its attention?",
    ]
    assert all(len(page.tables) == 1 for page in pages.values())
    assert [len(page.tables[0].rows) for page in pages.values()] == [2, 2, 1, 2]
    assert pages["Time of inference"].tables[0].title.startswith("Inference of one image, float32")


def test_pages_tell_whose_doubts_they_are() -> None:
    """A doubt about one network's time is below the table of all times."""
    run = timing(SE50, warm=False)
    pages = overview.pages({"a": findings(Mode.INFER), "b": Findings(SE50, timings=[run])})
    [doubt] = pages["Time of inference"].warnings
    assert doubt.startswith("b: the timings had not become steady")
    assert not any(page.warnings for name, page in pages.items() if name != "Time of inference")


def test_charts_have_the_numbers_of_the_tables() -> None:
    """A bar for each network, drawn and as a chart in text.

    SE-VGG-16 has 2/16 * (2*64^2 + 2*128^2 + 3*256^2 + 6*512^2) = 226,304 weights in its FCs, each
    used once for an image: 0.00146 % of 15.47 G MACs; with biases 0.167 % of 138.4 M parameters.
    """
    named = {name: Findings(recipe) for name, recipe in NETWORKS.items()}
    charts = overview.charts(named)
    assert list(charts) == ["Parameters", "Computing"]
    assert "bar [9.9, 0.167]" in charts["Parameters"].mermaid
    assert "bar [0.0652, 0.00146]" in charts["Computing"].mermaid
    for chart in charts.values():
        assert all(name in chart.svg and name in chart.mermaid for name in NETWORKS)
        assert chart.simple


def test_chart_of_times_is_there_if_times_are() -> None:
    """Of those networks that were timed."""
    assert overview.times_chart({"a": Findings(SE50)}) == []
    [picture] = overview.times_chart({"abc": findings(Mode.INFER), "xyz": Findings(VGG)})
    assert "abc, infer" in picture.svg
    assert "xyz" not in picture.svg


def test_span() -> None:
    """The least and the greatest of everything, each with its network."""
    named = {"a": findings(Mode.INFER), "b": findings(Mode.INFER, of=VGG, network=1.2)}
    assert overview.span(named) == (
        "Attention adds +0.17 % (b) to +9.90 % (a) parameters; "
        "+0.001 % (b) to +0.065 % (a) MACs; +10.0 % (a) to +20.0 % (b) time of inference."
    )
