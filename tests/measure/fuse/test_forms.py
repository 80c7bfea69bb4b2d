"""What is done to the networks of the zoo at their own size, on the meta device, and why."""

from collections import Counter
from functools import cache

import pytest
import torch

from se_cost.measure.fuse.fuse import fuse
from se_cost.measure.fuse.record import FusedBlock, ScaleForm, SqueezeForm
from se_cost.measure.models.module import blank
from se_cost.nets.attention.place import Place
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import build

MOVED, STAYS = SqueezeForm.MOVED, SqueezeForm.KEPT
ADDCMUL, WEIGHTS, PRODUCT = ScaleForm.ADDCMUL, ScaleForm.WEIGHTS, ScaleForm.PRODUCT
POOLED, IN_PLACE, KEPT = ScaleForm.POOLED, ScaleForm.IN_PLACE, ScaleForm.KEPT
Forms = dict[tuple[SqueezeForm, ScaleForm], int]
PRE, POST, IDENTITY, INNER = Place.PRE, Place.POST, Place.IDENTITY, Place.INNER


@cache
def blocks(
    arch: str, batch: int = 1, place: Place = Place.STANDARD, attention: str = "se"
) -> tuple[FusedBlock, ...]:
    """Return what is done to the blocks of a network for a batch."""
    asked = model(arch, place=place, attention=attention)
    x = torch.empty(batch, *asked.input, device="meta")
    return fuse(blank(build(asked)).eval(), x).blocks


def passes(found: tuple[FusedBlock, ...]) -> float:
    """Return the E-passes that are left, of all blocks together."""
    sizes = [block.channels * block.height * block.width for block in found]
    left = [block.e_passes_after for block in found]
    return sum(size * one for size, one in zip(sizes, left, strict=True)) / sum(sizes)


STANDARD: dict[tuple[str, int], tuple[float, Forms]] = {
    ("resnet50", 1): (0.25, {(MOVED, ADDCMUL): 16}),
    ("resnet50", 8): (0.25, {(MOVED, ADDCMUL): 16}),
    ("resnext50_32x4d", 1): (0.5, {(MOVED, ADDCMUL): 16}),
    ("resnet18", 1): (1, {(STAYS, ADDCMUL): 8}),
    ("senet154", 1): (1, {(STAYS, ADDCMUL): 50}),
    ("mobilenet", 1): (1.01, {(STAYS, WEIGHTS): 12, (STAYS, POOLED): 1}),
    ("mobilenet", 8): (1.01, {(STAYS, WEIGHTS): 12, (STAYS, POOLED): 1}),
    ("shufflenet", 1): (0.25, {(MOVED, ADDCMUL): 13}),
    ("inception_resnet_v2", 1): (-1.62, {(MOVED, ADDCMUL): 40}),
    ("bn_inception", 1): (2.87, {(STAYS, IN_PLACE): 9, (STAYS, POOLED): 1}),
    ("vgg16", 1): (1.58, {(STAYS, WEIGHTS): 4, (STAYS, POOLED): 5, (STAYS, IN_PLACE): 4}),
    ("vgg16", 8): (2.32, {(STAYS, POOLED): 5, (STAYS, IN_PLACE): 8}),
    ("densenet121", 1): (3, {(STAYS, IN_PLACE): 58}),
    ("dcgan", 1): (3, {(STAYS, IN_PLACE): 4}),
    ("resnet164_cifar", 1): (-1.38, {(MOVED, PRODUCT): 36, (MOVED, ADDCMUL): 18}),
}
PLACES: dict[tuple[Place, int], tuple[float, Forms]] = {
    (PRE, 1): (1.64, {(STAYS, WEIGHTS): 8, (STAYS, KEPT): 8}),
    (PRE, 8): (2.01, {(STAYS, PRODUCT): 6, (STAYS, KEPT): 10}),
    (POST, 1): (2.95, {(STAYS, IN_PLACE): 15, (STAYS, POOLED): 1}),
    (IDENTITY, 1): (0.83, {(MOVED, ADDCMUL): 4, (STAYS, ADDCMUL): 12}),
    (INNER, 1): (2.0, {(STAYS, WEIGHTS): 7, (STAYS, IN_PLACE): 9}),
    (INNER, 8): (2.0, {(STAYS, PRODUCT): 7, (STAYS, IN_PLACE): 9}),
}


