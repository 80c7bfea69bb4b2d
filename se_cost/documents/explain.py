"""What `explain` finds: why the time grows more than the multiply-accumulates."""

from msgspec.structs import asdict

from se_cost.documents.base import Document
from se_cost.documents.time import TimeDocument, timed
from se_cost.ledger.traffic import Traffic
from se_cost.measure.explain.prediction import AttentionTime, Explanation, StageTime
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.arms import BASELINE, NETWORK
from se_cost.measure.timing.settings import MemoryFormat
from se_cost.measure.timing.verdict import Overhead
from se_cost.nets.model import Model
from se_cost.paper.references import REFERENCES, Reference
from se_cost.record import Record

PREDICTED = (
    "predicted time = bytes moved / copy bandwidth + operators x launch latency, assuming no "
    "cache hits and no overlap; no parameter is fitted"
)
PASSES = "E = bytes of all gated feature maps; E-passes = measured extra time x copy bandwidth / E"
CACHES = (
    "feature maps that fit in the CPU cache move faster, so the measured time can be below the "
    "prediction"
)
L2 = "feature maps that fit in the L2 cache of the GPU move faster, as at small batches"
QUEUES = (
    "launch latency is hidden while the GPU is busy, so the measured time can be below the "
    "prediction"
)
STRIDED = (
    "with channels-last, the backward pass may convert layouts, so the measured time can exceed "
    "the prediction"
)


class PlainTime(Record):
    """The plain network, as far as it explains the attention."""

    median_ms: float
    macs_per_byte: float  # of the forward pass


class OperatorTraffic(Traffic, kw_only=True):
    """What the attention of one stage moves with one operator."""

    stage: int | None
    operator: str


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
        doubts=time.doubts,
    )


def _assumptions(explanation: Explanation) -> tuple[str, ...]:
    """Return what the prediction takes for granted."""
    on_cpu = explanation.timing.environment.device == "cpu"
    nhwc = explanation.timing.settings.layout is MemoryFormat.NHWC
    strided = [STRIDED] * (explanation.training and nhwc)
    return (PREDICTED, PASSES, *((CACHES,) if on_cpu else (L2, QUEUES)), *strided)
