"""What `explain` finds: why the time grows more than the multiply-accumulates."""

from collections.abc import Iterator

from msgspec import UNSET
from msgspec.structs import asdict

from se_cost.documents.advice import advice
from se_cost.documents.base import Document
from se_cost.documents.time import TimeDocument, timed
from se_cost.ledger.traffic import Traffic
from se_cost.measure.explain.alone import together
from se_cost.measure.explain.prediction import (
    AttentionTime,
    Explanation,
    FusedTime,
    StageTime,
)
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.arms import BASELINE, NETWORK
from se_cost.measure.timing.quads import Quad
from se_cost.measure.timing.settings import MemoryFormat
from se_cost.measure.timing.statistics import Estimate
from se_cost.measure.timing.verdict import Overhead
from se_cost.nets.model import Model
from se_cost.paper.references import REFERENCES, Reference
from se_cost.record import Record, field

BOUND = (
    "lower bound = bytes moved / copy bandwidth + operators x launch latency, assuming no cache "
    "hits and no overlap; no parameter is fitted"
)
ALONE = (
    "prediction = the sum of what each operator takes by itself, at its own shape, type, layout "
    "and direction, its operands in the caches or evicted as the network leaves them, and of "
    "calls, what a whole block by itself takes beyond its operators; no parameter is fitted"
)
LEFT_OVER = (
    "left over = measured - predicted: Python outside whole blocks, autograd, memory that the "
    "allocator gets anew (glibc keeps it with MALLOC_TRIM_THRESHOLD_=4000000000 "
    "MALLOC_MMAP_THRESHOLD_=4000000000), threads that wake, and later layers whose data the "
    "attention evicted"
)
PASSES = "E = bytes of all gated feature maps; E-passes = measured extra time x copy bandwidth / E"
CACHES = (
    "feature maps that fit in the CPU cache move faster, so the measured time can be below the "
    "lower bound"
)
L2 = "feature maps that fit in the L2 cache of the GPU move faster, as at small batches"
QUEUES = (
    "launch latency is hidden while the GPU is busy, so the measured time can be below the "
    "lower bound"
)
STRIDED = (
    "with channels-last, the backward pass may convert layouts, which the lower bound leaves out"
)


class PlainTime(Record):
    """The plain network, as far as it explains the attention."""

    median_ms: float
    macs_per_byte: float  # of the forward pass


class OperatorTraffic(Traffic, kw_only=True):
    """What the attention of one stage moves with one operator."""

    stage: int | None
    operator: str


class OperatorTime(Record):
    """One operator that the attention of a stage runs, timed by itself.

    `calls` is no operator but what a whole block takes beyond its own.
    """

    stage: int
    operator: str
    backward: bool
    call: str  # torch's name of it, or the class of the block
    shapes: tuple[tuple[int, ...], ...]  # of its operands, the batch included
    count: int  # in one iteration; below zero it is run less often than without attention
    bound_seconds: float  # of all of them: bytes / copy bandwidth + launches
    alone_seconds: Estimate  # of all of them
    samples: tuple[float, ...]  # seconds of one, in each round


class ExplainDocument(Document, tag="explain", kw_only=True):
    """Why the time grows more than the multiply-accumulates."""

    recipe: Model
    overhead: Overhead
    macs_percent: float
    baseline: PlainTime
    machine: Machine
    total: AttentionTime
    stages: tuple[StageTime, ...]
    operators: tuple[OperatorTraffic, ...]
    assumptions: tuple[str, ...]
    references: tuple[Reference, ...]
    time: TimeDocument
    laps: dict[str, tuple[Quad, ...]] = field(default_factory=dict)  # samples of each stage
    alone: tuple[OperatorTime, ...] = ()  # the terms of the prediction
    advice: tuple[str, ...] = ()  # what to do about operators far from their bound
    fused: tuple[FusedTime, ...] = ()  # stage by stage, then all of it; none if it was not fused


def explained(explanation: Explanation) -> ExplainDocument:
    """Return the document of an explanation."""
    timing, costs = explanation.timing, explanation.costs
    time = timed(timing)
    return ExplainDocument(
        recipe=timing.model,
        overhead=timing.overhead(NETWORK),
        macs_percent=100 * costs.attention.macs / costs.plain.macs,
        baseline=PlainTime(timing.median_ms(BASELINE), explanation.plain_macs_per_byte),
        machine=explanation.machine,
        total=explanation.whole,
        stages=tuple(explanation.stages),
        operators=tuple(
            OperatorTraffic(stage=stage, operator=operator, **asdict(traffic))
            for (stage, operator), traffic in explanation.operators.items()
        ),
        assumptions=_assumptions(explanation),
        references=REFERENCES,
        time=time,
        laps=timing.run.laps,
        alone=tuple(_operators(explanation)),
        advice=advice(explanation.alone, explanation.machine),
        fused=explanation.fused_times,
        doubts=time.doubts,
    )


def _operators(explanation: Explanation) -> Iterator[OperatorTime]:
    for one in explanation.alone:
        alone = together([one])
        assert alone is not None
        yield OperatorTime(
            stage=one.stage,
            operator=one.word,
            backward=one.backward,
            call=one.call,
            shapes=one.shapes,
            count=one.count,
            bound_seconds=one.bound(explanation.machine),
            alone_seconds=alone,
            samples=one.seconds,
        )


def _assumptions(explanation: Explanation) -> tuple[str, ...]:
    """Return what the prediction takes for granted."""
    on_cpu = explanation.timing.environment.device == "cpu"
    nhwc = explanation.timing.settings.layout is MemoryFormat.NHWC
    strided = [STRIDED] * (explanation.training and nhwc)
    alone = [ALONE, LEFT_OVER] * bool(explanation.alone)
    caches = [CACHES] if on_cpu else [*[L2] * _fit_l2(explanation), QUEUES]
    return (BOUND, *alone, PASSES, *caches, *strided)


def _fit_l2(explanation: Explanation) -> bool:
    """Return whether the map of a block fits in the L2 of the GPU, or may: some do not tell it."""
    cache = explanation.timing.environment.l2
    least = min(stage.gated_bytes / stage.blocks for stage in explanation.stages)
    return cache is UNSET or least <= cache
