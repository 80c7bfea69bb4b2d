"""The choice between exact forms, by bytes; no torch."""

import subprocess
import sys

import pytest

from se_cost.measure.fuse.choice import (
    ConvSize,
    Form,
    Into,
    NormAfter,
    PoolSize,
    Surroundings,
    chosen,
    forms,
    squeeze_passes,
)
from se_cost.measure.fuse.record import FusedBlock, How, ScaleForm, SqueezeForm
from se_cost.record import Record, replace

LAST = ConvSize(64, 256, area=1, groups=1, aligned=True, bias=True, pixels=56 * 56)
STANDARD = Surroundings(  # a block of stage 2 of SE-ResNet-50
    batch=1,
    channels=256,
    pixels=56 * 56,
    nchw=True,
    per_channel=True,
    fresh=True,
    before=LAST,
    summed=True,
)
ALONE = replace(STANDARD, before=None, summed=False)
NEXT = ConvSize(256, 64, area=1, groups=1, aligned=True, bias=True, pixels=56 * 56)
WIDE = replace(NEXT, c_out=512, area=9, pixels=7 * 7)
DEPTHWISE = replace(NEXT, c_out=256, area=9, groups=256)
ADDCMUL, WEIGHTS, PRODUCT = ScaleForm.ADDCMUL, ScaleForm.WEIGHTS, ScaleForm.PRODUCT
POOLED, IN_PLACE, KEPT = ScaleForm.POOLED, ScaleForm.IN_PLACE, ScaleForm.KEPT


class Case(Record):
    """What surrounds a gate, and the form that moves the fewest bytes."""

    site: Surroundings
    form: Form


def after(part: ConvSize | PoolSize | NormAfter, batch: int = 1, nchw: bool = True) -> Surroundings:
    """Return a gate that an activation precedes and something linear follows."""
    return replace(ALONE, after=part, batch=batch, nchw=nchw)


CASES = {
    "a sum": Case(STANDARD, Form(ADDCMUL, Into.SUM, 0)),
    "a sum, a factor for each value": Case(
        replace(STANDARD, per_channel=False), Form(ADDCMUL, Into.SUM, 1)
    ),
    "a sum, no bias": Case(
        replace(STANDARD, before=replace(LAST, bias=False)),
        Form(PRODUCT, Into.SUM, 2 * 64 / 56**2 - 2),
    ),
    "a 1x1 convolution, one image": Case(after(NEXT), Form(WEIGHTS, Into.AFTER, 2 * 64 / 56**2)),
    "a 1x1 convolution": Case(after(NEXT, 4), Form(PRODUCT, Into.AFTER, 2 * 64 / 56**2)),
    "a 1x1 convolution with a stride": Case(
        after(replace(NEXT, aligned=False), 4), Form(IN_PLACE, Into.NONE, 2)
    ),
    "a 3x3 convolution": Case(after(replace(NEXT, area=9), 4), Form(IN_PLACE, Into.NONE, 2)),
    "a large convolution, one small image": Case(
        replace(after(WIDE), pixels=14 * 14), Form(IN_PLACE, Into.NONE, 2)
    ),
    "a depthwise convolution": Case(after(DEPTHWISE, 4), Form(WEIGHTS, Into.AFTER, 2 * 9 / 56**2)),
    "a depthwise convolution, channels last": Case(
        after(DEPTHWISE, 4, nchw=False), Form(IN_PLACE, Into.NONE, 2)
    ),
    "a norm": Case(after(NormAfter()), Form(ADDCMUL, Into.AFTER, 0)),
    "the mean": Case(after(PoolSize(1, shared=True)), Form(POOLED, Into.AFTER, -1)),
    "a pooling": Case(after(PoolSize(28 * 28, shared=False)), Form(POOLED, Into.AFTER, 0.5)),
    "nothing": Case(ALONE, Form(IN_PLACE, Into.NONE, 2)),
    "nothing, a factor for each value": Case(
        replace(ALONE, per_channel=False), Form(IN_PLACE, Into.NONE, 3)
    ),
    "other readers": Case(replace(ALONE, fresh=False), Form(KEPT, Into.NONE, 2)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_fewest_bytes(case: Case) -> None:
    """The form, where its scale goes, and the E-passes that it adds."""
    form, reason = chosen(case.site)
    assert form == case.form
    assert f"{form.scale} {form.e_passes:.3g}" in reason


def test_all_that_is_possible() -> None:
    """What there is to choose from where the squeeze was moved and a sum follows."""
    found = {(form.scale, form.into) for form in forms(STANDARD)}
    assert found == {
        (ADDCMUL, Into.SUM),
        (WEIGHTS, Into.BEFORE),
        (PRODUCT, Into.SUM),
        (IN_PLACE, Into.NONE),
    }
    several = {form.scale for form in forms(replace(STANDARD, batch=2))}
    assert several == {ADDCMUL, PRODUCT, IN_PLACE}


@pytest.mark.parametrize("how", [How.ADDCMUL, How.WEIGHTS, How.PRODUCT])
def test_asked_for(how: How) -> None:
    """What is asked for is taken where it is possible; else the best, and the reason says so."""
    form, reason = chosen(STANDARD, how)
    assert form.scale.value == how.value
    assert reason.startswith("asked for; E-passes: addcmul 0, ")
    form, reason = chosen(ALONE, how)
    assert form.scale is IN_PLACE
    assert reason.startswith(f"{how} is not possible here; ")


def test_squeeze() -> None:
    """A quarter of the map is read; a matrix of its own is read beside it."""
    assert squeeze_passes(LAST, 1, absorbed=True) == 0.25
    assert squeeze_passes(LAST, 1, absorbed=False) == 0.25 + 64 / 56**2
    small = replace(LAST, pixels=49)
    assert squeeze_passes(small, 1, absorbed=False) > 1 > squeeze_passes(small, 8, absorbed=False)


def test_fused() -> None:
    """A block is fused if anything was done to it."""
    kept = FusedBlock(
        path="se",
        kind="se",
        channels=64,
        height=7,
        width=7,
        squeeze=SqueezeForm.KEPT,
        squeeze_reason="",
        scale=KEPT,
        into="",
        scale_reason="",
        e_passes_before=3,
        e_passes_after=3,
        macs_before=512,
        macs_after=512,
    )
    assert not kept.fused
    assert replace(kept, squeeze=SqueezeForm.MOVED).fused
    assert replace(kept, scale=IN_PLACE).fused


def test_imports_no_torch() -> None:
    """Records and rule are read where torch is not installed."""
    code = "import sys, se_cost.measure.fuse.choice; print('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "False\n"
