"""The page that lists the networks."""

import pytest

from report.pages.tables import row
from se_cost.documents.nets import nets
from se_cost.nets.zoo.registry import FAMILIES
from se_cost.report.pages.nets import page

TABLE = page(nets()).tables[0]


def test_every_family_has_a_row() -> None:
    """No network is missing from the list, and none is there twice."""
    assert [row[0] for row in TABLE.rows] == list(FAMILIES)


def test_figures_of_resnet_50() -> None:
    """The row of ResNet-50 has the figures of shared/counting.md, section 1."""
    cells = row(TABLE, "resnet50")
    assert (cells["blocks"], cells["channels"]) == ("3-4-6-3", "256-512-1024-2048")
    assert cells["input"] == "3x224x224"
    assert [*cells.values()][4:10] == pytest.approx(
        [
            *(25.557032, 3.857973248),
            *(2.530992, 100 * 2_530_992 / 25_557_032),
            *(2.514944, 100 * 2_514_944 / 3_857_973_248),
        ]
    )
