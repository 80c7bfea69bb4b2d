"""What a timed comparison leaves behind: raw samples first, everything else is derived."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from se_cost.measure.exchange import Exchange, joint
from se_cost.measure.peaks import Peak
from se_cost.measure.quads import percent, verdict
from se_cost.measure.run import Run, Stop
from se_cost.measure.settings import Settings
from se_cost.measure.stats import Estimate
from se_cost.nets.recipe import Recipe

BASELINE = "baseline"
NETWORK = "network"
TRIMMED = "without_final_stage"


@dataclass(frozen=True, slots=True)
class Change:
    """An overhead in per cent of the plain network, with its 95 % interval, and what it means."""

    percent: Estimate
    verdict: str


@dataclass(frozen=True, slots=True)
class Timing:
    """The samples of one run, and all that they depend on."""

    recipe: Recipe
    settings: Settings  # as measured: the batch may be smaller than the one that was asked for
    networks: Mapping[str, Recipe]  # by arm, the one that all others are paired with first
    run: Run
    asked: int | None = None  # the batch that did not fit into memory
    peaks: Mapping[str, Peak] = field(default_factory=dict)  # of memory, by arm
    unweighed: str = ""  # why there are no peaks, where there should be
    joules: Mapping[str, float] = field(default_factory=dict)  # per image, by arm

    @property
    def arms(self) -> list[str]:
        """Return the arms that were timed, the plain network first."""
        return [BASELINE, *(arm for arm in self.networks if arm in self.run.others)]

    @property
    def environment(self) -> dict[str, str | int]:
        """Return what the first process found itself in; all of them are alike in this."""
        return self.run.processes[0].environment

    @property
    def exchanges(self) -> dict[str, Exchange]:
        """Return what the exchange of gradients costs, by arm; empty without one."""
        found = [process.exchanges for process in self.run.processes if process.exchanges]
        return {arm: joint(of[arm] for of in found) for arm in self.arms if found}

    @property
    def interrupted(self) -> bool:
        """Return whether Ctrl-C ended it."""
        within = any(process.samples.interrupted for process in self.run.processes)
        return within or self.run.stop is Stop.INTERRUPTED

    @property
    def itself(self) -> bool:
        """Return whether a network was timed against itself."""
        return self.networks[BASELINE] == self.networks[NETWORK]

    def median_ms(self, arm: str) -> float:
        """Return the median time of one iteration in milliseconds."""
        quads = [quad for quad in self.run.quads if arm in (quad.arm, BASELINE)]
        return 1000 * median(seconds for quad in quads for seconds in quad.of(arm))

    def images_per_second(self, arm: str) -> float:
        """Return the throughput at the median time."""
        return 1000 * self.settings.batch / self.median_ms(arm)

    def overhead(self, arm: str) -> Change:
        """Return how much slower an arm is than the plain network."""
        change = percent(self.run.effect(arm))
        return Change(change, verdict(change))

    @property
    def null(self) -> Estimate:
        """Return the contrast that must hold zero, in per cent: the noise of this run."""
        return percent(self.run.null)

    @property
    def drift(self) -> Estimate:
        """Return the change of speed within a quad, in per cent."""
        return percent(self.run.drift)
