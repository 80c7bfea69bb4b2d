"""Configurations that people know: those of the SE paper, the usual one, and that trimmed."""

from collections.abc import Iterable
from functools import cache

from se_cost.nets.attention.kinds import Attention
from se_cost.nets.attention.se import SE
from se_cost.nets.model import Model, Zoo
from se_cost.nets.zoo.registry import title
from se_cost.paper.published import Tradeoff, tradeoffs
from se_cost.record import Record, replace

ABLATED = ("10", "13", "14", "15", "16")  # tables that vary one network, trained alike
USUAL = "as usual"
TRIMMED = "without the final stage"


class Mark(Record):
    """A configuration that is shown beside the choices."""

    name: str
    model: Model


def marks(asked: Model) -> list[Mark]:
    """Return the configurations of the paper that are like a network, and that network trimmed.

    The paper's FCs have no biases; those of the network may have some.
    """
    found = {mark.model: mark for mark in _of_the_paper(asked)} if isinstance(asked, Zoo) else {}
    found.setdefault(asked, Mark(USUAL, asked))
    if len(asked.stages) > 1:
        trimmed = asked.without((asked.stages[-1],))
        found.setdefault(trimmed, Mark(TRIMMED, trimmed))
    return list(found.values())


def _of_the_paper(asked: Zoo) -> Iterable[Mark]:
    found: dict[Zoo, Mark] = {}
    for row in _rows():
        if like := _like(asked, row.model):
            name = row.row.removeprefix(title(asked)).strip() or "SE all"
            found.setdefault(like, Mark(f"paper: {name}", like))
    return found.values()


def errors(model: Model) -> list[Tradeoff]:
    """Return the rows of the paper that print the error rates of exactly this network."""
    return [row for row in _rows() if row.model == model]


def nearly(model: Model) -> bool:
    """Return whether the paper prints the error rates of this network without its biases."""
    if not isinstance(model, Zoo):
        return False
    return any(_like(model, row.model) == model and row.model != model for row in _rows())


@cache
def _rows() -> tuple[Tradeoff, ...]:
    found = tradeoffs()
    return tuple(row for row in found if row.table in ABLATED and row.model.stages)


def _like(asked: Zoo, model: Zoo) -> Zoo | None:
    """Return a network of the paper with the biases of another, None if they differ elsewhere."""
    kinds, own = model.attention.stages, asked.attention.stages
    if not own or not isinstance(own[0], SE):
        return None
    like = [replace(kind, bias=own[0].bias) for kind in kinds if isinstance(kind, SE)]
    usual = {replace(kind, r=1, stage=0) for kind in like}
    if usual != {replace(own[0], r=1, stage=0)}:
        return None
    found = replace(asked, attention=Attention(model.attention.place, tuple(like)))
    alike = asked.attention.place == model.attention.place and _alike(asked, model)
    return found if alike else None


def _alike(asked: Zoo, model: Zoo) -> bool:
    """Return whether two networks are the same apart from their attention."""
    return asked.plain == model.plain
