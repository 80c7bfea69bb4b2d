"""What a timing on a GPU says beside its table."""

from typing import Any

import pytest
from documents.every import SE50, both_ways
from measure.made_up import ENVIRONMENT, timing

from report.pages.tables import row, sentences, titled
from se_cost.documents.time import BatchesDocument, TimeDocument, batches, timed
from se_cost.measure.timing.samples import Throttling
from se_cost.measure.timing.settings import DType, MemoryFormat, Settings
from se_cost.nets.zoo.model import model
from se_cost.record import replace
from se_cost.report.pages import batches as several
from se_cost.report.pages.gpu import CACHED, CAPPED, RELAID, SHUFFLED, remarks
from se_cost.report.pages.time import page

NHWC = Settings(device="cuda", layout=MemoryFormat.NHWC)
WEIGHTS = 28_088_024  # of SE-ResNet-50


def on_gpu(arch: str = "se_resnet50", settings: Settings = NHWC, **device: Any) -> TimeDocument:
    """Return the document of a timing on a GPU."""
    gpu = replace(ENVIRONMENT, device="cuda", **device)
    return replace(timed(timing(model(arch), settings)), environment=gpu)


def test_launches_have_their_table() -> None:
    """Each in milliseconds and in per cent of the eager plain network, with its interval."""
    document = timed(both_ways(SE50))
    table = titled(page(document), "Launches")
    truths = {"ResNet-50": 60, "SE-ResNet-50": 68, "attention, the difference": 8}
    for name, truth in truths.items():
        cells = row(table, name)
        assert cells["% of plain"] == pytest.approx(truth, abs=0.01)
        assert cells["ms"] == pytest.approx(truth / 10, abs=0.01)
        assert float(str(cells["low"])) < truth < float(str(cells["high"]))
    names = [cells[0] for cells in page(document).tables[0].rows]
    assert names == [
        *("ResNet-50", "SE-ResNet-50", "ResNet-50, replayed", "SE-ResNet-50, replayed")
    ]
    said = sentences(page(document))[1]
    assert said.startswith("Replayed as CUDA graphs: +5.00 % time beside ResNet-50 (95 % interval")
    assert said.endswith("slower.")


def test_launches_without_an_interval() -> None:
    """They are not shown, and the sentence says why."""
    run = both_ways(SE50)
    few = run.run.processes[0].quads[:9]
    cut = replace(run, run=replace(run.run, processes=(replace(run.run.processes[0], quads=few),)))
    shown = page(timed(cut))
    assert not [table for table in shown.tables if table.title.startswith("Launches")]
    assert sentences(shown)[1].startswith("Replayed as CUDA graphs: not measured well enough")


def test_launches_of_batches() -> None:
    """Each batch has its lines."""
    runs = [both_ways(SE50), replace(both_ways(SE50), settings=Settings(device="cuda", batch=8))]
    document = batches(runs)
    assert isinstance(document, BatchesDocument)
    table = titled(several.page(document), "Launches")
    assert [cells[:2] for cells in table.rows] == [
        (batch, name)
        for batch in (1, 8)
        for name in ("ResNet-50", "SE-ResNet-50", "attention, the difference")
    ]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (on_gpu(), []),
        (on_gpu("se_shufflenet"), [SHUFFLED]),
        (on_gpu("se_shufflenet", Settings(device="cuda")), []),
        (replace(on_gpu("se_shufflenet"), environment=ENVIRONMENT), []),
        (on_gpu(settings=Settings(device="cuda", compile=True)), [RELAID]),
        (on_gpu(l2=4 * WEIGHTS), [CACHED]),
        (on_gpu(l2=4 * WEIGHTS - 1), []),
        (on_gpu(settings=replace(NHWC, dtype=DType.FLOAT16), l2=2 * WEIGHTS), [CACHED]),
        (on_gpu(settings=Settings(dtype=DType.FLOAT16, autocast=True), l2=2 * WEIGHTS), []),
    ],
)
def test_remarks(document: TimeDocument, told: list[str]) -> None:
    """What changes the times is said where it holds, and nowhere else."""
    assert remarks([document]) == told
    assert all(words in " ".join(sentences(page(document))) for words in told)


@pytest.mark.parametrize(("capped", "told"), [(0, []), (1, [CAPPED])])
def test_a_power_cap(capped: int, told: list[str]) -> None:
    """Networks that take turns share one clock then."""
    watched = Throttling(9, 0, capped, 1500, 1600, 70)
    assert remarks([timed(timing(SE50, throttling=watched))]) == told
