"""The document of one network, stage by stage."""

import pytest

from se_cost.documents.network import layer_blocks, network
from se_cost.ledger.costs import costs
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import names


def test_is_table_1_of_the_paper() -> None:
    """SE-ResNet-50 has the blocks, layers and SE widths that table 1 of the SE paper prints."""
    stages = network(costs(model("se_resnet50"))).stages
    runs = [(run.stage, run.blocks, " → ".join(run.layers)) for run in stages]
    assert runs[1] == (2, 3, "1x1, 64 → 3x3, 64 → 1x1, 256 → SE 16-256")
    assert sum(blocks for stage, blocks, _ in runs if stage == 4) == 6
    assert runs[-3] == (5, 1, "1x1, 512 /2 → 3x3, 512 → 1x1, 2048 → SE 128-2048")
    assert runs[-1] == (None, 1, "global avg pool → fc 1000")
    assert stages[1].output == (256, 56, 56)


@pytest.mark.parametrize("name", names())
def test_lines_add_up(name: str) -> None:
    """The lines of a network sum to its parameters and MACs: nothing is left out or doubled."""
    net = model(name)
    whole = costs(net)
    document = network(whole)
    assert document.network is not None
    assert document.network.params == whole.network.params
    assert document.network.macs == whole.network.macs
    for lines in (document.stages, layer_blocks(net, whole.network)):
        assert sum(line.params for line in lines) == whole.network.params
        assert sum(line.macs for line in lines) == whole.network.macs
        assert lines[-1].output == whole.network.rows[-1].output
    assert sum(run.blocks for run in document.stages) == len(layer_blocks(net, whole.network))


def test_says_where_it_is_from() -> None:
    """The source of the network; where attention goes, with attention only."""
    document = network(costs(model("se_vgg16")))
    assert "arXiv" in document.source
    assert "13 convolutions" in document.note
    assert network(costs(model("vgg16"))).note == ""
    assert len(document.blocks) == 13


def test_other_attention_is_named() -> None:
    """An ECA block has the width of its kernel."""
    stages = network(costs(model("resnet18", attention="eca"))).stages
    assert stages[1].layers == ("3x3, 64 → 3x3, 64 → ECA 3",)
    assert network(costs(model("se_densenet121"))).stages[1].layers == (
        "[input | 1x1, 128 → 3x3, 32 → SE 2-32]",
    )