def forms(found: tuple[FusedBlock, ...]) -> Forms:
    """Return how many blocks have each form."""
    return dict(Counter((block.squeeze, block.scale) for block in found))


@pytest.mark.parametrize("case", STANDARD, ids=str)
def test_standard_place(case: tuple[str, int]) -> None:
    """E-passes that are left of three, and the forms of the blocks."""
    found = blocks(*case)
    left, expected = STANDARD[case]
    assert forms(found) == expected
    assert passes(found) == pytest.approx(left, abs=0.005)
    assert {block.e_passes_before for block in found} == {3}


@pytest.mark.parametrize("case", PLACES, ids=str)
def test_other_places(case: tuple[Place, int]) -> None:
    """The same for the other places in ResNet-50."""
    place, batch = case
    found = blocks("resnet50", batch, place)
    left, expected = PLACES[case]
    assert forms(found) == expected
    assert passes(found) == pytest.approx(left, abs=0.005)


def test_eca_needs_the_matrix() -> None:
    """A kind without an FC must read the weights once more, which does not pay on small maps."""
    assert forms(blocks("resnet50", 1, Place.STANDARD, "eca")) == {
        (MOVED, ADDCMUL): 7,
        (STAYS, ADDCMUL): 9,
    }
    assert forms(blocks("resnet50", 8, Place.STANDARD, "eca")) == {
        (MOVED, ADDCMUL): 13,
        (STAYS, ADDCMUL): 3,
    }


def test_macs_of_the_excitation() -> None:
    """The first FC has a quarter of its inputs once it has absorbed the convolution."""
    first, *_, last = blocks("resnet50")
    assert (first.macs_before, first.macs_after) == (2 * 256 * 16, 64 * 16 + 16 * 256)
    assert (last.macs_before, last.macs_after) == (2 * 2048 * 128, 512 * 128 + 128 * 2048)


SHARED, KEPT_2 = "others may read the map as it is", "E-passes: kept 2"
REASONS = {
    ("resnet18", 1, Place.STANDARD): (
        "a 3x3 convolution precedes the gate, not a 1x1 convolution",
        "E-passes: addcmul 0, in place 2",
    ),
    ("resnet18", 8, PRE): (
        "the gate comes first in its branch",
        f"{SHARED}; a 3x3 convolution follows, and each image has its own factors; {KEPT_2}",
    ),
    ("resnet50", 1, POST): (
        "an activation stands between the gate and what precedes it",
        "several parts read the product; E-passes: in place 2",
    ),
    ("resnet50", 8, INNER): (
        "an activation stands between the gate and what precedes it",
        "E-passes: product 0.163, in place 2",
    ),
    ("senet154", 1, Place.STANDARD): (
        "before the convolution it would take 1 E-passes instead of 1",
        "E-passes: addcmul 0, in place 2",
    ),
    ("densenet121", 1, Place.STANDARD): (
        "a 3x3 convolution precedes the gate, not a 1x1 convolution",
        "a stack of maps follows; E-passes: in place 2",
    ),
    ("dcgan", 1, Place.STANDARD): (
        "an activation stands between the gate and what precedes it",
        "a transposed convolution follows; E-passes: in place 2",
    ),
    ("bn_inception", 1, Place.STANDARD): (
        "a stack of maps precedes the gate, not a 1x1 convolution",
        "several parts read the product; E-passes: in place 2",
    ),
    ("inception_resnet_v2", 1, PRE): (
        "the gate comes first in its branch",
        f"{SHARED}; several parts read the product; {KEPT_2}",
    ),
}


@pytest.mark.parametrize("case", REASONS, ids=str)
def test_reasons(case: tuple[str, int, Place]) -> None:
    """The reasons for the first block, in words."""
    first = blocks(*case)[0]
    assert (first.squeeze_reason, first.scale_reason) == REASONS[case]
