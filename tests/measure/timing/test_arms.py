"""Which networks are compared, with which settings, and which batches fit them."""

import re
from collections.abc import Callable

import pytest

from se_cost.errors import MeasurementError, OutOfMemoryError, UsageError
from se_cost.measure.timing.arms import (
    BASELINE,
    NETWORK,
    TRIMMED,
    Networks,
    dropped,
    expect_possible,
    expect_trainable,
    fitted,
    halved,
    itself,
    ladder,
    three,
)
from se_cost.measure.timing.settings import DType, Mode, Runtime, Settings
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

BF16, TRAIN = DType.BFLOAT16, Mode.TRAIN
NET = model("se_resnet18", input=32)
TRAINING = Settings(mode=TRAIN)


def test_three_networks_come_from_one_model() -> None:
    """They differ in their attention only; with one stage there is no third."""
    found = three(NET)
    assert found == {BASELINE: NET.plain, NETWORK: NET, TRIMMED: NET.without([5])}
    assert list(found) == [BASELINE, NETWORK, TRIMMED]
    assert list(three(model("se_resnet18", stages=[4]))) == [BASELINE, NETWORK]


def test_a_ladder_drops_one_stage_after_the_other() -> None:
    """Each rung has one stage of attention less than the one before; the plain network ends it."""
    found = ladder(NET)
    assert list(found)[3:] == ["without_stages_5_4", "without_stages_5_4_3"]
    assert [dropped(NET, network) for network in found.values()] == [
        *([5, 4, 3, 2], [], [5], [5, 4], [5, 4, 3])
    ]
    assert all(
        replace(net, arch=NET.arch, attention=NET.attention) == NET for net in found.values()
    )


def test_itself_is_the_same_twice() -> None:
    """A self-check needs no attention."""
    plain = model("resnet18")
    assert itself(plain) == {BASELINE: plain, NETWORK: plain}


@pytest.mark.parametrize("choose", [three, ladder])
def test_a_plain_network_has_nothing_to_compare(choose: Callable[[Model], Networks]) -> None:
    """Without attention there is no pair."""
    with pytest.raises(MeasurementError, match="nothing to compare: resnet18 has no attention"):
        choose(model("resnet18"))


def test_one_value_per_channel_cannot_be_trained_on() -> None:
    """It is the batch of one process that counts; inference takes any."""
    with pytest.raises(UsageError, match=r"batch 1 is too small to train at 32x32: stage5\.block1"):
        expect_trainable(NET, TRAINING)
    with pytest.raises(UsageError, match=r"batch 2 is too small .*; take a batch of 4"):
        expect_trainable(NET, replace(TRAINING, batch=2, nproc=2))
    expect_trainable(NET, replace(TRAINING, batch=2))
    expect_trainable(NET, Settings())


@pytest.mark.parametrize(
    ("batch", "nproc", "half"), [(256, 1, 128), (3, 1, 1), (6, 2, 2), (12, 4, 4), (2, 1, 1)]
)
def test_half_a_batch_divides_too(batch: int, nproc: int, half: int) -> None:
    """It is at most half as large, and every process has the same part of it."""
    found = halved(Settings(batch=batch, nproc=nproc))
    assert found == Settings(batch=half, nproc=nproc)


@pytest.mark.parametrize(("batch", "nproc"), [(1, 1), (2, 2), (3, 2)])
def test_no_process_is_left_without_an_image(batch: int, nproc: int) -> None:
    """One image for each is the end of it."""
    assert halved(Settings(batch=batch, nproc=nproc)) is None


def test_a_batch_is_halved_until_it_fits() -> None:
    """What does not fit is tried again with half; one image is the end of it."""
    tried = []

    def attempt(settings: Settings) -> str:
        tried.append(settings.batch)
        if settings.batch > 3:
            raise OutOfMemoryError("out of memory")
        return "done"

    assert fitted(Settings(batch=12), attempt) == ("done", Settings(batch=3))
    assert tried == [12, 6, 3]
    with pytest.raises(OutOfMemoryError):
        fitted(Settings(batch=4, nproc=4), attempt)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings(autocast=True), "--autocast needs --dtype bfloat16 or float16"),
        (Settings(device="cpu", cuda_graphs=True), "--cuda-graphs needs --device cuda"),
        (Settings(mode=TRAIN, fold_norms=True), "--fold-norms needs --mode infer"),
        (Settings(optimizer=True), "--optimizer needs --mode train"),
        (Settings(batch=2, nproc=2, cuda_graphs=True), "--cuda-graphs needs --nproc 1"),
        (Settings(batch=2, nproc=2, compile=True), "--compile needs --nproc 1"),
        (Settings(mode=TRAIN, runtime=Runtime.ONNX), "--runtime onnx needs --mode infer"),
        (Settings(device="cuda", runtime=Runtime.ONNX), "--runtime onnx needs --device cpu"),
        (Settings(dtype=BF16, runtime=Runtime.ONNX), "--runtime onnx needs --dtype float32"),
        (Settings(compile=True, runtime=Runtime.ONNX), "--runtime onnx runs no torch: leave out"),
        (Settings(nproc=2, batch=2, runtime=Runtime.ONNX), "--runtime onnx runs no torch: leave"),
        (Settings(batch=15, nproc=2), "batch 15 does not divide over 2 processes: take 14 or 16"),
        (Settings(batch=1, nproc=4), "batch 1 does not divide over 4 processes: take 4"),
    ],
)
def test_impossible(settings: Settings, message: str) -> None:
    """What cannot be run is refused in one line that says what it needs."""
    with pytest.raises(UsageError, match=f"^{re.escape(message)}") as raised:
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
        Settings(fold_norms=True, runtime=Runtime.OPENVINO),
        Settings(mode=TRAIN, optimizer=True, cuda_graphs=True),
        Settings(mode=TRAIN, optimizer=True, batch=16, nproc=4),
    ],
)
def test_possible(settings: Settings) -> None:
    """What can be run is let through, each flag with what it needs."""
    expect_possible(settings)
