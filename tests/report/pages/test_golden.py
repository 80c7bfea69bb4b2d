"""Whole printed pages; their sums are added up again in the tests of each page."""

from collections.abc import Callable, Mapping

import pytest
from documents.every import EVERY, KINDS, SE50, SMALL, VERSION_1, counted
from golden import Golden

from se_cost.documents.alternatives import alternatives
from se_cost.documents.base import Document
from se_cost.documents.files import read
from se_cost.documents.flops import flops
from se_cost.documents.nets import nets
from se_cost.documents.network import network
from se_cost.documents.paper import published
from se_cost.documents.params import params
from se_cost.ledger.costs import costs
from se_cost.report.formats.all import Format
from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.pages.all import page

TEXTS: Mapping[str, Callable[[], Document]] = {
    "params": lambda: params(costs(SE50)),
    "flops": lambda: flops(costs(SMALL), counted(SMALL)),
    "nets": nets,
    "network": lambda: network(costs(SE50)),
    "plan": EVERY["plan"],
    "alternatives": lambda: alternatives(KINDS),
    "paper": published,
    "time": lambda: read(VERSION_1 / "time.json"),
    "batches": lambda: read(VERSION_1 / "batches.json"),
    "explain": lambda: read(VERSION_1 / "complete" / "explain.json"),
    "explain-operators": EVERY["explain"],
}
PAGES = ("report", "reports")


def written(document: Document, form: Format) -> str:
    """Return a document in a format, as wide as it needs."""
    return form.write(Answer(document, page(document)), Screen())


@pytest.mark.parametrize("name", TEXTS)
def test_text(name: str, golden: Golden) -> None:
    """What a command prints into a pipe."""
    golden(f"{name}.txt", written(TEXTS[name](), Format.TEXT))


@pytest.mark.parametrize("name", PAGES)
def test_markdown(name: str, golden: Golden) -> None:
    """What `report` writes where no files lie beside it."""
    document = read(VERSION_1 / "complete" / f"{name}.json")
    golden(f"{name}.md", written(document, Format.MARKDOWN))
