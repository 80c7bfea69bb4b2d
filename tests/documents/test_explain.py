"""The document of an explanation, made of a timing and a machine whose truth is known."""

import pytest
from measure.made_up import ENVIRONMENT, explanation
from msgspec import UNSET, UnsetType

from se_cost.documents.explain import (
    ALONE,
    BOUND,
    CACHES,
    L2,
    LEFT_OVER,
    PASSES,
    QUEUES,
    STRIDED,
    explained,
)
from se_cost.documents.time import timed
from se_cost.ledger.traffic import Traffic
from se_cost.measure.explain.prediction import Explanation, only_stage
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.arms import NETWORK
from se_cost.measure.timing.settings import MemoryFormat, Mode, Settings
from se_cost.nets.zoo.model import model
from se_cost.paper.references import REFERENCES
from se_cost.record import replace

SE50 = model("se_resnet50")
MACHINE = Machine(bandwidth=2e10, launch=1e-6)
E = 4 * 5_519_360  # bytes of all gated maps


def on_gpu(found: Explanation, l2: int | UnsetType = UNSET) -> Explanation:
    """Return an explanation that was made on a GPU."""
    results = [
        replace(one, environment=replace(ENVIRONMENT, device="cuda", l2=l2))
        for one in found.timing.run.processes
    ]
    run = replace(found.timing.run, processes=tuple(results))
    return replace(found, timing=replace(found.timing, run=run))


def test_stages_add_up_to_all() -> None:
    """Bytes, operators and multiply-accumulates; and those of the operators add up too."""
    document = explained(explanation(SE50))
    whole = document.total
    for name in ("blocks", "macs", "gated_bytes", "moved_bytes", "operators"):
        assert sum(getattr(stage, name) for stage in document.stages) == getattr(whole, name)
    for parts in ([stage.traffic for stage in document.stages], document.operators):
        for name in Traffic.__struct_fields__:
            assert sum(getattr(part, name) for part in parts) == getattr(whole.traffic, name)
    assert (whole.gated_bytes, whole.macs) == (E, 2_514_944)
    assert document.macs_percent == pytest.approx(100 * 2_514_944 / 3_857_973_248)


def test_predicted_and_measured() -> None:
    """Predicted from a made-up machine, measured from a made-up timing, in seconds."""
    document = explained(explanation(SE50, machine=MACHINE))
    whole = document.total
    assert whole.moved_bytes == 76_733_888
    assert whole.predicted.memory == pytest.approx(76_733_888 / 2e10)
    assert whole.predicted.launches == pytest.approx(96e-6)
    assert whole.predicted.seconds == pytest.approx(76_733_888 / 2e10 + 96e-6)
    assert whole.measured_seconds is not None
    assert whole.measured_seconds.value == pytest.approx(1e-3, rel=1e-3)
    assert whole.e_passes is not None
    assert whole.e_passes.value == pytest.approx(1e-3 * 2e10 / E, rel=1e-3)
    assert document.machine == MACHINE
    assert document.baseline.median_ms == pytest.approx(10)


def test_what_was_not_timed_is_null() -> None:
    """After Ctrl-C a stage may have no measurement."""
    document = explained(explanation(SE50, truth={NETWORK: 1.1, only_stage(2): 1.04}))
    first, *_, last = document.stages
    assert (last.measured_seconds, last.e_passes) == (None, None)
    assert first.measured_seconds is not None
    assert first.measured_seconds.value == pytest.approx(4e-4, rel=1e-2)


def test_assumptions_are_those_of_the_device() -> None:
    """Caches on a CPU, a queue on a GPU, strides where a layout changes in training."""
    found = explanation(SE50)
    assert explained(found).assumptions == (BOUND, ALONE, LEFT_OVER, PASSES, CACHES)
    assert explained(on_gpu(found)).assumptions[4:] == (L2, QUEUES)
    smallest = 4 * 2048 * 7 * 7  # bytes of a map of stage 5
    assert explained(on_gpu(found, smallest)).assumptions[4:] == (L2, QUEUES)
    assert explained(on_gpu(found, smallest - 1)).assumptions[4:] == (QUEUES,)
    assert explained(replace(found, alone=())).assumptions == (BOUND, PASSES, CACHES)
    nhwc = Settings(layout=MemoryFormat.NHWC)
    assert STRIDED not in explained(explanation(SE50, nhwc)).assumptions
    training = replace(nhwc, mode=Mode.TRAIN)
    assert explained(explanation(SE50, training)).assumptions[5:] == (STRIDED,)


def test_the_timing_is_in_it() -> None:
    """With its samples, its doubts and its overhead."""
    found = explanation(SE50, quads=2)
    document = explained(found)
    assert document.time == timed(found.timing)
    assert (document.doubts, document.overhead) == (document.time.doubts, document.time.overhead)
    assert len(document.time.samples.quads) == 2
    assert {stage: len(quads) for stage, quads in document.laps.items()} == dict.fromkeys(
        ("stage2", "stage3", "stage4", "stage5"), 2
    )


def test_references_are_quoted_with_their_source() -> None:
    """The paper's are quotients of its times; every one is an overhead with a source."""
    assert explained(explanation(SE50)).references == REFERENCES
    paper = [one.percent for one in REFERENCES if "Hu et al." in one.source]
    assert paper == pytest.approx([100 * (209 / 190 - 1), 100 * (167 / 164 - 1)], abs=0.05)
    assert all(one.percent > 0 and one.source for one in REFERENCES)


def test_every_operator_is_in_it_with_its_samples() -> None:
    """The terms of the prediction add up to it; bounds and factors follow from the machine."""
    found = explanation(SE50, machine=MACHINE)
    document = explained(found)
    assert [one.samples for one in document.alone] == [one.seconds for one in found.alone]
    whole = document.total.alone_seconds
    assert whole is not None
    assert sum(one.alone_seconds.value for one in document.alone) == pytest.approx(whole.value)
    first = document.alone[0]
    assert (first.stage, first.operator, first.backward) == (2, "global_avg_pool", False)
    assert (first.call, first.shapes, first.count) == ("aten::mean.dim", ((1, 256, 56, 56),), 3)
    assert first.bound_seconds == pytest.approx(3 * (4 * 256 * 56**2 / 2e10 + 1e-6))
