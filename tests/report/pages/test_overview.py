"""Several networks beside each other."""

import pytest
from documents.every import SE50, of_one
from measure.made_up import timing

from report.pages.tables import row
from se_cost.documents.report import report
from se_cost.documents.time import timed
from se_cost.measure.timing.arms import NETWORK
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.zoo.model import model
from se_cost.record import replace
from se_cost.report.pages import overview

VGG = model("se_vgg16")
NAMED = {"a": of_one(SE50, Mode.INFER), "b": of_one(VGG), "c": of_one(SE50, *Mode)}


def test_params() -> None:
    """The figures of SE-ResNet-50 are those of shared/counting.md."""
    first, other, _ = overview.params(NAMED).rows
    assert first[:4] == ("a", 16, 25_557_032, 2_530_992)
    assert first[4:] == pytest.approx((9.9033, 3.7234), abs=1e-4)
    assert other[0] == "b"


def test_macs() -> None:
    """Growth by MACs alone, as the paper counts, and by bytes."""
    first = overview.macs(NAMED).rows[0]
    assert first[:3] == ("a", 3_857_973_248, 2_514_944)
    assert first[3:] == pytest.approx((0.06519, 0.20825, 18.573), abs=1e-3)


def test_times() -> None:
    """Medians, overhead, interval and verdict of the network with all of its attention."""
    timings = overview.timings(NAMED, Settings())
    assert list(timings) == ["a", "c"]
    table = overview.times(timings)
    assert table.title.startswith("Inference of one image, float32")
    first, _ = table.rows
    name, plain, network, percent, low, high, verdict = first
    assert (name, verdict) == ("a", "slower")
    assert (plain, network, percent) == pytest.approx((10, 11, 10), rel=0.01)
    overhead = NAMED["a"].time[0].overhead
    assert (low, high) == (overhead.low, overhead.high)


def test_final_stages() -> None:
    """Each growth beside what is left of it, times with intervals; what was not timed is a dash."""
    table = overview.final_stages(NAMED)
    assert table.header == [
        *("network", "final stage", "parameters", "MACs", "bytes moved"),
        *("inference", "training step"),
    ]
    first, second, third = table.cells()
    assert first[:5] == [*("a", "5", "+9.90 → +3.72", "+0.065 → +0.024", "+18.57 → +16.13")]
    times = "+10.0 [+9.9, +10.1] slower → +4.0 [+3.9, +4.1] slower"
    assert first[5:] == [times, "–"]
    assert second[5:] == ["–", "–"]
    assert third[5:] == [times, times]


def test_ways_to_time_are_columns() -> None:
    """A mode that was timed in several ways has one for each; a network may lack some."""
    document = NAMED["a"]
    runs = [timed(timing(SE50, Settings(batch=batch))) for batch in (1, 8)]
    both = report(document.params, document.flops, runs)
    table = overview.final_stages({"both": both, "one": document})
    assert table.header[5:] == [
        *("inference: one image, float32, nchw", "inference: 8 images, float32, nchw")
    ]
    assert table.cells()[1][-1] == "–"


def test_where_the_trimmed_network_was_not_timed() -> None:
    """With attention in one stage only, there is nothing to trim; without intervals it is said."""
    single = model("se_resnet50", stages=[5])
    document = of_one(single)
    run = timed(timing(single, truth={NETWORK: 1.1}, quads=3))
    timed_once = report(document.params, document.flops, [run])
    cells = row(overview.final_stages({"a": timed_once}), "a")
    assert cells["parameters"] == "+6.18 → +0.00"
    assert cells["inference"] == "not measured well enough → –"


def test_what_an_older_document_lacks_is_a_dash() -> None:
    """It does not know the bytes of the plain network, nor how many blocks there are."""
    document = of_one(SE50)
    plain = replace(document.flops.baseline, bytes=None)
    added = replace(document.params.attention, blocks=None)
    older = replace(
        document,
        flops=replace(document.flops, baseline=plain, paper_percent=None),
        params=replace(document.params, attention=added),
    )
    assert overview.params({"a": older}).cells()[0][1] == "–"
    assert overview.macs({"a": older}).cells()[0][-2:] == ["–", "–"]
    assert overview.final_stages({"a": older}).cells()[0][-1] == "–"
