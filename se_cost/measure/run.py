"""What a run leaves behind: its processes, why it ended, and what they say together; no torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import inf

from se_cost.measure.exchange import Exchange
from se_cost.measure.protocol import Samples
from se_cost.measure.quads import Quad
from se_cost.measure.stats import Estimate, hodges_lehmann
from se_cost.measure.surroundings import Surroundings
from se_cost.measure.throttle import Throttling

CONFIDENCE = 0.95
LOOKED_AT = 0.97  # of the interval that is looked at after every process, reported as 95 %


class Stop(StrEnum):
    """Why a run ended."""

    TARGET = "target"  # every interval is narrow enough
    TIME = "time"  # another process would not fit into it
    PROCESSES = "processes"  # as many as were allowed
    INTERRUPTED = "interrupted"  # by Ctrl-C
    FAILED = "failed"  # processes died, or could not measure any more


@dataclass(frozen=True, slots=True)
class Rule:
    """When a run stops."""

    target: float = 0.01  # half-width of every interval, of log time
    max_time: float = 600.0  # seconds
    at_least: int = 10  # processes
    at_most: int = 100


@dataclass(frozen=True, slots=True)
class Process:
    """What one process measured, and in what surroundings."""

    samples: Samples
    environment: dict[str, str | int]
    surroundings: Surroundings
    throttling: Throttling | None = None  # of a GPU, where NVML tells
    exchanges: Mapping[str, Exchange] = field(default_factory=dict)  # of gradients, by arm


@dataclass(frozen=True, slots=True)
class Run:
    """The processes of one comparison, how many were lost, and why there are no more."""

    processes: tuple[Process, ...] = ()
    rule: Rule | None = None  # None is the quick protocol: one process, an interval for it alone
    lost: int = 0
    stop: Stop | None = None  # None while it goes on
    reason: str = ""  # of the last loss or failure

    @property
    def quick(self) -> bool:
        """Return whether this is one process, and its interval holds for no other."""
        return self.rule is None

    @property
    def quads(self) -> list[Quad]:
        """Return the quads of all processes, in the order they were taken."""
        return [quad for process in self.processes for quad in process.samples.quads]

    @property
    def others(self) -> list[str]:
        """Return the arms that were timed against the plain one."""
        return list(dict.fromkeys(quad.arm for quad in self.quads))

    def effect(self, arm: str) -> Estimate:
        """Estimate log(arm / baseline)."""
        return self._estimate(lambda quad: quad.effect, arm)

    @property
    def null(self) -> Estimate:
        """Estimate what must be zero."""
        return self._estimate(lambda quad: quad.null)

    @property
    def drift(self) -> Estimate:
        """Estimate the linear change of log time over a quad."""
        return self._estimate(lambda quad: quad.drift)

    def _estimate(self, contrast: Callable[[Quad], float], arm: str | None = None) -> Estimate:
        """Estimate a contrast over processes, in the quick protocol over quads."""
        found = [
            [contrast(quad) for quad in process.samples.quads if arm in (None, quad.arm)]
            for process in self.processes
        ]
        if self.quick:
            return hodges_lehmann([value for values in found for value in values], CONFIDENCE)
        each = [hodges_lehmann(values).value for values in found if values]
        return hodges_lehmann(each, LOOKED_AT)

    def having(self, process: Process) -> "Run":
        """Return the run with one more process."""
        return replace(self, processes=(*self.processes, process))

    def losing(self, reason: str) -> "Run":
        """Return the run with one more process lost."""
        return replace(self, lost=self.lost + 1, reason=reason)

    def ended(self, stop: Stop | None, reason: str = "") -> "Run":
        """Return the run as it ended, if it did."""
        return replace(self, stop=stop, reason=reason or self.reason)


def half_width(run: Run) -> float:
    """Return half of the widest interval of log time, infinite while there is none."""
    return max((run.effect(arm).half_width for arm in run.others), default=inf)
