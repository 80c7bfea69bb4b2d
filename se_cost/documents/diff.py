"""What `diff` finds: what changed from one document to another, by how much, and where."""

from enum import StrEnum

from se_cost.documents.base import Document
from se_cost.documents.baseline import Conditions, Figure, Unit
from se_cost.measure.timing.verdict import Overhead
from se_cost.nets.model import Model
from se_cost.record import Record, field


class Trend(StrEnum):
    """What a change means."""

    WORSE = "worse"
    BETTER = "better"
    SAME = "same"
    SHARE = "–"  # a share may also grow because the rest shrank
    UNJUDGED = "not judged"


class ModelPair(Record):
    """The model of a network in each of the documents."""

    old: Model
    new: Model


class QuantityChange(Record):
    """One figure of one network, before and after."""

    network: str
    figure: Figure
    unit: Unit
    old: int | float | None  # null for an overhead without an interval
    new: int | float | None
    percent: float | None  # null where the figure is itself per cent
    verdict: Trend
    settings: Conditions | None = None  # how it was timed; null if it is counted
    reason: str = ""  # why it was not judged
    old_overhead: Overhead | None = None  # that `old` is of; null for all but an overhead
    new_overhead: Overhead | None = None


class ChangedLayer(Record, omit_defaults=True):
    """What changed in one stage, by the counts that both documents have.

    It is that of the layers of one operator; of the whole stage where the layers are not known.
    """

    network: str
    stage: str
    operator: str | None
    layers: int | None
    params: int | None = None
    macs: int | None = None
    activation_bytes: int | None = None


class DiffDocument(Document, tag="diff", kw_only=True):
    """What changed from one document to another."""

    verdict: Trend  # of all networks together
    networks: dict[str, ModelPair]  # what was compared, by the name of the network
    changes: tuple[QuantityChange, ...]
    sites: tuple[ChangedLayer, ...]  # where the counts changed
    only_old: tuple[str, ...]  # networks that the new document lacks
    only_new: tuple[str, ...]  # networks that the old document lacks
    # what became of each network that changed, why, and where
    stories: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Return whether anything got worse."""
        return self.verdict is Trend.WORSE

    @property
    def judged(self) -> bool:
        """Return whether anything could be compared."""
        return self.verdict is not Trend.UNJUDGED

    def of(self, trend: Trend) -> list[QuantityChange]:
        """Return the changes that mean the same."""
        return [change for change in self.changes if change.verdict is trend]
