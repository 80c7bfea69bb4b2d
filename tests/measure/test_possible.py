"""Settings that contradict each other."""

import re

import pytest

from se_cost.errors import BadInput
from se_cost.measure.possible import expect_possible
from se_cost.measure.settings import DType, Mode, Settings

BF16, TRAIN = DType.BFLOAT16, Mode.TRAIN


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings(autocast=True), "--autocast needs --dtype bfloat16 or float16"),
        (Settings(device="cpu", cuda_graphs=True), "--cuda-graphs needs --device cuda"),
        (Settings(mode=TRAIN, fold_norms=True), "--fold-norms needs --mode infer"),
        (Settings(optimizer=True), "--optimizer needs --mode train"),
        (Settings(batch=2, nproc=2, cuda_graphs=True), "--cuda-graphs needs --nproc 1"),
        (Settings(batch=2, nproc=2, compile=True), "--compile needs --nproc 1"),
        (Settings(batch=15, nproc=2), "batch 15 does not divide over 2 processes: take 14 or 16"),
        (Settings(batch=1, nproc=4), "batch 1 does not divide over 4 processes: take 4"),
    ],
)
def test_impossible(settings: Settings, message: str) -> None:
    """What cannot be run is refused in one line that says what it needs."""
    with pytest.raises(BadInput, match=f"^{re.escape(message)}") as raised:
        expect_possible(settings)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(autocast=True, dtype=DType.FLOAT16),
        Settings(device="auto", cuda_graphs=True),
        Settings(device="cuda:1", cuda_graphs=True, compile=True, autocast=True, dtype=BF16),
        Settings(fold_norms=True, compile=True),
        Settings(mode=TRAIN, optimizer=True, cuda_graphs=True),
        Settings(mode=TRAIN, optimizer=True, batch=16, nproc=4),
    ],
)
def test_possible(settings: Settings) -> None:
    """What can be run is let through, each flag with what it needs."""
    expect_possible(settings)
