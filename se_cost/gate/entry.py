"""What is known of a network, from its model or from any document that holds figures of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import UNSET, UnsetType, convert

from se_cost.documents.base import Document
from se_cost.documents.baseline import (
    ArmTime,
    BaselineDocument,
    Conditions,
    Count,
    Entry,
    TimeEntry,
)
from se_cost.documents.check import CheckDocument
from se_cost.documents.flops import FlopsDocument, SeveralFlops
from se_cost.documents.params import ParamsDocument, SeveralParams
from se_cost.documents.report import ReportDocument, ReportsDocument
from se_cost.documents.time import Arm, BatchesDocument, TimeDocument
from se_cost.errors import UsageError
from se_cost.gate.budgets import expect_name
from se_cost.ledger.costs import Costs
from se_cost.ledger.rows import Ledger, stage_name
from se_cost.measure.models.costs import costs
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model
from se_cost.record import replace

T = TypeVar("T")
Entries = Mapping[str, Entry]
COUNTED: Mapping[str, Callable[[Ledger], int]] = {
    "params": lambda ledger: ledger.params,
    "macs": lambda ledger: ledger.macs,
    "activation_bytes": lambda ledger: ledger.activation_bytes,
}
COMPARED = "params, flops, time, report, check or a baseline"


def counted(model: Model) -> Entry:
    """Return what the ledger says of a model."""
    whole = costs(model)
    stages, added = _by_stage(whole.network), _by_stage(whole.attention)
    counts = {name: _count(of, stages, added) for name, of in COUNTED.items()}
    return Entry(model, counts["params"], counts["macs"], counts["activation_bytes"])


def _by_stage(ledger: Ledger) -> dict[str, Ledger]:
    return {stage_name(stage): part for stage, part in ledger.by_stage().items()}


def _count(
    of: Callable[[Ledger], int], stages: Mapping[str, Ledger], added: Mapping[str, Ledger]
) -> Count:
    whole = {stage: of(part) for stage, part in stages.items()}
    attention = {stage: of(part) for stage, part in added.items()}
    network = sum(whole.values())
    return Count(network, network - sum(attention.values()), whole, attention)


def rebuilt(entry: Entry) -> Costs | None:
    """Return the ledgers of an entry; None if this se-cost cannot build it, or counts otherwise."""
    if isinstance(entry.recipe, Imported):
        return None  # reading a document runs no code of the user's
    try:
        whole = costs(entry.recipe)
    except (LookupError, ValueError, ArithmeticError):
        return None  # made by another version, or by hand
    ours = {name: (of(whole.network), of(whole.plain)) for name, of in COUNTED.items()}
    theirs = {name: (count.network, count.plain) for name, count in entry.counts.items()}
    return whole if theirs.items() <= ours.items() else None


def with_times(entry: Entry, older: Entry | None) -> Entry:
    """Return an entry that keeps the older times of its model, where it has none like them."""
    if older is None or older.recipe != entry.recipe:
        return entry
    newer = [time.where for time in entry.times]
    kept = [time for time in older.times if time.where not in newer]
    times = sorted((*entry.times, *kept), key=lambda time: str(sorted(time.where.items())))
    return replace(entry, times=tuple(times))


def entries(document: Document) -> dict[str, Entry]:
    """Return the networks of a document by name; raise UsageError if it cannot be compared."""
    found = _entries(document)
    for name in found:
        expect_name(name)
    return found


def _entries(document: Document) -> dict[str, Entry]:
    match document:
        case BaselineDocument() | CheckDocument():
            return document.networks
        case ParamsDocument(recipe=model):
            return {model.arch: Entry(model, params=_params(document))}
        case SeveralParams():
            return _numbered(Entry(one.recipe, params=_params(one)) for one in document.networks)
        case SeveralFlops():
            return _numbered(Entry(one.recipe, macs=_macs(one)) for one in document.networks)
        case FlopsDocument(recipe=model):
            return {model.arch: Entry(model, macs=_macs(document))}
        case TimeDocument(recipe=model):
            return {model.arch: Entry(model, times=_times(model, [document]))}
        case BatchesDocument(recipe=model):
            return {model.arch: Entry(model, times=_times(model, document.batches))}
        case ReportDocument(recipe=model):
            return {model.arch: _reported(document)}
        case ReportsDocument():
            return _numbered(map(_reported, document.networks))
        case _:
            command = document.__struct_config__.tag
            raise UsageError(f"a document of {command} cannot be compared: give one of {COMPARED}")


def _params(document: ParamsDocument) -> Count:
    added = {stage_name(stage.stage): stage.params for stage in document.stages}
    return _of_attention(document.recipe, document.network.params, document.baseline.params, added)


def _macs(document: FlopsDocument) -> Count:
    added = {stage_name(stage.stage): stage.macs for stage in document.stages}
    return _of_attention(document.recipe, document.network.macs, document.baseline.macs, added)


def _of_attention(model: Model, network: int, plain: int, added: dict[str, int]) -> Count:
    """Return a count of a document that knows the stages of the attention only."""
    try:
        return Count(network, plain, {}, added)
    except ValueError as error:
        raise UsageError(f"{model.arch!r}: {error}") from None


def _reported(document: ReportDocument) -> Entry:
    """Return a network of a report, with all that its parts say of it."""
    return Entry(
        document.recipe,
        params=_params(document.params),
        macs=_macs(document.flops),
        times=_times(document.recipe, document.time),
    )


def _numbered(found: Iterable[Entry]) -> dict[str, Entry]:
    """Return entries by their network; of two with one name, the second is called NAME (2)."""
    named: dict[str, Entry] = {}
    seen: Counter[str] = Counter()
    for entry in found:
        arch = entry.recipe.arch
        seen[arch] += 1
        named[arch if seen[arch] == 1 else f"{arch} ({seen[arch]})"] = entry
    return named


def _times(model: Model, documents: Sequence[TimeDocument]) -> tuple[TimeEntry, ...]:
    """Return what was timed; raise UsageError for a self-check."""
    if any(document.self_check for document in documents):
        raise UsageError(
            f"{model.arch!r} was timed in a self-check: against itself, not the plain network"
        )
    return tuple(map(_time, documents))


def _time(document: TimeDocument) -> TimeEntry:
    trimmed = document.without_final_stage
    return TimeEntry(
        settings=convert(document.settings, Conditions, from_attributes=True),
        environment=document.environment,
        baseline=ArmTime(document.baseline.median_ms),
        network=ArmTime(document.network.median_ms, _known(document.network.peak_memory_bytes)),
        overhead=document.overhead,
        final_stage=document.final_stage,
        without_final_stage=_arm(trimmed) if trimmed else None,
    )


def _arm(arm: Arm) -> ArmTime:
    return ArmTime(arm.median_ms, _known(arm.peak_memory_bytes), _known(arm.overhead))


def _known(value: T | UnsetType) -> T | None:
    return None if value is UNSET else value
