"""Every kind of document has a page, and showing one loads no other."""

import subprocess
import sys

import pytest
from documents.every import EVERY

from se_cost.documents.kinds import KINDS
from se_cost.report.pages.all import PAGES, page

LOAD = """
import sys
from se_cost.documents.params import params
from se_cost.ledger.costs import costs
from se_cost.nets.zoo.model import model
from se_cost.report.pages.all import page
page(params(costs(model("se_resnet50"))))
print(*sorted(sys.modules))
"""


def test_no_kind_is_without_a_page() -> None:
    """Those of all commands."""
    assert {name for kinds in KINDS.values() for _, name, _ in kinds} == PAGES.keys()


@pytest.mark.parametrize("name", EVERY)
def test_every_document_is_shown(name: str) -> None:
    """With a table at least, whose rows have a cell for every heading."""
    found = page(EVERY[name]())
    assert found.tables
    for table in found.tables:
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_params_loads_its_own_page_alone() -> None:
    """Neither what is measured nor how it is drawn."""
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD], check=True, capture_output=True, text=True
    ).stdout.split()
    pages = [name for name in loaded if name.startswith("se_cost.report.pages.")]
    assert pages == [f"se_cost.report.pages.{name}" for name in ("all", "params", "words")]
    banned = ("se_cost.measure", "se_cost.report.figures", "torch", "matplotlib", "numpy", "rich")
    assert not [name for name in loaded if name.startswith(banned)]
