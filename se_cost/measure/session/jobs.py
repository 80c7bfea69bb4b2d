"""The jobs of a worker process, and its answers; needs no torch."""

from collections.abc import Mapping

from se_cost.measure.timing.result import Joules, PeakMemory
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import QuickPlan, Settings
from se_cost.nets.model import Model
from se_cost.record import Record


class TimeJob(Record):
    """Time networks against each other."""

    networks: Mapping[str, Model]
    settings: Settings
    plan: QuickPlan
    seed: int  # of the memory layout
    number: int = 0  # of the process within its run
    laps: bool = False  # whether the stages are timed, too


class MemoryJob(Record):
    """Find the peak memory of one network."""

    network: Model
    settings: Settings


class EnergyJob(Record):
    """Find the energy of networks, per image."""

    networks: Mapping[str, Model]
    settings: Settings


Job = TimeJob | MemoryJob | EnergyJob
Answer = ProcessResult | PeakMemory | dict[str, Joules]
