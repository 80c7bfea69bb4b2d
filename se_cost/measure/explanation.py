"""The time that attention should take, beside the time that it took; needs no torch.

Two figures of the machine and the traffic of the ledger give the prediction; nothing in it is
fitted to the measurement.
"""

from dataclasses import dataclass, replace

from se_cost.ledger.compare import Comparison, compare
from se_cost.ledger.rows import FLOAT32, Ledger
from se_cost.ledger.stages import stage_costs
from se_cost.ledger.traffic import Traffic, by_part, by_stage, gated, total
from se_cost.measure.result import BASELINE, NETWORK, Timing
from se_cost.measure.settings import DType, Mode
from se_cost.measure.stats import Estimate
from se_cost.nets.attention import SE
from se_cost.nets.recipe import Recipe

SIZES = {DType.FLOAT32: 4, DType.BFLOAT16: 2, DType.FLOAT16: 2}  # bytes of a number
# settings that run other operators than those of the ledger, or more of them
UNPREDICTED = ("autocast", "compile", "cuda_graphs", "fold_norms", "optimizer", "nproc")


@dataclass(frozen=True, slots=True)
class Machine:
    """What the prediction takes from the machine."""

    bandwidth: float  # bytes read and written per second by a copy in memory
    launch: float  # seconds from one tiny operator to the next


@dataclass(frozen=True, slots=True)
class Part:
    """The attention of one stage, or of all: what it moves, should take and took."""

    stage: int | None  # None is all of them
    blocks: int
    macs: int
    gated_bytes: int  # E: one read, or one write, of every gated map
    traffic: Traffic
    moved: int  # bytes in the passes that were timed
    operators: int  # in the passes that were timed
    machine: Machine
    measured: Estimate | None  # seconds; None if it was not timed

    @property
    def intensity(self) -> float:
        """Return the multiply-accumulates for each byte of the forward pass."""
        return self.macs / self.traffic.forward

    @property
    def memory(self) -> float:
        """Return the seconds that moving the bytes takes."""
        return self.moved / self.machine.bandwidth

    @property
    def launches(self) -> float:
        """Return the seconds that launching the operators takes."""
        return self.operators * self.machine.launch

    @property
    def predicted(self) -> float:
        """Return the seconds of both, one after the other."""
        return self.memory + self.launches

    @property
    def passes(self) -> Estimate | None:
        """Return the measured time in E-passes: how often E would be read or written."""
        if self.measured is None:
            return None
        return self.measured.map(lambda x: x * self.machine.bandwidth / self.gated_bytes)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A timing with one more network for each stage, and the machine that it ran on."""

    timing: Timing
    machine: Machine

    @property
    def comparison(self) -> Comparison:
        """Return the ledgers of the network and of the plain one."""
        return compare(self.timing.recipe)

    @property
    def training(self) -> bool:
        """Return whether the backward pass was timed too."""
        return self.timing.settings.mode is Mode.TRAIN

    @property
    def whole(self) -> Part:
        """Return the attention of all stages together."""
        traffic = total(self._traffic.values())
        return self._part(None, self._blocks, self.comparison.attention, traffic, NETWORK)

    @property
    def stages(self) -> list[Part]:
        """Return the attention stage by stage, in the order of the network."""
        costs, traffic = stage_costs(self.comparison), self._traffic
        arms = [alone(cost.stage) for cost in costs] if len(costs) > 1 else [NETWORK]
        return [
            self._part(cost.stage, cost.blocks, cost.added, traffic[cost.stage], arm)
            for cost, arm in zip(costs, arms, strict=True)
        ]

    @property
    def plain_intensity(self) -> float:
        """Return the multiply-accumulates for each byte of the plain network's forward pass."""
        plain, (batch, size) = self.comparison.baseline, self._numbers
        values = plain.bytes // FLOAT32 - plain.params  # of all operands and results
        return batch * plain.macs / (size * (batch * values + plain.params))

    @property
    def operators(self) -> dict[tuple[int | None, str], Traffic]:
        """Return the traffic of the attention by stage and operator."""
        return by_part(self.comparison, *self._numbers)

    @property
    def _numbers(self) -> tuple[int, int]:
        """Return the images of an iteration and the bytes of a number."""
        settings = self.timing.settings
        return settings.batch, SIZES[settings.dtype]

    @property
    def _traffic(self) -> dict[int | None, Traffic]:
        return by_stage(self.comparison, *self._numbers)

    @property
    def _blocks(self) -> int:
        return sum(cost.blocks for cost in stage_costs(self.comparison))

    def _part(
        self, stage: int | None, blocks: int, added: Ledger, traffic: Traffic, arm: str
    ) -> Part:
        batch, size = self._numbers
        back = self.training
        return Part(
            stage=stage,
            blocks=blocks,
            macs=batch * added.macs,
            gated_bytes=batch * size * gated(added),
            traffic=traffic,
            moved=traffic.forward + back * traffic.backward,
            operators=traffic.operators_forward + back * traffic.operators_backward,
            machine=self.machine,
            measured=self._measured(arm),
        )

    def _measured(self, arm: str) -> Estimate | None:
        """Return the seconds by which an arm is slower than the plain network."""
        if arm not in self.timing.arms:
            return None
        per_cent = self.timing.median_ms(BASELINE) / 1000 / 100
        return self.timing.overhead(arm).percent.map(lambda x: x * per_cent)


def alone(stage: int) -> str:
    """Return the name of the network with attention in this stage alone."""
    return f"stage_{stage}_alone"


def networks(recipe: Recipe) -> dict[str, Recipe]:
    """Return what is timed: plain, with attention, and with that of each stage alone."""
    stages = recipe.attention.stages
    found = {BASELINE: recipe.baseline, NETWORK: recipe}
    if len(stages) > 1:
        found |= {alone(stage): _only(recipe, stage, se) for stage, se in stages}
    return found


def _only(recipe: Recipe, stage: int, se: SE) -> Recipe:
    return replace(recipe, attention=replace(recipe.attention, stages=((stage, se),)))
