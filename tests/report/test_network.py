"""One network stage by stage."""

import pytest

from se_cost.ledger.compare import compare
from se_cost.nets.nodes import IDENTITY, RELU, Conv, Norm, add, conv, seq
from se_cost.nets.registry import names, recipe
from se_cost.report.network import blocks, layer, page


def test_is_table_1_of_the_paper() -> None:
    """SE-ResNet-50 has the blocks, layers and SE widths that table 1 of the SE paper prints."""
    rows = page(recipe("se_resnet50")).tables[0].rows
    kinds = [(row[0], row[2], row[3]) for row in rows]
    assert kinds[1] == ("2", 3, "1x1, 64 → 3x3, 64 → 1x1, 256 → SE 16-256")
    assert sum(int(str(row[2])) for row in rows if row[0] == "4") == 6
    assert kinds[-4] == ("5", 1, "1x1, 512 /2 → 3x3, 512 → 1x1, 2048 → SE 128-2048")
    assert kinds[-2] == ("head", 1, "global avg pool → fc 1000")
    assert [row[1] for row in rows][1] == "256x56x56"


@pytest.mark.parametrize("name", names())
def test_lines_add_up(name: str) -> None:
    """The lines of a network sum to its parameters and MACs: nothing is left out or doubled."""
    net = recipe(name)
    found, whole = blocks(net), compare(net).network
    assert sum(block.params for block in found) == whole.params
    assert sum(block.macs for block in found) == whole.macs
    assert found[-1].output == whole.rows[-1].output


def test_sum_is_the_last_line() -> None:
    """The total below the table is that of the network."""
    assert page(recipe("se_vgg16")).tables[0].rows[-1][-2:] == (138_596_784, 15_470_490_624)


def test_says_where_attention_goes() -> None:
    """A family's note on the place of its attention is shown with attention only."""
    assert any("13 convolutions" in line for line in page(recipe("se_vgg16")).lines)
    assert not any("13 convolutions" in line for line in page(recipe("vgg16")).lines)


def test_layers_in_words() -> None:
    """Strides, groups and dilations are said; parallel branches are told apart."""
    assert layer(conv(8, 16, 3, stride=2, groups=4)) == "3x3, 16, 4 groups /2"
    assert layer(conv(8, 8, 3, groups=8)) == "depthwise 3x3"
    assert layer(Conv(8, 4, (1, 7))) == "1x7, 4"
    assert layer(conv(8, 4, 3, dilation=2)) == "3x3, 4, dilation 2"
    branch = seq(norm=Norm(8), relu=RELU, conv=conv(8, 8, 1))
    assert layer(add(a=branch, b=branch)) == "2 x (1x1, 8)"
    assert layer(add(a=branch, b=conv(8, 8, 3))) == "1x1, 8 + 3x3, 8"
    assert layer(add(residual=branch, shortcut=IDENTITY)) == "1x1, 8"


def test_json_has_the_layers() -> None:
    """The document lists the runs of equal blocks."""
    data = page(recipe("se_densenet121")).data
    assert data["command"] == "nets"
    assert data["stages"][1]["layers"] == ["[input | 1x1, 128 → 3x3, 32 → SE 2-32]"]
    assert data["stages"][1]["blocks"] == 6
