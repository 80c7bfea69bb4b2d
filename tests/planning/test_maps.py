"""The map: each pair is what the ledger says of the network at that input and batch."""

import pytest

from planning.searched import MACHINE
from se_cost.ledger.costs import costs
from se_cost.ledger.traffic import by_stage
from se_cost.measure.timing.settings import Settings
from se_cost.nets.zoo.model import model
from se_cost.planning.amounts import pace
from se_cost.planning.maps import Cell, cells
from se_cost.planning.words import Dimension

NET = model("se_resnet50")
INPUTS, BATCHES = ((64, 64), (224, 224)), (1, 32)
FOUND = list(cells(NET, INPUTS, BATCHES, Settings(), pace(MACHINE)))


def test_every_pair_in_order() -> None:
    """Input by input."""
    pairs = [(cell.model.input[1:], cell.batch) for cell in FOUND]
    assert pairs == [(size, batch) for size in INPUTS for batch in BATCHES]


@pytest.mark.parametrize("cell", FOUND, ids=lambda cell: f"{cell.model.input[1]}-{cell.batch}")
def test_a_pair(cell: Cell) -> None:
    """Costs, the stage that costs most, and the share of the final one."""
    _, height, width = cell.model.input
    found = costs(model("se_resnet50", input=(height, width)))
    moved = {stage: part.forward for stage, part in by_stage(found, cell.batch, 4).items()}
    assert cell.whole.macs == found.attention.macs
    assert cell.whole.bytes == sum(moved.values())
    assert cell.costliest(Dimension.BYTES) == max(moved, key=lambda stage: moved[stage])
    assert cell.share(Dimension.BYTES) == pytest.approx(100 * moved[5] / sum(moved.values()))
    assert cell.costliest(Dimension.MACS) == 5


def test_the_advice_flips() -> None:
    """Small images leave little but weights to move, which the final stage has most of."""
    costliest = [cell.costliest(Dimension.TIME) for cell in FOUND]
    assert costliest == [5, 2, 2, 2]
