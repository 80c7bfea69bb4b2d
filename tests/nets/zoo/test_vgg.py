"""VGG-16 against its paper, SE's paper and torchvision."""

import pytest

from se_cost.errors import UsageError
from se_cost.ledger.conventions import paper, total
from se_cost.ledger.costs import costs
from se_cost.nets.zoo.model import model


def test_parameters() -> None:
    """torchvision gives vgg16_bn 138,365,992 parameters, and vgg16, without norms, 138,357,544."""
    plain = costs(model("vgg16")).plain
    assert plain.params == 138_365_992
    assert plain.where(lambda row: row.op != "norm").params == 138_357_544


def test_sixteen_weight_layers() -> None:
    """The name counts what has weights: 13 convolutions and 3 fully connected layers."""
    layers = costs(model("vgg16")).plain.by_op()
    assert len(layers["conv"].rows) == 13
    assert len(layers["linear"].rows) == 3


def test_se_is_published() -> None:
    """Table 2 of the SE paper: 15.47 GFLOPs without SE, 15.48 with it."""
    both = costs(model("se_vgg16"))
    assert round(total(both.plain, paper) / 1e9, 2) == 15.47
    assert round(total(both.network, paper) / 1e9, 2) == 15.48


def test_every_relu_of_a_convolution_is_gated() -> None:
    """The 13 sites have the channels of column D; the classifier has none."""
    sites = costs(model("se_vgg16")).stages
    assert [(site.stage, site.blocks, site.channels) for site in sites] == [
        (1, 2, [64]),
        (2, 2, [128]),
        (3, 3, [256]),
        (4, 3, [512]),
        (5, 3, [512]),
    ]


def test_a_stage_ends_in_a_pool() -> None:
    """Five times the map is halved, from 224 to the 7 that the classifier is made for."""
    pools = costs(model("vgg16")).plain.by_op()["max_pool"].rows
    assert [row.output[1:] for row in pools] == [(size, size) for size in (112, 56, 28, 14, 7)]


def test_the_input_is_fixed() -> None:
    """The classifier takes 7x7 maps, so other sizes are refused, not silently changed."""
    with pytest.raises(UsageError, match="always 3x224x224"):
        model("vgg16", input=256)
