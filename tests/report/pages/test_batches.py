"""Several batch sizes on one page."""

from documents.every import SE50, exchanging, weighed
from measure.made_up import full, timing

from report.pages.tables import sentences, titled
from se_cost.documents.time import BatchesDocument, batches, timed
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.run import Stop
from se_cost.measure.timing.settings import Settings
from se_cost.record import replace
from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.formats.text import write
from se_cost.report.page import Page
from se_cost.report.pages import time
from se_cost.report.pages.batches import page


def of(*runs: Timing) -> Page:
    """Return the page of some timings."""
    document = batches(runs)
    assert isinstance(document, BatchesDocument)
    return page(document)


def test_batches_stand_below_each_other() -> None:
    """Every row begins with its batch, followed by what the page of that batch says."""
    runs = [timing(SE50, Settings(batch=batch)) for batch in (1, 8)]
    first, second = of(*runs).tables
    assert first.columns[0].name == "batch"
    assert [row[0] for row in first.rows] == [1, 1, 1, 8, 8, 8]
    own = time.page(timed(runs[1])).tables
    assert [row[1:] for row in first.rows[3:]] == list(own[0].rows)
    assert [row[0] for row in second.rows] == [1, 1, 8, 8]
    assert [row[1:] for row in second.rows[2:]] == list(own[1].rows)
    assert first.title.startswith("Inference, float32, nchw, on A | processor (4 threads, torch")


def test_sentences_and_doubts_name_their_batch() -> None:
    """Each batch has its sentence; what is true of all quick ones is said once."""
    found = of(timing(SE50), timing(SE50, Settings(batch=8), warm=False))
    network, first, second, *rest = sentences(found)
    assert network == "SE-ResNet-50, r = 16, input 3x224x224."
    assert first.startswith("batch 1: +10")
    assert second.startswith("batch 8: +10")
    assert rest == [time.QUICK, time.PAIRED]
    assert [warning.partition(":")[0] for warning in found.warnings] == ["batch 8"]


def test_the_full_protocol_says_its_basis_with_each() -> None:
    """Batches may differ in how long they took."""
    found = sentences(of(full(SE50), full(SE50, processes=20)))
    assert found[1].endswith(time.basis(timed(full(SE50))))
    assert "20 fresh processes" in found[2]
    assert found[3:] == [time.PAIRED]


def test_an_interrupted_batch_lacks_its_memory() -> None:
    """Its cells stay empty; the other batch has them, and so does the heading."""
    runs = (weighed(full(SE50)), full(SE50, stop=Stop.INTERRUPTED))
    document = batches([replace(run, settings=Settings(batch=i)) for i, run in enumerate(runs, 1)])
    assert isinstance(document, BatchesDocument)
    found = page(document)
    table = found.tables[0]
    memory = table.header.index("peak MiB")
    assert [row[memory] for row in table.rows] == [1024, 2048, 3072, None, None, None]
    assert "peak MiB" in write(Answer(document, found), Screen(width=120))


def test_the_all_reduce_of_one_batch() -> None:
    """It is a table also where the other batch has none."""
    found = of(
        timing(SE50, Settings(batch=8)), exchanging(timing(SE50, Settings(batch=16, nproc=2)))
    )
    assert [row[0] for row in titled(found, "All-reduce").rows] == [16, 16, 16]


def test_a_batch_that_shrank_says_so() -> None:
    """Two batches that were measured alike are told apart by what was asked for."""
    run = timing(SE50, Settings(batch=128))
    found = of(run, replace(run, asked=256))
    assert [row[0] for row in found.tables[0].rows] == [128] * 3 + ["128 (of 256)"] * 3
    assert sentences(found)[2].startswith("batch 128 (of 256): ")
