"""Several batch sizes on one page."""

from report.made_up import full, timing
from se_cost.measure.settings import Settings
from se_cost.nets.registry import recipe
from se_cost.report import batches, time
from se_cost.report.formats import as_json

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
