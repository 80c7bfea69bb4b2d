"""Every kind of document, by the command that writes it."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from se_cost.documents.base import Document

# the file and the class of each kind; of two with one command, the first has the key
KINDS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "nets": (("nets", "NetsDocument", "networks"), ("network", "NetworkDocument", "")),
    "params": (("params", "SeveralParams", "networks"), ("params", "ParamsDocument", "")),
    "flops": (("flops", "SeveralFlops", "networks"), ("flops", "FlopsDocument", "")),
    "time": (("time", "BatchesDocument", "batches"), ("time", "TimeDocument", "")),
    "explain": (("explain", "ExplainDocument", ""),),
    "fuse": (("fuse", "FuseDocument", ""),),
    "alternatives": (("alternatives", "AlternativesDocument", ""),),
    "plan": (("plan", "PlanDocument", ""),),
    "paper": (("paper", "PaperDocument", ""),),
    "report": (("report", "ReportsDocument", "networks"), ("report", "ReportDocument", "")),
    "check": (("check", "CheckDocument", ""),),
    "diff": (("diff", "DiffDocument", ""),),
    "baseline": (("baseline", "BaselineDocument", ""),),
}


def kind_of(document: Mapping[str, Any]) -> type[Document]:
    """Return the class of a json document, by its command and its keys; raise KeyError."""
    for file, name, key in KINDS[document["command"]]:
        if not key or key in document:
            return _class(file, name)
    raise KeyError(document["command"])


def kinds(command: str) -> list[type[Document]]:
    """Return the classes of what a command writes; only their files are imported."""
    return [_class(file, name) for file, name, _ in KINDS[command]]


def _class(file: str, name: str) -> type[Document]:
    found: type[Document] = getattr(import_module(f"se_cost.documents.{file}"), name)
    return found
