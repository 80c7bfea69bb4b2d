"""A question and its answer: which attention fits, what else would, and what it all costs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm

from se_cost.errors import UsageError
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Model
from se_cost.planning.amounts import Amounts, Pace, amount, pace
from se_cost.planning.budget import Limit, PlainAmounts, limit, plain_amounts
from se_cost.planning.frontier import MOST_SITES, by_sites, frontier
from se_cost.planning.labels import Item as SearchItem
from se_cost.planning.labels import Items
from se_cost.planning.marks import Mark, marks
from se_cost.planning.naming import model_of
from se_cost.planning.optimum import best
from se_cost.planning.sites import Site, SiteOption, sites, summed, taken
from se_cost.planning.words import CAPS, Asked, By, Dimension
from se_cost.record import Record, replace
from se_cost.text import joined

Chosen = tuple[SiteOption, ...]


class Question(Record):
    """What is to be planned."""

    asked: Model  # the network with its usual attention in all stages that may hold some
    models: tuple[Model, ...]  # the same with every attention that a stage can be given
    settings: Settings
    by: By = By.STAGE
    limits: Mapping[str, Asked] = {}  # by the word of their cap
    values: tuple[int, ...] = ()  # of the stages; empty if each gated block is worth the same
    axes: tuple[Dimension, ...] = ()  # two, of the frontier; empty for the usual ones
    machine: Machine | None = None
    plain_seconds: Fraction | None = None


class Choice(Record):
    """One configuration, with the model that it is, if an option names it."""

    sites: tuple[Site, ...]
    taken: Chosen
    model: Model | None
    marks: tuple[str, ...] = ()
    on_frontier: bool = False

    @property
    def amounts(self) -> Amounts:
        """Return what it adds to the plain network."""
        return summed(self.taken)

    @property
    def key(self) -> Model | Chosen:
        """Return what makes it the same as another."""
        return self.model or self.taken

    @property
    def blocks(self) -> int:
        """Return how many blocks are gated."""
        return sum(candidate.blocks for candidate in self.taken)


class Plan(Record):
    """The answer; `chosen` is None if no attention fits."""

    question: Question
    plain: PlainAmounts
    limits: tuple[Limit, ...]
    axes: tuple[Dimension, ...]
    sites: tuple[Site, ...]
    chosen: Choice | None
    choices: tuple[Choice, ...]  # the frontier by stages, and what else is shown beside it
    best: tuple[Choice, ...]  # of every set of stages, within the limits

    @property
    def pace(self) -> Pace | None:
        """Return the pace of the machine, None if none is known."""
        return _pace(self.question)

    def fits(self, amounts: Amounts) -> bool:
        """Return whether something is within all limits."""
        return all(
            amount(amounts, one.cap.dimension, self.pace) <= one.at_most for one in self.limits
        )


def planned(question: Question) -> Plan:
    """Return the answer; raise UsageError for a cost that is not known, or values that are none."""
    _expect_known(question)
    _expect_values(question)
    plain = plain_amounts(question.asked, question.settings, question.plain_seconds)
    limits = tuple(limit(word, asked, plain) for word, asked in question.limits.items())
    places = sites(question.models, question.settings, question.by)
    stages = places if question.by is By.STAGE else _by_stage(question)
    axes = question.axes or (
        Dimension.PARAMS,
        Dimension.TIME if question.machine else Dimension.BYTES,
    )
    sets = _best(question, stages, limits)
    chosen = _chosen(question, places, limits)
    choices = tuple(_shown(question, stages, axes, chosen, sets))
    known = {one.key: one for one in choices}
    return Plan(
        question=question,
        plain=plain,
        limits=limits,
        axes=axes,
        sites=places,
        chosen=chosen,
        choices=choices,
        best=tuple(known[one.key] for one in sets),
    )


def _expect_known(question: Question) -> None:
    """Raise UsageError if a time is asked for and the machine is not known."""
    words = [f"--max-{word}" for word in question.limits if CAPS[word].dimension is Dimension.TIME]
    words += ["--frontier"] * (Dimension.TIME in question.axes)
    if words and question.machine is None:
        raise UsageError(
            f"{words[0]} needs two figures of the machine to predict a time: give --machine with "
            "what `se-cost explain` wrote, --bandwidth and --launch, or --device to measure them"
        )


def _expect_values(question: Question) -> None:
    """Raise UsageError unless every stage has a value, and none is below 0."""
    stages, values = question.asked.stages, question.values
    if values and (len(values) != len(stages) or min(values) < 0):
        raise UsageError(
            f"--value {joined(values, ',')} is no list of values: give {len(stages)} numbers, "
            f"none below 0, for the stages {joined(stages)}"
        )


def _by_stage(question: Question) -> tuple[Site, ...]:
    return sites(question.models, question.settings, By.STAGE)


def _pace(question: Question) -> Pace | None:
    return pace(question.machine) if question.machine else None


def items(
    question: Question, places: Sequence[Site], dimensions: Iterable[Dimension]
) -> list[Items]:
    """Return the sites as the search sees them, with the costs that matter."""
    worths, known, which = worth(question, places), _pace(question), tuple(dimensions)
    return [
        tuple(
            SearchItem(
                candidate.blocks * worths[site.stage],
                candidate.widths,
                _ties(candidate.amounts),
                tuple(amount(candidate.amounts, one, known) for one in which),
            )
            for candidate in site.candidates
        )
        for site in places
    ]


def worth(question: Question, places: Sequence[Site]) -> dict[int, int]:
    """Return what a gated block of each stage is worth, in one small unit for all.

    The value of a stage is shared by its blocks.
    """
    stages = question.asked.stages
    if not question.values:
        return dict.fromkeys(stages, 1)
    blocks = dict.fromkeys(stages, 0)
    for site in places:
        blocks[site.stage] += site.candidates[0].blocks
    unit = lcm(*blocks.values())
    values = zip(stages, question.values, strict=True)
    return {stage: value * unit // blocks[stage] for stage, value in values}


def _ties(amounts: Amounts) -> tuple[int, ...]:
    """Return the amounts in the order in which the less of them decides."""
    return (
        *(amounts.params, amounts.macs, amounts.bytes),
        *(amounts.saved, amounts.activations, amounts.operators),
    )


def _chosen(question: Question, places: tuple[Site, ...], limits: Sequence[Limit]) -> Choice | None:
    """Return the best choice, None if that is no attention at all."""
    if any(one.at_most < 0 for one in limits):
        return None
    found = items(question, places, [one.cap.dimension for one in limits])
    candidates = tuple(taken(places, best(found, [one.at_most for one in limits])))
    if not any(candidate.kind for candidate in candidates):
        return None
    return _choice(question, places, candidates, ("chosen",))


def _best(question: Question, places: tuple[Site, ...], limits: Sequence[Limit]) -> list[Choice]:
    """Return the best choice of every set of stages, if there are few enough of them."""
    if len(places) > MOST_SITES:
        return []
    found = items(question, places, [one.cap.dimension for one in limits])
    choices = by_sites(found, [one.at_most for one in limits])
    return [_choice(question, places, tuple(taken(places, choice))) for choice in choices]


def _choice(
    question: Question,
    places: tuple[Site, ...],
    candidates: Chosen,
    names: tuple[str, ...] = (),
) -> Choice:
    return Choice(places, candidates, model_of(question.asked, places, candidates), names)


def _shown(
    question: Question,
    places: tuple[Site, ...],
    axes: Iterable[Dimension],
    chosen: Choice | None,
    sets: Iterable[Choice],
) -> Iterator[Choice]:
    """Yield the frontier, then what is shown beside it; each once, with all its names."""
    names = _names(question, chosen)
    front = [tuple(taken(places, one)) for one in frontier(items(question, places, axes))]
    on_front = [_choice(question, places, candidates) for candidates in front]
    done = {one.key for one in on_front}
    for one in on_front:
        yield replace(one, marks=names.get(one.model, ()), on_frontier=True)
    for one in sets:
        if one.key not in done:
            done.add(one.key)
            yield replace(one, marks=names.get(one.model, ()))
    for model, own in names.items():
        if model is not None and model not in done:
            found = sites((model,), question.settings, By.STAGE)
            yield Choice(found, tuple(site.candidates[0] for site in found), model, own)


def _names(question: Question, chosen: Choice | None) -> dict[Model | None, tuple[str, ...]]:
    """Return the names of the configurations that have one."""
    named: list[Mark] = list(marks(question.asked))
    found: dict[Model | None, tuple[str, ...]] = {mark.model: (mark.name,) for mark in named}
    if chosen and chosen.model:
        found[chosen.model] = ("chosen", *found.get(chosen.model, ()))
    return found
