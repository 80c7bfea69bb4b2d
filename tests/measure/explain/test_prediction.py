"""Predictions by hand, from a made-up machine, and measurements from timings of known truth."""

import msgspec
import pytest

from measure.made_up import explanation
from se_cost.ledger.traffic import Traffic
from se_cost.measure.explain.prediction import networks, only_stage
from se_cost.measure.fuse.record import Movement
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.arms import BASELINE, FUSED, NETWORK
from se_cost.measure.timing.settings import DType, Mode, Settings
from se_cost.nets.imported import Imported
from se_cost.nets.zoo.model import model
from se_cost.record import replace

SE50 = model("se_resnet50")
FOLDED = Settings(fold_norms=True)
E = 4 * 5_519_360  # bytes of all gated maps of one image


def test_the_stages_of_ours_are_timed_within_the_network() -> None:
    """Plain and with attention are all that is timed."""
    assert networks(SE50) == {BASELINE: SE50.plain, NETWORK: SE50}


def test_every_stage_of_yours_is_a_network_of_its_own() -> None:
    """Plain, all of it, and each stage; with one stage that is the network itself."""
    yours = Imported(spec="net.py:Net", stages=(1, 2))
    found = networks(yours)
    assert list(found) == [BASELINE, NETWORK, only_stage(1), only_stage(2)]
    assert found[only_stage(2)] == yours.without([1])
    assert list(networks(replace(yours, stages=(2,)))) == [BASELINE, NETWORK]


def test_fused_it_is_timed_last() -> None:
    """If that is asked for."""
    assert list(networks(SE50, fuse=True)) == [*networks(SE50), FUSED]
    assert networks(SE50, fuse=True)[FUSED] == SE50


def test_fused_before_and_after() -> None:
    """A gigabyte a second, a millisecond an operator: a tenth of the bytes in 80 operators."""
    found = explanation(SE50, FOLDED, machine=Machine(1e9, 1e-3), fuse=True)
    *stages, every = found.fused_times
    assert [(part.stage, part.blocks) for part in stages] == [(2, 3), (3, 4), (4, 6), (5, 3)]
    assert (every.stage, every.blocks) == (None, 16)
    assert (every.e_passes_before, every.e_passes_after) == (3.0, 0.25)
    assert every.before == Movement(found.whole.moved_bytes, 96)
    assert every.predicted_before == found.whole.predicted
    assert every.after == Movement(sum(part.after.bytes for part in stages), 80)
    assert every.predicted_after.memory == pytest.approx(every.after.bytes / 1e9)
    assert every.predicted_after.seconds == pytest.approx(every.after.bytes / 1e9 + 0.080)
    assert every.measured_seconds is not None
    assert every.measured_seconds.value == pytest.approx(1e-4, rel=1e-2)
    assert {part.measured_seconds for part in stages} == {None}
    assert explanation(SE50).fused_times == ()


def test_a_stage_without_a_block_that_is_known_has_no_passes() -> None:
    """Attention that is no gate moves the same as before."""
    found = explanation(SE50, FOLDED, fuse=True)
    assert found.fused is not None
    stages = [replace(stage, blocks=0) for stage in found.fused.stages]
    every = replace(found, fused=replace(found.fused, stages=tuple(stages))).fused_times[-1]
    assert (every.e_passes_before, every.e_passes_after) == (None, None)


