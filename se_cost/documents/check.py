"""What `check` finds: networks within their limits, or not."""

from enum import StrEnum

from se_cost.documents.base import Document
from se_cost.documents.baseline import Conditions, Entry, Unit
from se_cost.measure.timing.verdict import Overhead
from se_cost.record import Record


class LimitVerdict(StrEnum):
    """What came out for one limit."""

    WITHIN = "within"
    OVER = "over"
    ACCEPTED = "accepted"  # grew, and was written into the baseline
    UNJUDGED = "not judged"


class LimitFinding(Record):
    """One limit of one network, and what came out."""

    network: str
    limit: str  # max-FIGURE or grow-FIGURE
    unit: Unit
    verdict: LimitVerdict
    baseline: int | float | None  # null if the baseline does not have it
    now: int | float | None  # null if it was not measured
    at_most: int | float | None  # null if nothing limits it
    settings: Conditions | None  # how it was timed; null if it is counted
    stage: str | None  # that grew most or costs most
    reason: str  # in sentences
    remedies: tuple[str, ...]
    asked: bool = True  # the budget names this limit; totals may not grow even if it does not
    overhead: Overhead | None = None  # that `now` is of; null for all but an overhead
    baseline_overhead: Overhead | None = None  # that `baseline` is of

    @property
    def sentence(self) -> str:
        """Return the network, what came out, and what to do if the limit is not kept."""
        todo = "; ".join(self.remedies)
        return f"{self.network}: {self.reason}" + (f" What to do: {todo}." if todo else "")


class CheckDocument(Document, tag="check", kw_only=True):
    """Networks within their limits, or not; `networks` are their figures now, by name."""

    verdict: LimitVerdict  # of all together
    networks: dict[str, Entry]
    findings: tuple[LimitFinding, ...]
    notes: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Return whether anything is over its limit."""
        return self.verdict is LimitVerdict.OVER

    @property
    def judged(self) -> bool:
        """Return whether any limit could be judged."""
        return self.verdict is not LimitVerdict.UNJUDGED

    @property
    def timed(self) -> bool:
        """Return whether any limit of what is measured could be judged."""
        judged = [f for f in self.findings if f.verdict is not LimitVerdict.UNJUDGED]
        return any(finding.settings is not None for finding in judged)

    def of(self, *verdicts: LimitVerdict) -> list[LimitFinding]:
        """Return the findings with one of some verdicts."""
        return [finding for finding in self.findings if finding.verdict in verdicts]
