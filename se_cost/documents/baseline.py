"""The baseline: the accepted figures of every network. `check` and `diff` use its records too."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import to_builtins
from msgspec.structs import asdict

from se_cost.documents.base import Document, Whole
from se_cost.measure.timing.environment import Environment
from se_cost.measure.timing.settings import DType, Graphs, MemoryFormat, Mode, Runtime
from se_cost.measure.timing.verdict import Overhead, TimeVerdict
from se_cost.nets.model import Model
from se_cost.record import Record


class Unit(StrEnum):
    """What a figure is a number of."""

    COUNT = "count"
    BYTES = "bytes"
    PERCENT = "percent"


class Figure(StrEnum):
    """What can be limited and compared; a limit is spelled `max-FIGURE` or `grow-FIGURE`."""

    PARAMS = "params"
    MACS = "macs"
    ACTIVATIONS = "activation-bytes"
    ATTENTION_PARAMS = "attention-params-percent"
    ATTENTION_MACS = "attention-macs-percent"
    OVERHEAD = "overhead-percent"
    PEAK_MEMORY = "peak-memory"


class Count(Record):
    """One count of a network, of the plain one, and of the stages.

    `stages` are of the whole network, `attention` is what attention adds to them; a document that
    does not say leaves them empty. Raises ValueError if the parts do not sum to the totals.
    """

    network: Whole
    plain: Whole
    stages: dict[str, Whole]
    attention: dict[str, Whole]

    def __post_init__(self) -> None:
        """Raise ValueError for totals that nothing can be compared with, or that are no sums."""
        if not self.plain:
            raise ValueError("the plain network counts 0, so nothing can be compared with it")
        _expect_sum(self.stages, self.network, "the stages sum to {:,}, but the network has {:,}")
        added = self.network - self.plain
        _expect_sum(self.attention, added, "attention sums to {:,}, but the network has {:,} more")

    @property
    def percent(self) -> float:
        """Return what attention adds, in per cent of the plain network."""
        return 100 * (self.network - self.plain) / self.plain


class Conditions(Record, omit_defaults=True):
    """The settings that a time depends on; json leaves out those that are as usual.

    The device and its threads are part of the environment, and the seed has no influence.
    """

    mode: Mode
    batch: int
    dtype: DType
    layout: MemoryFormat
    autocast: bool = False
    compile: bool = False
    cuda_graphs: bool | Graphs = False
    fold_norms: bool = False
    optimizer: bool = False
    nproc: int = 1
    runtime: Runtime = Runtime.TORCH
    cudnn_benchmark: bool = False


class ArmTime(Record, omit_defaults=True):
    """What is kept of one network that was timed."""

    median_ms: float  # of one iteration
    peak_memory_bytes: Whole | None = None
    overhead: Overhead | None = None


class TimeEntry(Record, omit_defaults=True):
    """What is kept of a timed comparison, under the keys of the `time` document."""

    settings: Conditions
    environment: Environment
    baseline: ArmTime  # the plain network
    network: ArmTime
    overhead: Overhead
    final_stage: int | None = None  # with attention
    without_final_stage: ArmTime | None = None

    @property
    def where(self) -> dict[str, Any]:
        """Return all that must be the same for two times to be comparable, by name."""
        return {**to_builtins(asdict(self.settings)), **to_builtins(self.environment)}

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the bounds of the overhead, None if the verdict is not conclusive."""
        low, high = self.overhead.low, self.overhead.high
        if low is None or high is None or self.overhead.verdict is TimeVerdict.INCONCLUSIVE:
            return None
        return low, high


class Entry(Record, omit_defaults=True):
    """What is known of one network; what is not known is left out of the json."""

    recipe: Model
    params: Count | None = None
    macs: Count | None = None
    activation_bytes: Count | None = None
    times: tuple[TimeEntry, ...] = ()

    @property
    def counts(self) -> dict[str, Count]:
        """Return the counts that are known, by their keys."""
        known = {
            "params": self.params,
            "macs": self.macs,
            "activation_bytes": self.activation_bytes,
        }
        return {name: count for name, count in known.items() if count}


class BaselineDocument(Document, tag="baseline", kw_only=True):
    """The figures that `check` holds networks against, by the name of the network."""

    networks: dict[str, Entry]


def _expect_sum(parts: Mapping[str, int], total: int, trouble: str) -> None:
    """Raise ValueError if the parts are known and do not sum to the total."""
    if parts and sum(parts.values()) != total:
        raise ValueError(trouble.format(sum(parts.values()), total))
