"""What a timing leaves behind: the samples of its processes, from which all else is derived."""

from collections.abc import Mapping
from statistics import median

from se_cost.measure.timing.all_reduce import AllReduce, merged
from se_cost.measure.timing.arms import BASELINE, NETWORK, TRIMMED
from se_cost.measure.timing.environment import Environment
from se_cost.measure.timing.run import Run, Stop
from se_cost.measure.timing.samples import Samples
from se_cost.measure.timing.settings import Settings
from se_cost.measure.timing.statistics import Estimate
from se_cost.measure.timing.verdict import Change, Overhead, change, overhead, percent
from se_cost.nets.model import Model
from se_cost.record import Record, field


class PeakMemory(Record):
    """The most memory that was in use at any moment, in bytes.

    On a CPU it is that of the whole process, Python and torch included: only differences between
    networks say something about networks.
    """

    allocated: int  # by tensors on a GPU; resident in memory on a CPU
    reserved: int | None  # of the GPU by torch's allocator; None on a CPU


class Joules(Record):
    """The energy of one image on a GPU, in joules: the mean of several runs, and their extremes."""

    mean: float
    low: float
    high: float


class Timing(Record):
    """The samples of one run, and all that they depend on."""

    model: Model
    settings: Settings  # as measured: the batch may be smaller than the one that was asked for
    networks: Mapping[str, Model]  # by arm, the one that all others are paired with first
    run: Run
    asked: int | None = None  # the batch that did not fit into memory
    peaks: Mapping[str, PeakMemory] = field(default_factory=dict)  # by arm
    memory_error: str = ""  # why peaks are missing, where they were asked for
    joules: Mapping[str, Joules] = field(default_factory=dict)  # per image, by arm

    @property
    def arms(self) -> list[str]:
        """Return the arms that were timed, the plain network first."""
        others = self.run.others
        return [BASELINE, *(arm for arm in self.networks if arm in others)]

    @property
    def environment(self) -> Environment:
        """Return the environment of the first process; it is the same for all of them."""
        return self.run.processes[0].environment

    @property
    def exchanges(self) -> dict[str, AllReduce]:
        """Return what the all-reduce of gradients costs, by arm; empty in one process."""
        found = [result.exchanges for result in self.run.processes if result.exchanges]
        return {arm: merged(of[arm] for of in found) for arm in self.arms if found}

    @property
    def interrupted(self) -> bool:
        """Return whether Ctrl-C ended it."""
        within = any(result.process.interrupted for result in self.run.processes)
        return within or self.run.stop is Stop.INTERRUPTED

    @property
    def itself(self) -> bool:
        """Return whether a network was timed against itself."""
        return self.networks[BASELINE] == self.networks[NETWORK]

    @property
    def samples(self) -> Samples:
        """Return every timing that was taken, and how the processes went."""
        processes = tuple(result.process for result in self.run.processes)
        return Samples(
            iterations=processes[0].iterations,
            warm=all(process.warm for process in processes),
            complete=all(process.complete for process in processes),
            interrupted=self.interrupted,
            preempted=sum(process.preempted for process in processes),
            processes=processes,
            quads=tuple(self.run.quads),
        )

    def median_ms(self, arm: str) -> float:
        """Return the median time of one iteration in milliseconds."""
        quads = [quad for quad in self.run.quads if arm in (quad.arm, BASELINE)]
        return 1000 * median(seconds for quad in quads for seconds in quad.of(arm))

    def images_per_second(self, arm: str) -> float:
        """Return the throughput at the median time."""
        return 1000 * self.settings.batch / self.median_ms(arm)

    def overhead(self, arm: str) -> Overhead:
        """Return how much slower an arm is than the plain network."""
        return overhead(self.run.effect(arm))

    def added_seconds(self, arm: str) -> Estimate | None:
        """Return by how much an arm is slower than the plain network; None without an interval."""
        added = percent(self.run.effect(arm))
        seconds = self.median_ms(BASELINE) / 1000 / 100  # of one per cent
        return None if added.low is None else added.map(lambda x: x * seconds)

    @property
    def dropping(self) -> Overhead | None:
        """Return what leaving out the final stage changes; None if that was not timed."""
        found = self.run.between(TRIMMED, NETWORK)
        return overhead(found) if found else None

    @property
    def null(self) -> Change:
        """Return the A/A contrast, expected to be 0: the noise of this run."""
        return change(self.run.null)

    @property
    def drift(self) -> Change:
        """Return the change of speed within a quad."""
        return change(self.run.drift)
