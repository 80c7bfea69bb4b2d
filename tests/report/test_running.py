"""What an iteration is, in words."""

import pytest

from se_cost.measure.settings import DType, Layout, Mode, Settings
from se_cost.report.running import running

TRAIN = Mode.TRAIN
ONE = "inference of one image"
PASS = "forward, loss and backward pass"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(), f"{ONE}, float32, nchw"),
        (
            Settings(mode=TRAIN, batch=8, layout=Layout.NHWC),
            f"{PASS} of 8 images, float32, nhwc",
        ),
        (
            Settings(mode=TRAIN, batch=2, dtype=DType.BFLOAT16, autocast=True, optimizer=True),
            f"{PASS} of 2 images, bfloat16 by autocast, nchw, with the optimiser's step",
        ),
        (
            Settings(dtype=DType.FLOAT16, fold_norms=True, compile=True, cuda_graphs=True),
            f"{ONE}, float16, nchw, batch norms folded, compiled, replayed as a CUDA graph",
        ),
        (
            Settings(mode=TRAIN, batch=8, nproc=2),
            f"{PASS} of 8 images, float32, nchw, over 2 processes",
        ),
    ],
)
def test_every_setting_is_said(settings: Settings, words: str) -> None:
    """What differs from the default is said, and what is not asked for is not."""
    assert running(settings) == words
