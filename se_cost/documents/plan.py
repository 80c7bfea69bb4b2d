"""What `plan` finds: the attention that fits a budget, and what else would."""

from collections.abc import Sequence

from se_cost.documents.base import Document
from se_cost.documents.choices import PlannedChoice, kind_words, milliseconds, planned_choice
from se_cost.documents.maps import MapCell, map_cell
from se_cost.documents.verification import Verification, verification
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Model
from se_cost.nets.words import options
from se_cost.planning.amounts import Amounts, amount
from se_cost.planning.budget import Limit
from se_cost.planning.maps import Cell
from se_cost.planning.marks import nearly
from se_cost.planning.naming import call, table, unnamed
from se_cost.planning.plan import Plan
from se_cost.planning.words import By, Dimension
from se_cost.record import Record

PER_BLOCK = "the number of gated blocks"
PER_STAGE = "the sum of the values given to the stages, which their blocks share"
THEN = "then the sum of the logarithms of the hidden widths (a block without any adds 0)"
TIES = (
    "ties go to fewer parameters, MACs, bytes moved, bytes saved, activation bytes and operators, "
    "in this order, then to the choice whose first differing block or stage takes what was listed "
    "first (nothing comes last)"
)
PREDICTED = (
    "predicted time = bytes moved / copy bandwidth + operators x launch latency: a lower bound "
    "rather than a forecast where caches miss and new pages are touched; --verify measures it"
)
UNBIASED = (
    "the SE paper prints the error rates of such configurations for FCs without biases: with "
    "--no-bias they stand beside the choices they are of"
)


class Allowed(Record):
    """One budget, and what the chosen configuration takes of it."""

    word: str  # its option without the dashes
    dimension: Dimension
    asked: int | float
    at_most: int | float  # that attention may add; a time in milliseconds
    chosen: int | float | None
    cheapest: int | float  # the least that any attention adds
    cheapest_site: str
    cheapest_kind: str


class PlainCost(Record):
    """The plain network."""

    params: int
    macs: int
    bytes: int | None
    saved_bytes: int
    activation_bytes: int
    time_ms: float | None


class PlanDocument(Document, tag="plan", kw_only=True):
    """The attention that fits a budget."""

    recipe: Model
    settings: Settings
    by: By
    candidates: tuple[str, ...]  # of a site, as they were listed
    places: int  # that are decided about
    objective: tuple[str, ...]
    machine: Machine | None
    machine_source: str
    baseline: PlainCost
    budgets: tuple[Allowed, ...]
    chosen: PlannedChoice | None
    unnamed: str  # why no option names the chosen configuration
    toml: str
    python: str
    axes: tuple[Dimension, ...]
    choices: tuple[PlannedChoice, ...]  # stage by stage: the frontier, and what is marked
    best: tuple[PlannedChoice, ...]  # of every set of stages, within the budgets
    map: tuple[MapCell, ...] = ()
    verification: Verification | None = None

    @property
    def recipe_options(self) -> str:
        """Return the options of the network with its usual attention."""
        return options(self.recipe)

    @property
    def failed(self) -> bool:
        """Return whether no attention fits."""
        return self.chosen is None


def plan(
    found: Plan,
    machine_source: str = "",
    cells: Sequence[Cell] = (),
    timings: Sequence[Timing] = (),
) -> PlanDocument:
    """Return the document of an answer, with a map and timings of its `best` where there are."""
    question = found.question
    chosen = found.chosen
    named = chosen.model if chosen else None
    percent = question.limits.get("attention-time-percent")
    return PlanDocument(
        recipe=question.asked,
        settings=question.settings,
        by=question.by,
        candidates=tuple(kind_words(one) for one in found.sites[0].candidates),
        places=len(found.sites),
        objective=(PER_STAGE if question.values else PER_BLOCK, THEN, TIES),
        machine=question.machine,
        machine_source=machine_source,
        baseline=_plain(found),
        budgets=tuple(_allowed(found, one) for one in found.limits),
        chosen=planned_choice(found, chosen) if chosen else None,
        unnamed=unnamed(question.asked, chosen.sites, chosen.taken) if chosen else "",
        toml=table(named, None if percent is None else float(percent)) if named else "",
        python=call(named) if named else "",
        axes=found.axes,
        choices=tuple(planned_choice(found, one) for one in found.choices),
        best=tuple(planned_choice(found, one) for one in found.best),
        map=tuple(map(map_cell, cells)),
        verification=verification(found, timings) if timings else None,
        doubts=tuple(_doubts(found)),
    )


def _doubts(found: Plan) -> list[str]:
    doubts = [PREDICTED] if found.question.machine else []
    return doubts + [UNBIASED] * any(nearly(one.model) for one in found.choices if one.model)


def _plain(found: Plan) -> PlainCost:
    plain = found.plain
    return PlainCost(
        params=plain.params,
        macs=plain.macs,
        bytes=plain.bytes,
        saved_bytes=plain.saved,
        activation_bytes=plain.activations,
        time_ms=None if plain.ticks is None else milliseconds(plain.ticks),
    )


def _allowed(found: Plan, one: Limit) -> Allowed:
    dimension, pace = one.cap.dimension, found.pace

    def cost(amounts: Amounts) -> int:
        return amount(amounts, dimension, pace)

    each = ((site, c) for site in found.sites for c in site.candidates if c.kind)
    site, cheapest = min(each, key=lambda pair: cost(pair[1].amounts))
    return Allowed(
        word=f"max-{one.cap.word}",
        dimension=dimension,
        asked=one.asked,
        at_most=_told(one.at_most, dimension),
        chosen=_told(cost(found.chosen.amounts), dimension) if found.chosen else None,
        cheapest=_told(cost(cheapest.amounts), dimension),
        cheapest_site=site.path,
        cheapest_kind=kind_words(cheapest),
    )


def _told(value: int, dimension: Dimension) -> int | float:
    return milliseconds(value) if dimension is Dimension.TIME else value
