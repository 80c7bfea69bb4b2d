"""The same comparison at several batch sizes."""

from se_cost.documents.time import BatchesDocument
from se_cost.nets.words import described
from se_cost.report.page import Page, answer
from se_cost.report.pages import time


def page(document: BatchesDocument) -> Page:
    """Return the page of several timings that differ in their batch only."""
    tables = time.tables(document.batches)
    doubts = (*document.disagreements, *document.doubts)
    return answer(_sentences(document), tables, doubts, time.glossary(document.batches))


def _sentences(document: BatchesDocument) -> tuple[str, ...]:
    """Return a sentence for every batch; that one process is not enough is said once."""
    each = [
        f"batch {time.batch(one)}: {time.sentence(one)}"
        + ("" if one.quick else f" {time.basis(one)}")
        for one in document.batches
    ]
    quick = (time.QUICK,) if any(one.quick for one in document.batches) else ()
    return (f"{described(document.recipe)}.", *each, *quick)
