"""The page of a baseline."""

from documents.every import VERSION_1

from report.pages.tables import row, sentences
from se_cost.documents.baseline import BaselineDocument
from se_cost.documents.files import read
from se_cost.record import replace
from se_cost.report.pages.baseline import page

DOCUMENT = read(VERSION_1 / "baseline.json")


def test_accepted_figures() -> None:
    """Counts of every network, and its times with intervals."""
    assert isinstance(DOCUMENT, BaselineDocument)
    counts, times = page(DOCUMENT).tables
    cells = row(counts, "se_resnet18")
    assert (cells["parameters"], cells["MACs"]) == (11_778_592, 148_644_864)
    (entry,) = DOCUMENT.networks.values()
    overhead = entry.times[0].overhead
    cells = row(times, "se_resnet18")
    assert (cells["overhead %"], cells["low"], cells["high"]) == (
        *(overhead.percent, overhead.low, overhead.high),
    )
    assert cells["what was timed"] == "inference of one image, float32, nchw"
    assert sentences(page(DOCUMENT))[1:] == ["se_resnet18: SE-ResNet-18, r = 16, input 3x64x64."]


def test_an_empty_baseline() -> None:
    """It has no tables."""
    assert isinstance(DOCUMENT, BaselineDocument)
    found = page(replace(DOCUMENT, networks={}))
    assert (found.tables, sentences(found)) == ([], ["A baseline of 0 networks."])
