"""The page of every kind of document; only the file of the one that is shown is imported."""

from collections.abc import Mapping
from importlib import import_module

from se_cost.documents.base import Document
from se_cost.report.page import Page

PAGES: Mapping[str, str] = {  # files of this package, by class
    "ParamsDocument": "params",
    "FlopsDocument": "flops",
    "SeveralParams": "several",
    "SeveralFlops": "several",
    "NetsDocument": "nets",
    "NetworkDocument": "network",
    "TimeDocument": "time",
    "BatchesDocument": "batches",
    "ExplainDocument": "explain",
    "FuseDocument": "fuse",
    "AlternativesDocument": "alternatives",
    "PlanDocument": "plan",
    "PaperDocument": "paper",
    "ReportDocument": "report",
    "ReportsDocument": "reports",
    "CheckDocument": "check",
    "DiffDocument": "diff",
    "BaselineDocument": "baseline",
}


def page(document: Document) -> Page:
    """Return a document in words."""
    file = PAGES[type(document).__name__]
    found: Page = import_module(f"se_cost.report.pages.{file}").page(document)
    return found
