"""The time that attention should take, beside the time that it took; needs no torch.

Two figures of the machine and the traffic of the ledger give a lower bound, the times of all its
operators by themselves the prediction; nothing of either is fitted to the measurement.
"""

from collections.abc import Iterable

from msgspec.structs import asdict

from se_cost.ledger.costs import Costs
from se_cost.ledger.rows import Ledger, stage_name
from se_cost.ledger.traffic import Traffic, gated, total
from se_cost.measure.explain.alone import TimedOperator, together
from se_cost.measure.fuse.record import FusedStage, FusedTraffic, Movement
from se_cost.measure.machine.figures import Machine
from se_cost.measure.models.costs import costs
from se_cost.measure.models.traffic import by_part, by_stage, plain_traffic
from se_cost.measure.timing.arms import BASELINE, FUSED, NETWORK, Networks, with_fused
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.settings import SIZES, Mode
from se_cost.measure.timing.statistics import Estimate
from se_cost.measure.timing.verdict import TimeVerdict
from se_cost.nets.model import Model, Zoo
from se_cost.record import Record, replace


class Predicted(Record):
    """The lower bound: seconds by the figures of the machine, one part after the other."""

    seconds: float  # the sum
    memory: float  # moved bytes / copy bandwidth
    launches: float  # operators x launch latency


class AttentionTime(Record):
    """The attention of a network: what it moves, the time it should take and the time it took."""

    blocks: int
    macs: int  # multiply-accumulates of one iteration
    macs_per_byte: float  # of the forward pass
    gated_bytes: int  # E: one read, or one write, of every gated map
    traffic: Traffic
    moved_bytes: int  # in the passes that were timed
    operators: int  # in the passes that were timed
    predicted: Predicted
    measured_seconds: Estimate | None  # None if it was not timed
    e_passes: Estimate | None  # measured time x copy bandwidth / E: reads or writes of E
    alone_seconds: Estimate | None = None  # the prediction: the sum of its operators by themselves
    verdict: TimeVerdict | None = None  # on the measured time

    @property
    def left_over(self) -> Estimate | None:
        """Return the measured seconds without those predicted, None without both.

        Its interval is the widest that both intervals allow.
        """
        measured, alone = self.measured_seconds, self.alone_seconds
        if measured is None or alone is None:
            return None
        ends = (measured.low, measured.high, alone.low, alone.high)
        value = measured.value - alone.value
        if None in ends:
            return Estimate(value, None, None)
        low, high, least, most = (end or 0.0 for end in ends)
        return Estimate(value, low - most, high - least)


class StageTime(AttentionTime, kw_only=True):
    """The same of the attention of one stage."""

    stage: int


class FusedTime(Record):
    """The attention of a stage, or of all, before and after it is fused.

    E-passes are those of a block, on average.
    """

    stage: int | None  # None for all
    blocks: int  # that `fuse` knows of
    e_passes_before: float | None  # None if there is no such block
    e_passes_after: float | None
    before: Movement
    after: Movement
    predicted_before: Predicted  # the lower bound
    predicted_after: Predicted
    measured_seconds: Estimate | None = None  # fused, of all stages only
    verdict: TimeVerdict | None = None  # on that


