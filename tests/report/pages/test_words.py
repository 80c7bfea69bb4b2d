"""What several pages write alike."""

from collections.abc import Sequence

import pytest
from msgspec import UNSET

from se_cost.report.page import Cell
from se_cost.report.pages.words import bounds, known, listed, percent


@pytest.mark.parametrize(("values", "cell"), [((256,), 256), ((256, 512), "256, 512"), ((), None)])
def test_listed(values: Sequence[int], cell: Cell) -> None:
    """One number stays a number, several are a text, none are a dash."""
    assert listed(values) == cell


def test_known() -> None:
    """What a document leaves out is missing; 0 is not."""
    assert known(UNSET) is None
    assert known(None) is None
    assert known(0) == 0


def test_percent() -> None:
    """Nothing is a share of nothing, nor of what is not known."""
    assert percent(1, 4) == 25
    assert percent(0, 4) == 0
    assert percent(1, 0) is None
    assert percent(None, 4) is None
    assert percent(1, None) is None


def test_bounds() -> None:
    """There is an interval, or it is said that there is none."""
    assert bounds(-0.04, 1.26) == "[-0.0, +1.3]"
    assert bounds(-0.04, 1.26, "+.2f") == "[-0.04, +1.26]"
    assert bounds(None, None) == bounds(1, None) == bounds(None, 1) == "(no interval)"
