"""What a timing on a GPU says beside its table: launches, and what else changes the times."""

from collections.abc import Callable, Iterator, Sequence

from se_cost.documents.time import TimeDocument
from se_cost.ledger.costs import costs
from se_cost.ledger.rows import Row
from se_cost.measure.timing.settings import SIZES, DType, MemoryFormat
from se_cost.measure.timing.verdict import Overhead
from se_cost.nets.model import Model, Zoo
from se_cost.record import Record
from se_cost.report.page import Cell, Column, Table
from se_cost.report.pages.words import known

CAPPED = (
    "the GPU was at its power limit: networks that take turns share one clock, so a network that "
    "draws more slows the other down too."
)
RELAID = (
    "compiled: torch.compile may lay convolutions out channels-last by itself, whatever "
    "--layout says."
)
SHUFFLED = (
    "nhwc on a GPU: torch shuffles channels into nchw, so the convolutions that follow get nchw."
)
CACHED = (
    "the weights of a network fit in the L2 cache of the GPU, where one iteration after another "
    "finds them; in an application that does other work between they may be gone."
)


class LaunchLine(Record):
    """What the launches of a network cost, in per cent of the plain network's time."""

    batch: Cell
    of: str
    cost: Overhead
    milliseconds: float


TITLE = "Launches: eager time less that of a replayed CUDA graph"
LAUNCHES = (
    Column("launches of", lambda line: line.of),
    Column("ms", lambda line: line.milliseconds, ".3f"),
    Column("% of plain", lambda line: line.cost.percent, "+.2f"),
    Column("low", lambda line: line.cost.low, "+.2f"),
    Column("high", lambda line: line.cost.high, "+.2f"),
    Column("eager is", lambda line: line.cost.verdict),
)


def launches(
    documents: Sequence[TimeDocument],
    before: tuple[Column, ...],
    named: Callable[[TimeDocument], tuple[Cell, str, str]],
) -> list[Table]:
    """Return the table of launches, if there is one; `named` gives batch, plain and network."""
    lines = [line for one in documents for line in _launches(one, *named(one))]
    return [Table.of(TITLE, (*before, *LAUNCHES), lines)] if lines else []


def _launches(
    document: TimeDocument, batch: Cell, plain: str, network: str
) -> Iterator[LaunchLine]:
    """Yield the launches of both networks, and of the attention; what has no interval is not."""
    if document.launches is None:
        return
    costs = (
        (plain, document.launches.baseline),
        (network, document.launches.network),
        ("attention, the difference", document.launches.attention),
    )
    for of, cost in costs:
        if cost is not None and cost.percent is not None:
            yield LaunchLine(batch, of, cost, cost.percent * document.baseline.median_ms / 100)


def remarks(documents: Sequence[TimeDocument]) -> list[str]:
    """Return what else a reader must know of timings on a GPU."""
    holds = {
        CAPPED: any(map(_capped, documents)),
        RELAID: any(one.settings.compile for one in documents),
        SHUFFLED: any(map(_shuffled, documents)),
        CACHED: any(map(_cached, documents)),
    }
    return [words for words, hold in holds.items() if hold]


def _capped(document: TimeDocument) -> bool:
    throttling = [process.throttling for process in document.samples.processes]
    return any(found.power_capped for found in throttling if found)


def _shuffled(document: TimeDocument) -> bool:
    nhwc = document.settings.layout is MemoryFormat.NHWC
    on_gpu = document.environment.device == "cuda"
    return nhwc and on_gpu and any(row.op == "shuffle" for row in _rows(document.recipe))


def _cached(document: TimeDocument) -> bool:
    cache, settings = known(document.environment.l2) or 0, document.settings
    dtype = DType.FLOAT32 if settings.autocast else settings.dtype
    return 0 < SIZES[dtype] * sum(row.params for row in _rows(document.recipe)) <= cache


def _rows(model: Model) -> Sequence[Row]:
    """Return the ledger of a network of ours; that of another takes torch."""
    return costs(model).network.rows if isinstance(model, Zoo) else ()
