"""What `time` finds: how much slower attention makes a network, on one machine.

Samples, settings, environment and intervals are the records that the measurement made.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict

from se_cost.documents.base import Document
from se_cost.documents.doubts import doubts
from se_cost.measure.fuse.record import HOWS, How
from se_cost.measure.timing.all_reduce import AllReduce
from se_cost.measure.timing.arms import BASELINE, IN_PLACE, NETWORK, REPLAYED, TRIMMED, dropped
from se_cost.measure.timing.environment import Environment
from se_cost.measure.timing.launches import Launches, launches
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.run import Run, Stop
from se_cost.measure.timing.samples import Samples
from se_cost.measure.timing.settings import Settings, StoppingRule
from se_cost.measure.timing.verdict import Change, Overhead
from se_cost.nets.imported import Imported, Removal
from se_cost.nets.model import Model
from se_cost.record import Record, replace


class Rule(Record):
    """When the run was to stop."""

    target_percent: float  # half-width of every interval
    max_time: float  # seconds
    at_least: int  # processes
    at_most: int  # processes


class ProtocolRecord(Record):
    """How much was measured, and why no more."""

    processes: int  # fresh processes that finished
    lost: int  # processes that died or hung
    stop: Stop | None
    reason: str
    rule: Rule | None  # null for the quick protocol: one process


class Arm(Record, kw_only=True):
    """One network that was timed."""

    median_ms: float  # of one iteration
    images_per_second: float
    peak_memory_bytes: int | UnsetType = UNSET  # of tensors on a GPU, of the process on a CPU
    peak_reserved_bytes: int | UnsetType | None = UNSET  # by torch's allocator; null on a CPU
    joules_per_image: float | UnsetType = UNSET  # of the GPU, the mean of several runs
    joules_low: float | UnsetType = UNSET  # of the run that took the least
    joules_high: float | UnsetType = UNSET  # of the run that took the most
    overhead: Overhead | UnsetType = UNSET  # the plain network has none


class Rung(Arm, kw_only=True):
    """The network with the attention of some stages only."""

    dropped: tuple[int, ...]  # stages without attention
    fused: How | UnsetType = UNSET  # how it is fused; left out if it is not
    in_place: bool = False  # plain, with its sums written in place
    replayed: bool = False  # as a CUDA graph; with all stages dropped it is the plain network


class Exchange(Record):
    """The exchange of gradients between data-parallel processes, for one network."""

    step_ms: float
    without_ms: float  # median of a step without exchange
    exposed_ms: float  # what a step waits for gradients
    ranks_ms: tuple[float, ...]  # of each rank without exchange
    straggler: int | None  # the rank that is far slower than the others
    samples: AllReduce


class TimeDocument(Document, tag="time", kw_only=True):
    """How much slower attention makes a network, on one machine."""

    recipe: Model
    quick: bool
    self_check: bool
    protocol: ProtocolRecord
    settings: Settings
    asked_batch: int  # more than was timed, if it did not fit into the memory
    baseline: Arm
    network: Arm
    overhead: Overhead
    final_stage: int | None
    without_final_stage: Arm | None
    ladder: tuple[Rung, ...]  # all others, for instance without the last two stages
    null: Change  # the A/A contrast
    drift: Change
    exchanges: dict[str, Exchange]  # of gradients, by network; data-parallel training only
    samples: Samples
    environment: Environment
    dropping_final_stage: Overhead | None = None  # without it beside with it, by pairs of both
    removal: Removal | None = None  # how a model of the user's is without its attention
    launches: Launches | None = None  # where eager and replayed iterations were timed side by side


class BatchesDocument(Document, tag="time", kw_only=True):
    """The same comparison at several batch sizes."""

    recipe: Model
    batches: Annotated[tuple[TimeDocument, ...], Meta(min_length=1)]


def timed(timing: Timing) -> TimeDocument:
    """Return the document of one timing."""
    arms = {arm: _arm(timing, arm) for arm in timing.arms}
    return TimeDocument(
        recipe=timing.model,
        quick=timing.run.quick,
        self_check=timing.itself,
        protocol=_protocol(timing.run),
        settings=timing.settings,
        asked_batch=timing.asked or timing.settings.batch,
        baseline=arms[BASELINE],
        network=arms[NETWORK],
        overhead=timing.overhead(NETWORK),
        final_stage=timing.model.final_stage,
        without_final_stage=arms.get(TRIMMED),
        ladder=tuple(
            _rung(timing, arm, of) for arm, of in arms.items() if arm not in (BASELINE, NETWORK)
        ),
        null=timing.null,
        drift=timing.drift,
        exchanges={arm: _exchange(of) for arm, of in timing.exchanges.items()},
        samples=timing.samples,
        environment=timing.environment,
        dropping_final_stage=timing.dropping,
        removal=_removal(timing.networks[BASELINE]),
        launches=launches(timing.run),
        doubts=tuple(doubts(timing)),
    )


def _removal(plain: Model) -> Removal | None:
    return plain.removal if isinstance(plain, Imported) else None


def batches(
    timings: Sequence[Timing], missing: Sequence[str] = ()
) -> TimeDocument | BatchesDocument:
    """Return the document of one timing, or of several that differ in their batch only.

    `missing` are sentences about those that were asked for and are not there.
    """
    documents = tuple(map(timed, timings))
    if len(documents) == 1:
        return replace(documents[0], doubts=(*missing, *documents[0].doubts))
    each = [
        f"batch {document.settings.batch}: {doubt}"
        for document in documents
        for doubt in document.doubts
    ]
    return BatchesDocument(recipe=documents[0].recipe, batches=documents, doubts=(*missing, *each))


def _protocol(run: Run) -> ProtocolRecord:
    return ProtocolRecord(len(run.processes), run.lost, run.stop, run.reason, _rule(run.rule))


def _rule(rule: StoppingRule | None) -> Rule | None:
    if rule is None:
        return None
    return Rule(100 * rule.target, rule.max_time, rule.at_least, rule.at_most)


def _arm(timing: Timing, arm: str) -> Arm:
    peak, energy = timing.peaks.get(arm), timing.joules.get(arm)
    return Arm(
        median_ms=timing.median_ms(arm),
        images_per_second=timing.images_per_second(arm),
        peak_memory_bytes=peak.allocated if peak else UNSET,
        peak_reserved_bytes=peak.reserved if peak else UNSET,
        joules_per_image=energy.mean if energy else UNSET,
        joules_low=energy.low if energy else UNSET,
        joules_high=energy.high if energy else UNSET,
        overhead=UNSET if arm == BASELINE else timing.overhead(arm),
    )


def _rung(timing: Timing, arm: str, of: Arm) -> Rung:
    gone = tuple(dropped(timing.model, timing.networks[arm]))
    fused = HOWS.get(arm, UNSET)
    return Rung(
        dropped=gone,
        fused=fused,
        in_place=arm == IN_PLACE,
        replayed=arm in REPLAYED,
        **asdict(of),
    )


def _exchange(timings: AllReduce) -> Exchange:
    return Exchange(
        step_ms=timings.step_ms,
        without_ms=timings.without_ms,
        exposed_ms=timings.exposed_ms,
        ranks_ms=tuple(timings.ranks_ms),
        straggler=timings.straggler,
        samples=timings,
    )
