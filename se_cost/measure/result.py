"""What a timed comparison leaves behind: raw samples first, everything else is derived."""

from dataclasses import dataclass
from statistics import median

from se_cost.measure.protocol import Samples
from se_cost.measure.quads import percent, verdict
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
    settings: Settings
    environment: dict[str, str | int]
    samples: Samples
    preempted: int  # times the system took the CPU away while timing

    @property
    def arms(self) -> list[str]:
        """Return the arms that were timed, the plain network first."""
        timed = {quad.arm for quad in self.samples.quads}
        return [BASELINE, *(arm for arm in (NETWORK, TRIMMED) if arm in timed)]

    def median_ms(self, arm: str) -> float:
        """Return the median time of one iteration in milliseconds."""
        quads = [quad for quad in self.samples.quads if arm in (quad.arm, BASELINE)]
        return 1000 * median(seconds for quad in quads for seconds in quad.of(arm))

    def images_per_second(self, arm: str) -> float:
        """Return the throughput at the median time."""
        return 1000 * self.settings.batch / self.median_ms(arm)

    def overhead(self, arm: str) -> Change:
        """Return how much slower an arm is than the plain network."""
        change = percent([quad.effect for quad in self.samples.quads if quad.arm == arm])
        return Change(change, verdict(change))

    @property
    def null(self) -> Estimate:
        """Return the contrast that must hold zero, in per cent: the noise of this run."""
        return percent([quad.null for quad in self.samples.quads])

    @property
    def drift(self) -> Estimate:
        """Return the change of speed within a quad, in per cent."""
        return percent([quad.drift for quad in self.samples.quads])
