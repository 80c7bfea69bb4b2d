"""What is found for a report: counts of every network, and its timings, saved or new."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from msgspec import UNSET

from se_cost.cli.failure import expect_torch
from se_cost.cli.options.protocol import page_protocol
from se_cost.cli.output.progress import announce
from se_cost.cli.timed import expect_device, in_turn, timings, usual_batch
from se_cost.documents.alternatives import alternatives
from se_cost.documents.base import Document
from se_cost.documents.files import read
from se_cost.documents.flops import flops
from se_cost.documents.params import params
from se_cost.documents.report import ReportDocument, ReportsDocument, report
from se_cost.documents.time import BatchesDocument, TimeDocument
from se_cost.documents.time import timed as document
from se_cost.errors import UsageError, ctrl_c_unmasked
from se_cost.measure.counting.counts import Built, Counted
from se_cost.measure.models.costs import costs
from se_cost.measure.models.each_kind import each_kind
from se_cost.measure.ranks.torchrun import expect_single_process
from se_cost.measure.session.several import Asked, Finished
from se_cost.measure.timing.settings import Mode, Protocol, Settings
from se_cost.nets.model import Model, Zoo
from se_cost.nets.words import options
from se_cost.record import Record, replace

Counts = tuple[Built | None, Counted | None]


class Measuring(Record):
    """What is measured for a report, and how; without `time` it is counted on paper only."""

    saved: tuple[Path, ...]  # timings that were made before, in the place of new ones
    time: bool
    fuse: bool  # time each network with its attention fused, too
    alternatives: bool  # count each network with every other kind of attention, too
    device: str
    batch: int | None
    quick: bool
    max_time: float | None  # None is the usual one


def saved_times(files: Sequence[Path], models: Sequence[Model]) -> list[TimeDocument]:
    """Return the timings of some files; raise UsageError if one is of none of the models."""
    return [time for path in files for time in _times(path, models)]


def _times(path: Path, models: Sequence[Model]) -> Iterator[TimeDocument]:
    found = list(_held(read(path, "let `se-cost time` write it again")))
    if not found:
        raise UsageError(f"{str(path)!r} holds no overhead: give what `se-cost time` wrote")
    for time in found:
        if time.recipe not in models:
            named = options(time.recipe)
            raise UsageError(f"{str(path)!r} timed a network that is not on the page: {named}")
        yield time


def _held(document: Document) -> Iterator[TimeDocument]:
    """Yield the overheads that a document holds; a self-check is none."""
    match document:
        case TimeDocument(self_check=False):
            yield document
        case BatchesDocument():
            yield from chain.from_iterable(map(_held, document.batches))
        case ReportDocument():
            yield from document.time
        case ReportsDocument():
            yield from chain.from_iterable(map(_held, document.networks))


def found(
    models: Sequence[Model], measuring: Measuring, times: Sequence[TimeDocument], quiet: bool
) -> tuple[list[ReportDocument], Finished]:
    """Return what is known of every network, and how the timings ended that were made now.

    There are none if the `times` are known.
    """
    made_here = measuring.time and not times
    protocols = {mode: page_protocol(mode, measuring.quick, measuring.max_time) for mode in Mode}
    if measuring.time:
        expect_torch()
        expect_single_process("report")
    if made_here:
        expect_device(measuring.device)  # counting all networks would come first
        if not quiet:
            announce([*protocols.values()] * len(models))
    counts, stopped = _counts(models) if measuring.time else ({}, None)
    finished = Finished((), stopped)
    if made_here and not stopped:
        finished = in_turn(_asked(models, measuring, protocols), quiet, told=True)
        times = list(map(document, finished.timings))
    whole = [_report(model, counts, times, measuring) for model in models]
    return [replace(one, made_here=made_here) for one in whole], finished


def _counts(models: Sequence[Model]) -> tuple[Mapping[Model, Counts], KeyboardInterrupt | None]:
    """Return what the built modules hold, and what other counters say of them.

    Ctrl-C keeps what is counted by then, and is returned beside it.
    """
    from se_cost.measure.counting.side_by_side import count

    found: dict[Model, Counts] = {}
    ours = [model for model in models if isinstance(model, Zoo)]
    try:
        with ctrl_c_unmasked():
            for model, counted in zip(ours, count(ours, backward=True), strict=True):
                from se_cost.measure.counting.parameters import built  # counters come before torch

                found[model] = built(model), counted
    except KeyboardInterrupt as stopped:
        return found, stopped
    return found, None


def _asked(
    models: Sequence[Model], measuring: Measuring, protocols: Mapping[Mode, Protocol]
) -> list[Asked]:
    """Return a timing of inference and one of a training step of every network."""
    batch = measuring.batch or usual_batch(measuring.device)
    each = {Settings(measuring.device, mode, batch): rule for mode, rule in protocols.items()}
    return timings(models, each, fuse=measuring.fuse)


def _report(
    model: Model,
    counts: Mapping[Model, Counts],
    times: Sequence[TimeDocument],
    measuring: Measuring,
) -> ReportDocument:
    built, counted = counts.get(model, (None, None))
    of_it = [time for time in times if time.recipe == model]
    whole = costs(model)
    others = alternatives(each_kind(model)) if measuring.alternatives else UNSET
    limit = None if measuring.saved else measuring.max_time
    return report(params(whole, built), flops(whole, counted), of_it, limit, others)
