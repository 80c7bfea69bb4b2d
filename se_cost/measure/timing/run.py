"""The processes of one timing, why there are no more of them, and what they say together."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from math import inf

from se_cost.measure.timing.quads import Quad
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import StoppingRule
from se_cost.measure.timing.statistics import Estimate, hodges_lehmann
from se_cost.record import Record, replace

CONFIDENCE = 0.95
LOOKED_AT = 0.97  # of the interval that is looked at after every process, reported as 95 %


class Stop(StrEnum):
    """Why a run ended."""

    TARGET = "target"  # every interval is narrow enough
    TIME = "time"  # another process would not fit into it
    PROCESSES = "processes"  # as many as were allowed
    INTERRUPTED = "interrupted"  # by Ctrl-C
    FAILED = "failed"  # processes died, or could not measure any more


class Run(Record):
    """The processes of one timing, how many were lost, and why there are no more."""

    processes: tuple[ProcessResult, ...] = ()
    rule: StoppingRule | None = None  # None is the quick protocol, with one process
    lost: int = 0
    stop: Stop | None = None  # None while it goes on
    reason: str = ""  # of the last loss or failure

    @property
    def quick(self) -> bool:
        """Return True for one process, whose interval says nothing of other processes."""
        return self.rule is None

    @property
    def quads(self) -> list[Quad]:
        """Return the quads of all processes, in the order they were taken."""
        return [quad for result in self.processes for quad in result.quads]

    @property
    def others(self) -> list[str]:
        """Return the arms that were timed against the plain one."""
        return list(dict.fromkeys(quad.arm for quad in self.quads))

    @property
    def laps(self) -> dict[str, tuple[Quad, ...]]:
        """Return the quads of every stage that was timed, of all processes."""
        stages = dict.fromkeys(stage for result in self.processes for stage in result.laps)
        return {stage: tuple(self.of_stage(stage).quads) for stage in stages}

    def of_stage(self, stage: str) -> "Run":
        """Return the run as if one stage had been all of the network."""
        laps = (replace(one, quads=one.laps.get(stage, ()), laps={}) for one in self.processes)
        return replace(self, processes=tuple(laps))

    def effect(self, arm: str) -> Estimate:
        """Estimate log(arm / baseline)."""
        return self._estimate(lambda quad: quad.effect, arm)

    @property
    def null(self) -> Estimate:
        """Estimate the A/A contrast, which is expected to be 0."""
        return self._estimate(lambda quad: quad.null)

    @property
    def drift(self) -> Estimate:
        """Estimate the linear change of log time over a quad."""
        return self._estimate(lambda quad: quad.drift)

    def between(self, arm: str, other: str) -> Estimate | None:
        """Estimate log(arm / other); None if they were not timed together."""
        return self.together((arm, other), lambda one, two: one - two)

    def together(self, arms: Sequence[str], contrast: Callable[..., float]) -> Estimate | None:
        """Estimate a contrast of some log(arm / baseline), of quads that followed each other.

        All were paired with the plain network at nearly the same time in the same process, so
        what the pairs have in common cancels. None if the arms were not timed together.
        """
        found = [
            [contrast(*(quad.effect for quad in quads)) for quads in zip(*each, strict=False)]
            for result in self.processes
            for each in [[[quad for quad in result.quads if quad.arm == arm] for arm in arms]]
        ]
        return self._over(found) if any(found) else None

    def _estimate(self, contrast: Callable[[Quad], float], arm: str | None = None) -> Estimate:
        found = [
            [contrast(quad) for quad in result.quads if arm in (None, quad.arm)]
            for result in self.processes
        ]
        return self._over(found)

    def _over(self, found: Sequence[Sequence[float]]) -> Estimate:
        """Estimate a contrast over processes, in the quick protocol over quads."""
        if self.quick:
            return hodges_lehmann([value for values in found for value in values], CONFIDENCE)
        each = [hodges_lehmann(values).value for values in found if values]
        return hodges_lehmann(each, LOOKED_AT)

    def with_process(self, result: ProcessResult) -> "Run":
        """Return the run with one more process."""
        return replace(self, processes=(*self.processes, result))

    def with_lost(self, reason: str) -> "Run":
        """Return the run with one more process lost."""
        return replace(self, lost=self.lost + 1, reason=reason)

    def stopped(self, stop: Stop | None, reason: str = "") -> "Run":
        """Return the run as it ended, unchanged if there is no `stop`."""
        return replace(self, stop=stop, reason=reason or self.reason)


def half_width(run: Run) -> float:
    """Return half the width of the widest interval of log time, infinite if there is none.

    An arm that the later half of the processes left out for lack of time is not waited for.
    """
    later = run.processes[len(run.processes) // 2 :]
    arms = {quad.arm for result in later for quad in result.quads}
    return max((run.effect(arm).half_width for arm in arms), default=inf)
