"""The figures that the SE paper prints, the networks they are of, and ours beside them.

`published.csv` holds them as printed in Hu et al., Squeeze-and-Excitation Networks, arXiv
1709.01507: costs, error rates and times of its tables 2 to 16 and of the text of section 4.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from se_cost.ledger.conventions import paper, total
from se_cost.ledger.costs import costs
from se_cost.ledger.rows import Ledger
from se_cost.nets.attention.place import RESIDUAL_PLACES
from se_cost.nets.attention.se import GATES, SE, Squeeze
from se_cost.nets.model import Zoo
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import SE_PREFIX, names, title
from se_cost.record import Record

DATA = "published.csv"  # beside this file
ADDED = ", SE - plain"
MINUS = "minus"
TEXT = "section 4"
UNBIASED = SE(bias=False)
ABLATIONS = {str(table) for table in range(10, 17)}  # one ResNet-50, FCs without biases
CLASSES = {"5": 100, "6": 365}  # CIFAR-100 and Places365
MEASURES: dict[str, Callable[[Ledger], int]] = {
    "FLOPs": lambda ledger: total(ledger, paper),
    "params": lambda ledger: ledger.params,
}
UNITS = {"G": 10**9, "M": 10**6}
TOP_1, TOP_5 = "top-1 error", "top-5 error"
ERRORS = {"error": TOP_1, TOP_1: TOP_1, TOP_5: TOP_5}  # CIFAR's is a top-1 error too
IMAGENET = ("2", "3")  # tables of many networks on one data set

SUFFIXES = (" 1.0", " 1x (g=3)", " + Cutout")  # of rows, which our titles do without
NAMED = {title(model(name)): name for name in names()}
VARIED: dict[str, dict[str, Any]] = {  # rows that are an SE-ResNet-50
    **{f"SE-ResNet-50 r={r}": {"r": r} for r in (2, 4, 8, 16, 32)},
    **{f"SE-ResNet-50 squeeze={s}": {"attention": SE(squeeze=s, bias=False)} for s in Squeeze},
    **{f"SE-ResNet-50 gate={fn}": {"attention": SE(gate=fn, bias=False)} for fn in GATES},
    **{f"SE-ResNet-50 place={place}": {"place": place} for place in RESIDUAL_PLACES},
    **{f"SE stage {stage}": {"stages": (stage,)} for stage in (2, 3, 4)},
    "SE all": {},
    "SE-ResNet-50 minus ResNet-50": {},
    "SE-ResNet-50 without final stage, minus ResNet-50": {"drop_stages": (5,)},
}


class Match(StrEnum):
    """How well a published figure is met."""

    EXACT = "exact"  # ours rounds to the printed digits
    CLOSE = "close"  # ours rounds to one more or one less in the last of them
    DIFFERS = "differs"
    QUOTED = "quoted"  # nothing that can be counted: an error rate, or a time


class PublishedFigure(Record):
    """One figure as it is printed; its last digit decides what is close to it."""

    table: str  # its number, or `section 4`
    row: str
    quantity: str
    published: str
    unit: str
    note: str

    @property
    def measure(self) -> str:
        """Return what is counted, `FLOPs` or `params`, also for a difference."""
        return self.quantity.removesuffix(ADDED)

    @property
    def countable(self) -> bool:
        """Return whether it is a cost, or a difference of two."""
        return self.measure in MEASURES

    @property
    def added(self) -> bool:
        """Return whether it is what SE adds, and no total."""
        return self.quantity.endswith(ADDED) or MINUS in self.row


class PublishedFinding(Record):
    """A figure with ours, in the same unit and exact; None if the figure is only quoted."""

    figure: PublishedFigure
    ours: Fraction | None
    verdict: Match

    @property
    def off(self) -> Fraction | None:
        """Return ours minus the published figure."""
        return None if self.ours is None else self.ours - Fraction(self.figure.published)


class Tradeoff(Record):
    """The error rates in per cent that a row of a table prints, as printed, and its network."""

    table: str
    row: str
    model: Zoo
    errors: Mapping[str, str]  # by TOP_1 and TOP_5
    plain: Mapping[str, str]  # those of the network without SE; empty if they are not printed


@cache
def figures() -> tuple[PublishedFigure, ...]:
    """Return every published figure, in the order of the paper."""
    text = files(__package__).joinpath(DATA).read_text(encoding="utf-8")
    return tuple(PublishedFigure(**line) for line in csv.DictReader(text.splitlines()))


def model_of(table: str, row: str) -> Zoo:
    """Return the network of a row."""
    if row in VARIED:
        return model("se_resnet50", **{"attention": UNBIASED} | VARIED[row])
    for suffix in SUFFIXES:
        row = row.removesuffix(suffix)
    name = NAMED[row]
    ablated = table in ABLATIONS and name.startswith(SE_PREFIX)
    return model(name, attention=UNBIASED if ablated else None, classes=CLASSES.get(table))


def findings() -> list[PublishedFinding]:
    """Return every published figure and, behind every total with SE, what it adds."""
    found = []
    for figure in figures():
        found.append(judged(figure))
        if figure.countable and not figure.added and (plain := _plain(figure)):
            found.append(judged(difference(figure, plain)))
    return found


def judged(figure: PublishedFigure) -> PublishedFinding:
    """Return a figure beside ours."""
    if not figure.countable:
        return PublishedFinding(figure, None, Match.QUOTED)
    number = ours(figure)
    return PublishedFinding(figure, number, judge(figure.published, number))


def ours(figure: PublishedFigure) -> Fraction:
    """Return our number for a cost, in its unit."""
    amount, plain = amounts(figure)
    return (
        Fraction(100 * amount, plain)
        if figure.unit == "%"
        else Fraction(amount, UNITS[figure.unit])
    )


def amounts(figure: PublishedFigure) -> tuple[int, int]:
    """Return what a cost counts, and the count of the whole plain network."""
    whole, of = costs(model_of(figure.table, figure.row)), MEASURES[figure.measure]
    plain = of(whole.plain)
    return of(whole.network) - (plain if figure.added else 0), plain


def judge(published: str, number: Fraction) -> Match:
    """Say whether a number rounds to the printed digits, or to their neighbours.

    A number that lies on the edge between two roundings is given the better one.
    """
    last = Fraction(10) ** int(Decimal(published).as_tuple().exponent)
    steps = abs(number - Fraction(published)) / last
    if steps <= Fraction(1, 2):
        return Match.EXACT
    return Match.CLOSE if steps <= Fraction(3, 2) else Match.DIFFERS


def difference(figure: PublishedFigure, plain: PublishedFigure) -> PublishedFigure:
    """Return what a published total is above that of the plain network."""
    published = str(Decimal(figure.published) - Decimal(plain.published))
    note = "" if plain.table == figure.table else f"less the plain network of table {plain.table}"
    quantity = f"{figure.quantity}{ADDED}"
    return PublishedFigure(figure.table, figure.row, quantity, published, figure.unit, note)


def _plain(figure: PublishedFigure) -> PublishedFigure | None:
    """Return the same figure of the network without SE, None if there is no such."""
    network = model_of(figure.table, figure.row)
    if not network.attention.stages:
        return None
    return next(
        (
            other
            for other in _comparable(figure.table)
            if other.quantity == figure.quantity
            and model_of(other.table, other.row) == network.plain
        ),
        None,
    )


def _comparable(table: str) -> Iterator[PublishedFigure]:
    """Yield the figures of a table, then those of others that are of the same trained networks."""
    yield from (figure for figure in figures() if figure.table == table)
    if table in ABLATIONS:
        yield from (figure for figure in figures() if figure.table in ABLATIONS)


def tradeoffs() -> list[Tradeoff]:
    """Return every row that prints an error rate, with those of the plain network."""
    rows: dict[tuple[str, str], list[PublishedFigure]] = {}
    for figure in figures():
        if figure.quantity in ERRORS:
            rows.setdefault((figure.table, figure.row), []).append(figure)
    return [
        Tradeoff(*place, model_of(*place), _errors(group), _errors(map(_plain, group)))
        for place, group in rows.items()
    ]


def _errors(group: Iterable[PublishedFigure | None]) -> dict[str, str]:
    return {ERRORS[figure.quantity]: figure.published for figure in group if figure}