class Explanation(Record):
    """A timing of the attention, as a whole and by stage, and the machine that it ran on."""

    timing: Timing
    machine: Machine
    alone: tuple[TimedOperator, ...] = ()  # the operators, timed by themselves
    fused: FusedTraffic | None = None  # if the attention was fused, too

    @property
    def costs(self) -> Costs:
        """Return the ledgers of the network and of the plain one."""
        return costs(self.timing.model)

    @property
    def training(self) -> bool:
        """Return whether the backward pass was timed too."""
        return self.timing.settings.mode is Mode.TRAIN

    @property
    def whole(self) -> AttentionTime:
        """Return the attention of all stages together."""
        blocks = sum(cost.blocks for cost in self.costs.stages)
        traffic = total(self._traffic.values())
        timed = self.timing, NETWORK
        return self._time(blocks, self.costs.attention, traffic, timed, self.alone)

    @property
    def stages(self) -> list[StageTime]:
        """Return the attention stage by stage, in the order of the network."""
        traffic = self._traffic
        found = []
        for cost in self.costs.stages:
            timed = self._timed(cost.stage)
            alone = [one for one in self.alone if one.stage == cost.stage]
            part = self._time(cost.blocks, cost.added, traffic[cost.stage], timed, alone)
            found.append(StageTime(**asdict(part), stage=cost.stage))
        return found

    @property
    def plain_macs_per_byte(self) -> float:
        """Return the multiply-accumulates for each byte of the plain network's forward pass."""
        settings = self.timing.settings
        if self.fused:
            moved = self.fused.plain_bytes
        else:
            moved = plain_traffic(self.timing.model, settings).forward
        return settings.batch * self.costs.plain.macs / moved

    @property
    def fused_times(self) -> tuple[FusedTime, ...]:
        """Return the attention stage by stage, then all of it, before and after it is fused."""
        if self.fused is None:
            return ()
        every = [self._fused(part) for part in (*self.fused.stages, self.fused.whole)]
        measured, verdict = _measured(self.timing, FUSED)
        return *every[:-1], replace(every[-1], measured_seconds=measured, verdict=verdict)

    @property
    def operators(self) -> dict[tuple[int | None, str], Traffic]:
        """Return the traffic of the attention by stage and operator."""
        return by_part(self.timing.model, self.timing.settings)

    @property
    def _numbers(self) -> tuple[int, int]:
        """Return the images of an iteration and the bytes of a number."""
        settings = self.timing.settings
        return settings.batch, SIZES[settings.dtype]

    @property
    def _traffic(self) -> dict[int | None, Traffic]:
        return by_stage(self.timing.model, self.timing.settings)

    def _fused(self, part: FusedStage) -> FusedTime:
        before, after = part.before, part.after
        return FusedTime(
            stage=part.stage,
            blocks=part.blocks,
            e_passes_before=part.e_passes_before / part.blocks if part.blocks else None,
            e_passes_after=part.e_passes_after / part.blocks if part.blocks else None,
            before=before,
            after=after,
            predicted_before=self._bound(before.bytes, before.operators),
            predicted_after=self._bound(after.bytes, after.operators),
        )

    def _bound(self, moved: int, operators: int) -> Predicted:
        memory, launches = moved / self.machine.bandwidth, operators * self.machine.launch
        return Predicted(memory + launches, memory, launches)

    def _time(
        self,
        blocks: int,
        added: Ledger,
        traffic: Traffic,
        timed: tuple[Timing, str],
        alone: Iterable[TimedOperator],
    ) -> AttentionTime:
        (batch, size), back = self._numbers, self.training
        macs, gated_bytes = batch * added.macs, batch * size * gated(added)
        moved = traffic.forward + back * traffic.backward
        operators = traffic.operators_forward + back * traffic.operators_backward
        measured, verdict = _measured(*timed)
        return AttentionTime(
            blocks=blocks,
            macs=macs,
            macs_per_byte=macs / traffic.forward,
            gated_bytes=gated_bytes,
            traffic=traffic,
            moved_bytes=moved,
            operators=operators,
            predicted=self._bound(moved, operators),
            measured_seconds=measured,
            e_passes=measured and measured.map(lambda x: x * self.machine.bandwidth / gated_bytes),
            alone_seconds=together(alone),
            verdict=verdict,
        )

    def _timed(self, stage: int) -> tuple[Timing, str]:
        """Return the timing, and its arm, that tell what the attention of one stage adds.

        It is that of the stage within the networks, or of a network with no other attention.
        """
        if len(self.costs.stages) == 1:
            return self.timing, NETWORK
        within = replace(self.timing, run=self.timing.run.of_stage(stage_name(stage)))
        return (within, NETWORK) if within.run.quads else (self.timing, only_stage(stage))


def _measured(timing: Timing, arm: str) -> tuple[Estimate | None, TimeVerdict | None]:
    """Return the seconds by which an arm is slower than the plain network, with the verdict."""
    seconds = timing.added_seconds(arm) if arm in timing.arms else None
    return seconds, timing.overhead(arm).verdict if seconds else None


def only_stage(stage: int) -> str:
    """Return the name of the network with attention in this stage alone."""
    return f"stage_{stage}_alone"


def networks(model: Model, *, fuse: bool = False) -> Networks:
    """Return what is timed: plain and with attention; what is no sequence of stages, by stage.

    With `fuse` all of the attention fused, too.
    """
    found = {BASELINE: model.plain, NETWORK: model}
    if len(model.stages) > 1 and not isinstance(model, Zoo):
        for stage in model.stages:
            others = [other for other in model.stages if other != stage]
            found[only_stage(stage)] = model.without(others)
    return with_fused(found, model) if fuse else found