def test_norms_that_are_folded_move_nothing() -> None:
    """The plain network moves less, the attention the same."""
    usual, folded = explanation(SE50), explanation(SE50, FOLDED)
    assert folded.whole.traffic == usual.whole.traffic
    assert folded.plain_macs_per_byte > 1.2 * usual.plain_macs_per_byte
    fused = explanation(SE50, FOLDED, fuse=True)
    assert fused.fused is not None
    half = replace(fused.fused, plain_bytes=fused.fused.plain_bytes // 2)
    assert replace(fused, fused=half).plain_macs_per_byte == pytest.approx(
        2 * folded.plain_macs_per_byte
    )


def test_prediction_is_bytes_and_operators() -> None:
    """A gigabyte a second and a millisecond an operator: bytes are nanoseconds."""
    whole = explanation(SE50, machine=Machine(1e9, 1e-3)).whole
    assert whole.gated_bytes == E
    assert whole.moved_bytes == whole.traffic.forward
    assert whole.predicted.memory == pytest.approx(whole.traffic.forward / 1e9)
    assert whole.predicted.launches == pytest.approx(0.096)
    assert whole.predicted.seconds == whole.predicted.memory + whole.predicted.launches


def test_training_takes_both_passes() -> None:
    """Backward bytes and operators are added, inference does without."""
    whole = explanation(SE50, Settings(mode=Mode.TRAIN)).whole
    assert whole.moved_bytes == whole.traffic.forward + whole.traffic.backward
    assert whole.operators == 16 * (6 + 13)


@pytest.mark.parametrize("dtype", [DType.BFLOAT16, DType.FLOAT16])
def test_batch_and_type_decide_the_bytes(dtype: DType) -> None:
    """E of eight images in two bytes is four times that of one in four."""
    whole = explanation(SE50, Settings(batch=8, dtype=dtype)).whole
    assert whole.gated_bytes == 4 * E


def test_measured_is_the_overhead_of_the_plain_network_s_time() -> None:
    """With 10 ms for the plain one, 10 % are 1 ms and 2 % of one stage 0.2 ms, with intervals."""
    found = explanation(SE50, machine=Machine(1e10, 1e-6))
    whole, stage = found.whole, found.stages[1]
    measured = whole.measured_seconds
    assert measured is not None
    assert measured.value == pytest.approx(1e-3, rel=1e-3)
    assert measured.low is not None
    assert measured.low < measured.value < (measured.high or 0)
    assert stage.stage == 3
    assert stage.measured_seconds is not None
    assert stage.measured_seconds.value == pytest.approx(0.2e-3, rel=1e-3)
    assert whole.e_passes is not None
    assert whole.e_passes.value == pytest.approx(1e-3 * 1e10 / E, rel=1e-3)


def test_stages_add_up() -> None:
    """Blocks, bytes and operators of the stages are those of the whole."""
    found = explanation(SE50)
    assert [part.blocks for part in found.stages] == [3, 4, 6, 3]
    assert sum((part.traffic for part in found.stages), Traffic()) == found.whole.traffic
    assert sum(part.gated_bytes for part in found.stages) == found.whole.gated_bytes
    assert sum(part.macs for part in found.stages) == found.whole.macs == 2_514_944


def test_a_stage_that_was_not_timed_has_no_measurement() -> None:
    """Ctrl-C may come before every network had its turn; the prediction stands."""
    stages = explanation(SE50, truth={NETWORK: 1.1, only_stage(2): 1.04}).stages
    assert stages[0].measured_seconds is not None
    assert (stages[3].measured_seconds, stages[3].e_passes) == (None, None)
    assert stages[3].predicted.seconds > 0


def test_the_only_stage_is_the_network() -> None:
    """It needs no network of its own."""
    net = model("se_resnet50", stages=[5])
    found = explanation(net, truth={NETWORK: 1.1})
    (stage,) = found.stages
    assert stage.measured_seconds == found.whole.measured_seconds is not None


def test_the_plain_network_computes_more_for_a_byte() -> None:
    """Its intensity is that of the ledger for one image, and grows with the batch."""
    one, many = (explanation(SE50, Settings(batch=batch)) for batch in (1, 64))
    plain = one.costs.plain
    assert one.plain_macs_per_byte == pytest.approx(plain.macs / plain.bytes)
    assert many.plain_macs_per_byte > one.plain_macs_per_byte > 100 * one.whole.macs_per_byte


def test_macs_are_those_of_a_whole_iteration() -> None:
    """Three images take three times the FCs' 2,514,944; per byte, what both moved and did."""
    whole = explanation(model("se_resnet50"), Settings(batch=3)).whole
    assert whole.macs == 3 * 2_514_944
    assert whole.macs_per_byte == whole.macs / whole.traffic.forward


def test_a_stage_is_the_record_of_its_json() -> None:
    """The whole and its stages have the keys that users rely on, a stage its number too."""
    found = explanation(SE50)
    keys = {
        *("blocks", "macs", "macs_per_byte", "gated_bytes", "traffic", "moved_bytes"),
        *("operators", "predicted", "measured_seconds", "e_passes", "alone_seconds"),
        "verdict",
    }
    whole = msgspec.to_builtins(found.whole)
    assert set(whole) == keys
    assert set(whole["predicted"]) == {"seconds", "memory", "launches"}
    assert set(msgspec.to_builtins(found.stages[0])) == keys | {"stage"}


def test_the_prediction_is_the_sum_of_operators() -> None:
    """10 and 30 µs for each of 16 blocks, whatever was measured; stages add up to the whole."""
    found = explanation(SE50)
    alone = found.whole.alone_seconds
    assert alone is not None
    assert alone.value == pytest.approx(16 * 40e-6, rel=1e-9)
    assert alone.low is not None
    stages = [stage.alone_seconds for stage in found.stages]
    assert [stage and stage.value for stage in stages] == pytest.approx(
        [blocks * 40e-6 for blocks in (3, 4, 6, 3)]
    )
    assert sum(stage.value for stage in stages if stage) == pytest.approx(alone.value)


def test_nothing_is_fitted_to_the_measurement() -> None:
    """A network that takes twice the time has the same bound and prediction."""
    one, other = (explanation(SE50, truth={NETWORK: ratio}) for ratio in (1.1, 2.2))
    assert one.whole.measured_seconds != other.whole.measured_seconds
    assert one.whole.alone_seconds == other.whole.alone_seconds
    assert one.whole.predicted == other.whole.predicted


def test_what_is_left_over_has_the_widest_interval() -> None:
    """1 ms was measured and 0.64 predicted; the ends are those of both intervals."""
    whole = explanation(SE50).whole
    measured, alone, left = whole.measured_seconds, whole.alone_seconds, whole.left_over
    assert measured is not None
    assert alone is not None
    assert left is not None
    assert left.value == pytest.approx(0.36e-3, rel=1e-2)
    assert None not in (measured.low, measured.high, alone.low, alone.high)
    assert left.low == (measured.low or 0) - (alone.high or 0)
    assert left.high == (measured.high or 0) - (alone.low or 0)
    assert (left.low or 0) < left.value < (left.high or 0)


def test_nothing_is_left_over_of_what_is_not_known() -> None:
    """Without a measurement, a prediction, or an interval of either."""
    known = explanation(SE50).whole
    assert replace(known, measured_seconds=None).left_over is None
    assert replace(known, alone_seconds=None).left_over is None
    few = explanation(SE50, rounds=3).whole.left_over
    assert few is not None
    assert (few.low, few.high) == (None, None)
