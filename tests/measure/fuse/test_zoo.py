"""Every network of the zoo with attention at every place: the same function, and what is fused."""

from itertools import product
from typing import Any

import pytest
from helpers import gating_places

from measure.fuse.nets import built, fused, images, narrow
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import GATES, Squeeze
from se_cost.nets.model import StrideIn
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
    for place in gating_places(family.name)
]
INPUTS = {"dcgan": None, "vgg16": None, "fcn_resnet50": 32, "resnet110_cifar": 8}
OPTIONS = [
    {"squeeze": squeeze, "gate": gate, "bias": bias, "stride_in": stride_in}
    for squeeze, gate, bias, stride_in in product(Squeeze, GATES, (True, False), StrideIn)
]
VARIANTS = list(product(OPTIONS, (1, 4), ("nchw", "nhwc")))
STEP = 37  # from variant to variant, coprime to their number: in turn all of them are taken
SAMPLED = [(*case, *VARIANTS[STEP * i % len(VARIANTS)]) for i, case in enumerate(CASES)]


def assert_same_function(
    family: Family, place: Place, options: dict[str, Any], batch: int, layout: str
) -> None:
    """Assert that a network is the same fused, for that many images, and then for three."""
    size = INPUTS.get(family.name, family.smallest or 32)
    arch = family.name if family.name == "senet154" else f"se_{family.name}"
    known = {name: value for name, value in options.items() if name != "stride_in"}
    if "stride_in" in family.options:
        known = options
    asked = model(arch, place=place, input=size or None, **known)
    network = built(narrow(build(asked)), layout)
    channels, height, width = asked.input
    channels = channels // 4 if family.name == "dcgan" else channels
    x = images(batch, channels, height, width, layout=layout)
    assert len(fused(network, x).blocks) >= 3


@pytest.mark.parametrize(
    ("family", "place", "options", "batch", "layout"),
    SAMPLED,
    ids=[f"{family.name}-{place.name}" for family, place, *_ in SAMPLED],
)
def test_same_function(
    family: Family, place: Place, options: dict[str, Any], batch: int, layout: str
) -> None:
    """Fused equals unfused; each network has another squeeze, gate, bias, stride and layout."""
    assert_same_function(family, place, options, batch, layout)


@pytest.mark.slow
@pytest.mark.parametrize(("family", "place"), CASES, ids=lambda case: getattr(case, "name", case))
def test_every_variant(family: Family, place: Place) -> None:
    """The same for every squeeze, gate, bias, stride and layout, with one image and four."""
    for options, batch, layout in VARIANTS:
        if "stride_in" in family.options or options["stride_in"] is StrideIn.CONV1X1:
            assert_same_function(family, place, options, batch, layout)
