"""Every network of the zoo with attention at every place: the same function, and what is fused."""

import pytest

from measure.fuse.nets import built, fused, images, narrow
from se_cost.nets.attention.place import Place
from se_cost.nets.zoo.family import Family
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import FAMILIES, build

DEEPER = (  # of the same blocks as shallower ones
    *("resnet34", "resnet101", "resnet152", "resnext101_32x4d"),
    *("densenet161", "densenet169", "densenet201"),
)
CASES = [
    (family, place)
    for family in FAMILIES.values()
    if family.name not in DEEPER
    for place in family.places
]
INPUTS = {"dcgan": None, "vgg16": None, "fcn_resnet50": 32, "resnet110_cifar": 8}


@pytest.mark.parametrize(("family", "place"), CASES, ids=lambda case: getattr(case, "name", case))
def test_same_function(family: Family, place: Place) -> None:
    """Fused equals unfused."""
    size = INPUTS.get(family.name, family.smallest or 32)
    arch = family.name if family.name == "senet154" else f"se_{family.name}"
    asked = model(arch, place=place, input=size or None)
    node = narrow(build(asked))
    network = built(node)
    channels, height, width = asked.input
    x = images(2, channels // 4 if family.name == "dcgan" else channels, height, width)
    result = fused(network, x)
    assert len(result.blocks) > 3
