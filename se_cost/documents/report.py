"""What `report` finds: the documents of the other commands for one network, or for several."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from se_cost.documents.alternatives import AlternativesDocument
from se_cost.documents.base import Document
from se_cost.documents.flops import FlopsDocument
from se_cost.documents.params import ParamsDocument
from se_cost.documents.time import TimeDocument
from se_cost.nets.model import Model
from se_cost.nets.words import distinct


class ReportDocument(Document, tag="report", kw_only=True):
    """All that is known of one network."""

    recipe: Model
    params: ParamsDocument
    flops: FlopsDocument
    time: tuple[TimeDocument, ...]  # inference and a training step, where they were timed
    max_time: float | None = None  # limit of each timing in seconds, null if it was the usual one
    made_here: bool = False  # whether `report` made the timings
    alternatives: AlternativesDocument | UnsetType = UNSET  # its network with every kind


class ReportsDocument(Document, tag="report", kw_only=True):
    """All that is known of several networks."""

    networks: Annotated[tuple[ReportDocument, ...], Meta(min_length=1)]


def report(
    params: ParamsDocument,
    flops: FlopsDocument,
    time: Sequence[TimeDocument] = (),
    max_time: float | None = None,
    alternatives: AlternativesDocument | UnsetType = UNSET,
) -> ReportDocument:
    """Return the report on one network."""
    return ReportDocument(
        recipe=params.recipe,
        params=params,
        flops=flops,
        time=tuple(time),
        max_time=max_time,
        alternatives=alternatives,
        doubts=tuple(f"{one.settings.mode}: {doubt}" for one in time for doubt in one.doubts),
        disagreements=(*params.disagreements, *flops.disagreements),
    )


def reports(networks: Sequence[ReportDocument]) -> ReportDocument | ReportsDocument:
    """Return the report on one network, or on several."""
    if len(networks) == 1:
        return networks[0]
    named = list(zip(distinct([one.recipe for one in networks]), networks, strict=True))
    return ReportsDocument(
        networks=tuple(networks),
        doubts=tuple(f"{name}: {doubt}" for name, one in named for doubt in one.doubts),
        disagreements=tuple(
            f"{name}: {wrong}" for name, one in named for wrong in one.disagreements
        ),
    )
