"""Configurations that were planned: columns of a table, words, and a picture of the frontier."""

from collections.abc import Sequence

from se_cost.documents.choices import AtSite, PlannedChoice, in_words
from se_cost.documents.plan import PlanDocument
from se_cost.nets.words import title
from se_cost.planning.words import Dimension
from se_cost.report.page import Cell, Column, Picture
from se_cost.report.pages.words import MIB
from se_cost.text import joined

CHOICES = (
    Column("blocks", lambda one: one.blocks),
    Column("params", lambda one: one.params),
    Column("params %", lambda one: one.params_percent, ".2f"),
    Column("MACs %", lambda one: one.macs_percent, ".3f"),
    Column("moved MiB", lambda one: one.bytes / MIB, ",.2f"),
    Column("moved %", lambda one: one.bytes_percent, ".2f", minor=True),
    Column("saved MiB", lambda one: one.saved_bytes / MIB, ",.2f", minor=True),
    Column("operators", lambda one: one.operators, minor=True),
)
TIMES = (
    Column("time ms", lambda one: one.time_ms, ".3f"),
    Column("time %", lambda one: one.time_percent, ".2f", minor=True),
)
LATER = (
    Column("frontier", lambda one: "yes" if one.on_frontier else None),
    Column("fits", lambda one: "yes" if one.fits else "no"),
    Column("known as", lambda one: _names(one) or None),
)
ERRORS = Column("top-1 / top-5 error %", lambda one: _errors(one))


def columns(document: PlanDocument) -> list[Column]:
    """Return a column for every stage, then those of the costs."""
    stages = [
        Column(f"stage {stage}", lambda one, stage=stage: _held(one, stage))  # type: ignore[misc]
        for stage in document.recipe.stages
    ]
    published = any(one.published for one in (*document.best, *document.choices))
    times = TIMES if document.machine else ()
    return [*stages, *CHOICES, *times, *LATER, *[ERRORS] * published]


def _held(one: PlannedChoice, stage: int) -> Cell:
    return next((kind(site) for site in one.sites if site.stage == stage and site.kind), None)


def _names(one: PlannedChoice) -> str:
    return joined(one.marks, "; ")


def spelled(sites: Sequence[AtSite]) -> str:
    """Return what every stage holds, in one line."""
    return joined(f"{kind(site) or 'none'} in stage {site.stage}" for site in sites)


def kind(site: AtSite) -> str:
    """Return what a site holds, empty if that is nothing."""
    return in_words(site.kind, site.r, site.own) if site.kind else ""


def _errors(one: PlannedChoice) -> Cell:
    """Return the error rates that the paper prints, with its tables."""
    found = [f"{joined(row.errors.values(), ' / ')} (table {row.table})" for row in one.published]
    return joined(found, "; ") or None


def picture(document: PlanDocument) -> Picture:
    """Return the picture of the frontier."""
    a, b = document.axes
    name = f"What attention adds to {title(document.recipe.plain)}"

    def draw() -> str:
        from se_cost.report.figures.plan import Marker, frontier

        spots = [
            Marker(along(one, a), along(one, b), one.blocks, _names(one), one.on_frontier)
            for one in document.choices
        ]
        return frontier(name, AXES[a], AXES[b], spots)

    words = f"{name}: {AXES[a]} and {AXES[b]} of the choices that no other beats"
    return Picture("frontier", draw, words)


AXES = {
    Dimension.PARAMS: "parameters, M",
    Dimension.MACS: "MACs, M",
    Dimension.BYTES: "bytes moved, MiB",
    Dimension.SAVED: "bytes saved, MiB",
    Dimension.ACTIVATIONS: "activation bytes, MiB",
    Dimension.TIME: "predicted time, ms",
}


def along(one: PlannedChoice, axis: Dimension) -> float:
    """Return the place of a choice on an axis, in its unit."""
    match axis:
        case Dimension.PARAMS:
            return one.params / 1e6
        case Dimension.MACS:
            return one.macs / 1e6
        case Dimension.BYTES:
            return one.bytes / MIB
        case Dimension.SAVED:
            return one.saved_bytes / MIB
        case Dimension.ACTIVATIONS:
            return one.activation_bytes / MIB
        case Dimension.TIME:
            return one.time_ms or 0.0
