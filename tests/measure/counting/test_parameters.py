"""The parameters of the built module."""

from se_cost.ledger.costs import costs
from se_cost.measure.counting.parameters import built
from se_cost.nets.zoo.model import model

NET = model("se_resnet18", input=64)


def test_every_submodule_is_there_with_its_weights_and_biases() -> None:
    """Of the network, and of the plain one without those of the attention."""
    found = built(NET)
    assert found.network["stage1.conv"] == (9408, 0)
    assert found.network["head.fc"] == (512_000, 1000)
    assert found.network["stage2.block1.sum.residual.se.reduce"] == (64 * 4, 4)
    assert sum(map(sum, found.network.values())) == costs(NET).network.params
    assert sum(map(sum, found.plain.values())) == costs(NET).plain.params
    assert not any(".se." in path for path in found.plain)
