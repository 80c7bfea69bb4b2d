"""A configuration that was planned, and what it adds to the plain network."""

from math import log

from se_cost.nets.attention.kinds import AnyKind, ratio
from se_cost.nets.model import Model
from se_cost.nets.words import options
from se_cost.planning.amounts import TICKS, Amounts, Pace
from se_cost.planning.marks import errors
from se_cost.planning.plan import Choice, Plan, worth
from se_cost.planning.sites import Own, Site, SiteOption
from se_cost.record import Record


class Published(Record):
    """The error rates that the SE paper prints of exactly this network, as printed."""

    table: str
    row: str
    errors: dict[str, str]  # in per cent
    plain: dict[str, str]  # of the network without SE


class AtSite(Record):
    """What one site holds: a stage, or one block."""

    stage: int
    path: str
    kind: str | None  # null if it holds no attention
    r: int | None
    blocks: int  # gated
    own: bool = False  # whether it is the one that the user's model has


class PlannedChoice(Record):
    """A configuration, and what it adds to the plain network."""

    marks: tuple[str, ...]
    on_frontier: bool
    fits: bool  # all budgets
    sites: tuple[AtSite, ...]
    blocks: int
    value: int | float
    log_widths: float
    params: int
    macs: int
    bytes: int
    saved_bytes: int
    activation_bytes: int
    operators: int
    params_percent: float
    macs_percent: float
    bytes_percent: float | None  # null of training
    time_ms: float | None  # null without figures of the machine
    time_percent: float | None  # null without the plain network's time
    options: str | None  # of the command line; null if none name it
    published: tuple[Published, ...]


def planned_choice(found: Plan, one: Choice) -> PlannedChoice:
    """Return a configuration with its costs, absolute and in per cent of the plain network."""
    amounts, plain, pace = one.amounts, found.plain, found.pace
    ticks = pace.ticks(amounts) if pace else None
    widths = [candidate.widths for candidate in one.taken]
    return PlannedChoice(
        marks=one.marks,
        on_frontier=one.on_frontier,
        fits=found.fits(amounts),
        sites=tuple(map(_at, one.sites, one.taken)),
        blocks=one.blocks,
        value=_value(found, one),
        log_widths=sum(map(log, widths)),
        params=amounts.params,
        macs=amounts.macs,
        bytes=amounts.bytes,
        saved_bytes=amounts.saved,
        activation_bytes=amounts.activations,
        operators=amounts.operators,
        params_percent=100 * amounts.params / plain.params,
        macs_percent=100 * amounts.macs / max(1, plain.macs),
        bytes_percent=None if plain.bytes is None else 100 * amounts.bytes / plain.bytes,
        time_ms=None if ticks is None else milliseconds(ticks),
        time_percent=100 * ticks / plain.ticks if ticks is not None and plain.ticks else None,
        options=options(one.model) if one.model else None,
        published=_published(one.model),
    )


def _value(found: Plan, one: Choice) -> int | float:
    """Return the value: gated blocks, or in the unit of the values that were given."""
    worths = worth(found.question, found.sites)
    total = sum(c.blocks * worths[s.stage] for s, c in zip(one.sites, one.taken, strict=True))
    if not found.question.values:
        return total
    units = sum(worths[s.stage] * s.candidates[0].blocks for s in found.sites)
    return total * sum(found.question.values) / max(1, units)


def _at(site: Site, candidate: SiteOption) -> AtSite:
    kind = candidate.kind
    return AtSite(
        stage=site.stage,
        path=site.path,
        kind=kind.name if kind else None,
        r=_ratio(kind) if kind else None,
        blocks=candidate.blocks,
        own=isinstance(kind, Own),
    )


def _published(model: Model | None) -> tuple[Published, ...]:
    if model is None:
        return ()
    return tuple(
        Published(row.table, row.row, dict(row.errors), dict(row.plain)) for row in errors(model)
    )


def milliseconds(ticks: int) -> float:
    """Return a time."""
    return 1000 * ticks / TICKS


def kind_words(candidate: SiteOption) -> str:
    """Return what a site takes, for instance `se r=8`, or `none`."""
    if candidate.kind is None:
        return "none"
    return in_words(candidate.kind.name, _ratio(candidate.kind), isinstance(candidate.kind, Own))


def in_words(kind: str, r: int | None, own: bool) -> str:
    """Return a kind of attention, for instance `se r=8`, or `own se r=8` of the user's model."""
    name = f"own {kind}" if own else kind
    return name if r is None else f"{name} r={r}"


def _ratio(kind: AnyKind | Own) -> int | None:
    return kind.r if isinstance(kind, Own) else ratio(kind)


def predicted_ms(amounts: Amounts, pace: Pace | None) -> float | None:
    """Return the predicted milliseconds, None if the machine is not known."""
    return milliseconds(pace.ticks(amounts)) if pace else None
