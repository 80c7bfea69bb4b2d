"""What a run says of its own noise, and of the exchange of gradients between its ranks."""

from collections.abc import Iterator

from se_cost.documents.time import Exchange, TimeDocument
from se_cost.measure.timing.verdict import Change
from se_cost.record import Record
from se_cost.report.page import Cell, Column
from se_cost.text import joined


class Noise(Record):
    """A contrast that shows the noise of a run."""

    batch: Cell
    check: str
    change: Change
    expected: str


class Waiting(Record):
    """The all-reduce of the gradients of one network."""

    batch: Cell
    name: str
    exchange: Exchange


NOISE = (
    Column("check", lambda noise: noise.check),
    Column("change %", lambda noise: noise.change.percent, "+.2f"),
    Column("low", lambda noise: noise.change.low, "+.2f"),
    Column("high", lambda noise: noise.change.high, "+.2f"),
    Column("what it should be", lambda noise: noise.expected),
)
ALL_REDUCE = (
    Column("network", lambda waiting: waiting.name),
    Column("step ms", lambda waiting: waiting.exchange.step_ms, ".2f"),
    Column("without ms", lambda waiting: waiting.exchange.without_ms, ".2f"),
    Column("exposed ms", lambda waiting: waiting.exchange.exposed_ms, "+.2f"),
    Column(
        "each rank without, ms",
        lambda waiting: joined(f"{ms:.2f}" for ms in waiting.exchange.ranks_ms),
    ),
)


def noise_of(document: TimeDocument, batch: Cell) -> Iterator[Noise]:
    """Yield the contrasts that hold no difference of networks."""
    yield Noise(batch, "null (A/A)", document.null, "0: the same network against itself")
    yield Noise(batch, "drift", document.drift, "any: how the machine's speed changed; it cancels")
