"""What one process of a timing returns, and the samples of all of them."""

from collections.abc import Mapping

from se_cost.measure.timing.all_reduce import AllReduce
from se_cost.measure.timing.environment import Environment
from se_cost.measure.timing.quads import Quad
from se_cost.record import Record, field


class Throttling(Record):
    """The state of a GPU, read within all timings; null is what it does not tell."""

    readings: int
    slowed: int  # readings with a cause for which a quad is dropped
    power_capped: int  # readings at the power limit, for which none is dropped
    clock_low: int | None  # MHz
    clock_high: int | None
    celsius_high: int | None
    told: bool = True  # whether it told to the end why its clock was not higher


class Process(Record, kw_only=True):
    """How one process went, and how busy the system was meanwhile.

    `others` and `stolen` are shares, 0 to 1, of the time of all cores that the process may use;
    None where the system does not report them.
    """

    iterations: int  # per timing
    warm: bool  # whether the timings had become steady before the first quad
    complete: bool  # False if the time ran out first
    interrupted: bool = False  # True if Ctrl-C ended it
    dropped: int  # quads during which the GPU was slowed down
    preempted: int  # times that the system took the CPU from this process
    others: float | None  # used by other processes
    stolen: float | None  # given by the hypervisor to other machines
    load: float | None  # average number of runnable tasks in the last minute
    throttling: Throttling | None  # None without a GPU, or without NVML
    retried: int = 0  # times that memory of an accelerator was found only by flushing its cache
    sharing: int | None = None  # other processes that computed on the GPU; None if not told
    compiling: float = 0.0  # seconds until torch.compile was done, which no limit counts


class ProcessResult(Record):
    """What one process returns."""

    process: Process
    quads: tuple[Quad, ...]
    environment: Environment
    exchanges: Mapping[str, AllReduce] = field(default_factory=dict)  # by arm; none in one process
    laps: Mapping[str, tuple[Quad, ...]] = field(default_factory=dict)  # by stage, if asked for


class Samples(Record):
    """Every timing that was taken, and how the processes went."""

    iterations: int  # per timing, of the first process
    warm: bool  # whether all were
    complete: bool  # whether all were
    interrupted: bool
    preempted: int  # in all processes
    processes: tuple[Process, ...]
    quads: tuple[Quad, ...]
