"""The accepted figures of every network, as `check` holds them."""

from collections.abc import Iterator

from se_cost.documents.baseline import BaselineDocument, Entry, TimeEntry, Unit
from se_cost.gate.quantities import QUANTITIES, Quantity
from se_cost.measure.timing.verdict import Overhead
from se_cost.nets.words import described
from se_cost.record import Record
from se_cost.report.page import Column, Page, Table, answer
from se_cost.report.pages.settings import running
from se_cost.report.pages.words import shown, verdict
from se_cost.text import plural


class AcceptedEntry(Record):
    """A network, and what the baseline calls it."""

    name: str
    entry: Entry


class AcceptedTime(Record):
    """A timing of a network."""

    name: str
    time: TimeEntry

    @property
    def overhead(self) -> Overhead | None:
        """Return the overhead if it has an interval."""
        return shown(self.time.overhead)


UNITS = {Unit.COUNT: "", Unit.BYTES: ", bytes", Unit.PERCENT: ", %"}
NETWORK = Column("network", lambda named: named.name)
TIMES = (
    Column("network", lambda timed: timed.name),
    Column("what was timed", lambda timed: running(timed.time.settings)),
    Column("device", lambda timed: timed.time.environment.device_name),
    Column("overhead %", lambda timed: timed.overhead and timed.overhead.percent, "+.2f"),
    Column("low", lambda timed: timed.overhead and timed.overhead.low, "+.2f"),
    Column("high", lambda timed: timed.overhead and timed.overhead.high, "+.2f"),
    Column("verdict", lambda timed: verdict(timed.time.overhead)),
)


def page(document: BaselineDocument) -> Page:
    """Return the page: the networks in words, their counts, and their times if there are any."""
    named = [AcceptedEntry(name, entry) for name, entry in document.networks.items()]
    timed = [AcceptedTime(one.name, time) for one in named for time in one.entry.times]
    tables = (
        Table.of("Accepted counts", (NETWORK, *_counts()), named),
        Table.of("Accepted times", TIMES, timed),
    )
    sentences = (
        f"A baseline of {plural(len(named), 'network')}.",
        *(f"{one.name}: {described(one.entry.recipe)}." for one in named),
    )
    return answer(sentences, [table for table in tables if table.rows], document.doubts)


def _counts() -> Iterator[Column]:
    """Yield a column for every figure that is counted."""
    for quantity in QUANTITIES.values():
        if quantity.count:
            yield _column(quantity)


def _column(quantity: Quantity) -> Column:
    spec = ".2f" if quantity.relative else ",d"
    return Column(
        quantity.title + UNITS[quantity.unit], lambda named: quantity.of(named.entry), spec
    )
