"""What a timing on a GPU says beside its table: launches, and what a reader may not expect."""

from collections.abc import Iterator, Sequence

from se_cost.documents.time import TimeDocument
from se_cost.ledger.costs import costs
from se_cost.measure.timing.settings import SIZES, DType, MemoryFormat
from se_cost.measure.timing.verdict import Change, Overhead
from se_cost.nets.model import Zoo
from se_cost.record import Record
from se_cost.report.page import Cell, Column
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
    "nhwc on a GPU: the shuffle of channels returns nchw, so convolutions behind it get that."
)
CACHED = (
    "the weights of a network fit in the L2 cache of the GPU, where one iteration after another "
    "finds them; in an application that does other work between they may be gone."
)


class Launched(Record):
    """What replaying an iteration as one CUDA graph changes."""

    batch: Cell
    what: str
    change: Change

    @property
    def verdict(self) -> str | None:
        """Return the verdict on attention; on the same network run in two ways there is none."""
        return self.change.verdict if isinstance(self.change, Overhead) else None


REPLAY = (
    Column("replayed beside", lambda line: line.what),
    Column("change %", lambda line: line.change.percent, "+.2f"),
    Column("low", lambda line: line.change.low, "+.2f"),
    Column("high", lambda line: line.change.high, "+.2f"),
    Column("verdict", lambda line: line.verdict),
)


def launched(document: TimeDocument, batch: Cell, plain: str, network: str) -> Iterator[Launched]:
    """Yield what replays change of both networks, and what attention costs without launches.

    What has no interval is left out.
    """
    if document.replay is None:
        return
    found = {
        f"{plain}, eager": document.replay.baseline,
        f"{network}, eager": document.replay.network,
        f"{network} beside {plain}, both replayed": document.replay.overhead,
    }
    for what, change in found.items():
        if change is not None and change.low is not None:
            yield Launched(batch, what, change)


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
    return nhwc and on_gpu and "shufflenet" in document.recipe.arch


def _cached(document: TimeDocument) -> bool:
    cache, model, settings = known(document.environment.l2), document.recipe, document.settings
    if cache is None or not isinstance(model, Zoo):
        return False
    dtype = DType.FLOAT32 if settings.autocast else settings.dtype
    return SIZES[dtype] * costs(model).network.params <= cache
