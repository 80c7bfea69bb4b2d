"""Several batch sizes on one page."""

from dataclasses import replace

from report.made_up import full, timing
from se_cost.measure.exchange import Exchange
from se_cost.measure.peaks import Peak
from se_cost.measure.result import Timing
from se_cost.measure.run import Stop
from se_cost.measure.settings import Settings
from se_cost.nets.registry import recipe
from se_cost.report import batches, time
from se_cost.report.formats import as_json, as_text

SE50 = recipe("se_resnet50")


def test_one_batch_is_a_page_of_its_own() -> None:
    """There is no column for what does not differ."""
    run = full(SE50)
    assert as_json(batches.page([run])) == as_json(time.page(run))
    assert batches.page([run]).tables == time.page(run).tables


def test_batches_stand_below_each_other() -> None:
    """Every row begins with its batch, followed by what the page of that batch says."""
    runs = [timing(SE50, Settings(batch=batch)) for batch in (1, 8)]
    first, second = batches.page(runs).tables
    assert first.columns[0].name == "batch"
    assert [row[0] for row in first.rows] == [1, 1, 1, 8, 8, 8]
    assert [row[1:] for row in first.rows[3:]] == list(time.page(runs[1]).tables[0].rows)
    assert [row[0] for row in second.rows] == [1, 1, 8, 8]
    assert "one image" not in first.title
    assert first.title.startswith("Inference, float32")


def test_sentences_and_doubts_name_their_batch() -> None:
    """Each batch has its sentence; a doubt is that of one batch."""
    runs = [timing(SE50), timing(SE50, Settings(batch=8), warm=False)]
    page = batches.page(runs)
    assert page.lines[1].startswith("batch 1: +10")
    assert page.lines[2].startswith("batch 8: +10")
    assert page.lines.count(time.QUICK) == 1
    assert [warning.partition(":")[0] for warning in page.warnings] == ["batch 8"]


def test_data_are_those_of_each_batch() -> None:
    """One document holds the documents of all batches."""
    runs = [timing(SE50, Settings(batch=batch)) for batch in (1, 8)]
    data = batches.page(runs).data
    assert (data["command"], data["recipe"]["arch"]) == ("time", "se_resnet50")
    assert data["batches"] == [time.page(run).data for run in runs]


def weighed(run: Timing) -> Timing:
    """Return a timing with peaks of memory."""
    return replace(run, peaks=dict.fromkeys(run.arms, Peak(2**30, None)))


def exchanged(run: Timing) -> Timing:
    """Return a timing of data-parallel training."""
    exchange = Exchange(((0.3, 0.31),), ((0.2, 0.3),))
    first, *others = run.run.processes
    process = replace(first, exchanges=dict.fromkeys(run.arms, exchange))
    return replace(run, run=replace(run.run, processes=(process, *others)))


def test_an_interrupted_batch_lacks_its_memory() -> None:
    """Its cells stay empty; the other batch has them, and so does the heading."""
    runs = [weighed(full(SE50)), full(SE50, stop=Stop.INTERRUPTED)]
    page = batches.page(
        [replace(run, settings=Settings(batch=i + 1)) for i, run in enumerate(runs)]
    )
    table = page.tables[0]
    memory = table.header.index("peak MiB")
    assert [row[memory] for row in table.rows] == [1024, 1024, 1024, None, None, None]
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert "peak MiB" in as_text(page, width=120, color=False)


def test_exchanges_of_all_batches_are_one_table() -> None:
    """Data-parallel training has a third table, also where one batch has none."""
    runs = [timing(SE50, Settings(batch=8)), exchanged(timing(SE50, Settings(batch=16)))]
    third = batches.page(runs).tables[2]
    assert third.title == "The exchange of gradients"
    assert [row[0] for row in third.rows] == [16, 16, 16]


def test_a_batch_that_shrank_says_so() -> None:
    """Two batches that were measured alike are told apart by what was asked for."""
    runs = [timing(SE50, Settings(batch=128)), timing(SE50, Settings(batch=128))]
    page = batches.page([runs[0], replace(runs[1], asked=256)])
    assert [row[0] for row in page.tables[0].rows] == [128] * 3 + ["128 (of 256)"] * 3
    assert page.lines[2].startswith("batch 128 (of 256): ")
