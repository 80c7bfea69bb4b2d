"""Both counters, one after the other and side by side."""

import subprocess
import sys

from se_cost.ledger.costs import costs
from se_cost.measure.counting.side_by_side import count
from se_cost.nets.zoo.model import model

NET = model("se_resnet18", input=64)


def test_a_network_and_its_plain_one() -> None:
    """Each is counted; without being asked the backward pass is not."""
    (found,) = count([NET])
    assert found.network.torch.forward == 2 * costs(NET).network.macs
    assert found.plain.torch.forward == 2 * costs(NET).plain.macs
    assert found.network.fvcore.own["aten::linear"] > found.plain.fvcore.own["aten::linear"]
    assert (found.network.torch.backward, found.plain.torch.backward) == (None, None)


def test_side_by_side_is_the_same() -> None:
    """A process that has not used torch forks, and finds what this one finds in turn."""
    code = """
from se_cost.measure.counting.side_by_side import count
from se_cost.nets.zoo.model import model
print(list(count([model('se_resnet18', input=64), model('eca_resnet18', input=64)], backward=True)))
"""
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here = list(count([NET, model("eca_resnet18", input=64)], backward=True))
    assert other.stdout.strip() == repr(here)
