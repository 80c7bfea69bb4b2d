"""How much slower attention makes a network, with an interval, and how far to trust it."""

from collections.abc import Iterator, Sequence

from se_cost.documents.time import Arm, Rung, TimeDocument
from se_cost.measure.fuse.record import How
from se_cost.measure.timing.run import Stop
from se_cost.measure.timing.settings import DType
from se_cost.measure.timing.verdict import Overhead, TimeVerdict
from se_cost.nets.imported import Removal
from se_cost.nets.words import described, title
from se_cost.record import Record
from se_cost.report.page import Cell, Column, Page, Table, answer
from se_cost.report.pages.gpu import launches, remarks
from se_cost.report.pages.noise import ALL_REDUCE, NOISE, Waiting, noise_of
from se_cost.report.pages.settings import conditions, running
from se_cost.report.pages.words import MIB, UNMEASURED, known, shown, spanned, verdict
from se_cost.text import joined

QUICK = (
    "Quick mode: one process. The interval covers this run only; use se-cost time without --quick "
    "before publishing the number."
)
PAIRED = (
    "overhead: the centre of the ratios of timings taken in turn, in which drift cancels; it is "
    "not the quotient of the medians."
)
MAX_TIME = "--max-time"  # a doubt that names it has said what to do
AGAIN = f"run it again on a quiet machine, or with a longer {MAX_TIME}"
WHOLE_PROCESS = (
    "peak MiB: of the whole process, Python and torch included; only differences are the networks'."
)
WRITES = (
    "fused: in inference its sums are written in place, those of the others into new memory; "
    "`se-cost fuse --time` tells what that alone is worth."
)

REMOVED = {  # how a model of the user's is without its attention, and what that means for a time
    Removal.MODULE: (
        "The attention is taken out as whole modules; the rest of every network runs as it is."
    ),
    Removal.REWRITE: (
        "In every network the modules around the attention run as graphs of torch.fx, out of which "
        "it is taken. A graph can be faster or slower than its module, so all run as the same ones."
    ),
    Removal.EXPORT: (
        "Every network runs as a graph of torch.export, out of which the attention is taken. A "
        "graph can be faster or slower than its modules, so all run as one."
    ),
}


class TimedLine(Record):
    """One network that was timed."""

    batch: Cell
    name: str
    arm: Arm

    @property
    def overhead(self) -> Overhead | None:
        """Return the overhead; the plain network has none, nor what has no interval."""
        return shown(self.arm.overhead)


BATCH = Column("batch", lambda line: line.batch, "d")
SPEED = (
    Column("network", lambda line: line.name),
    Column("median ms", lambda line: line.arm.median_ms, ".2f"),
    Column("images/s", lambda line: line.arm.images_per_second, ".1f", minor=True),
)
USED = (  # those that were measured
    Column("peak MiB", lambda line: mib(line.arm), ",.0f"),
    Column("J/image", lambda line: known(line.arm.joules_per_image), ".3f"),
    Column("least J", lambda line: known(line.arm.joules_low), ".3f"),
    Column("most J", lambda line: known(line.arm.joules_high), ".3f"),
)
OVERHEAD = (
    Column("overhead %", lambda line: line.overhead and line.overhead.percent, "+.2f"),
    Column("low", lambda line: line.overhead and line.overhead.low, "+.2f"),
    Column("high", lambda line: line.overhead and line.overhead.high, "+.2f"),
    Column("verdict", lambda line: verdict(line.arm.overhead)),
)


def page(document: TimeDocument) -> Page:
    """Return the page of one comparison."""
    first = f"{described(document.recipe)}: {sentence(document)}"
    without = [found.replayed] if (found := document.launches) and found.replayed else []
    graphs = [f"Replayed as CUDA graphs: {beside(plain(document), change)}" for change in without]
    sentences = (first, *graphs, basis(document))
    doubts = (*document.disagreements, *document.doubts)
    return answer(sentences, tables([document]), doubts, glossary([document]))


def glossary(documents: Sequence[TimeDocument]) -> list[str]:
    """Return what the columns mean where it is not plain."""
    peaks = any(mib(line.arm) is not None for one in documents for line in lines(one))
    on_cpu = all(one.environment.device == "cpu" for one in documents)
    rungs = [rung for one in documents for rung in one.ladder]
    writes = any(known(rung.fused) for rung in rungs) and not any(rung.in_place for rung in rungs)
    removed = [REMOVED[one.removal] for one in documents[:1] if one.removal]
    whole = [WHOLE_PROCESS] * (peaks and on_cpu)
    return [PAIRED, *removed, *whole, *[WRITES] * writes, *remarks(documents)]


def tables(documents: Sequence[TimeDocument]) -> list[Table]:
    """Return the tables of comparisons that differ in their batch, which then is a column."""
    first, *others = documents
    column = (BATCH,) * bool(others)
    networks = [line for document in documents for line in lines(document)]
    used = [column for column in USED if any(column.of(line) is not None for line in networks)]
    noise = [check for document in documents for check in noise_of(document, batch(document))]
    waiting = [one for document in documents for one in _waiting(document)]
    head = placed(joined(conditions(first.settings)), first) if others else heading(first)
    found = [
        Table.of(head, (*column, *SPEED, *used, *OVERHEAD), networks),
        Table.of("Noise of this run", (*column, *NOISE), noise),
    ]
    found += launches(documents, column, lambda one: (batch(one), plain(one), title(one.recipe)))
    if waiting:
        found.append(Table.of("All-reduce of the gradients", (*column, *ALL_REDUCE), waiting))
    return found


def heading(document: TimeDocument) -> str:
    """Return what was run, on what."""
    return placed(running(document.settings), document)


def placed(what: str, document: TimeDocument) -> str:
    """Return a heading that says on what machine it was done."""
    where = document.environment
    tf32 = known(where.cudnn_tf32) and document.settings.dtype is DType.FLOAT32
    threads = f"{where.threads} thread{'s' * (where.threads != 1)}"
    runtime = known(where.runtime) or f"torch {where.torch}"
    words = [threads, *["TF32 convolutions"] * bool(tf32), runtime]
    return f"{what[0].upper()}{what[1:]}, on {where.device_name} ({joined(words)})"


def lines(document: TimeDocument) -> Iterator[TimedLine]:
    """Yield every network that was timed, the plain one first."""
    number = batch(document)
    yield TimedLine(number, plain(document), document.baseline)
    again = "the same, built again"
    yield TimedLine(
        number, again if document.self_check else title(document.recipe), document.network
    )
    for rung in document.ladder:
        yield TimedLine(number, _rung(rung, document), rung)


def _rung(rung: Rung, document: TimeDocument) -> str:
    """Return a network with less attention, or with the same run in another way, in words."""
    if rung.replayed:
        return f"{title(document.recipe) if not rung.dropped else plain(document)}, replayed"
    if rung.in_place:
        return f"{plain(document)}, sums in place"
    if how := known(rung.fused):
        return "fused" if how is How.AUTO else f"fused, {how}"
    return f"without stage{'s' * (len(rung.dropped) > 1)} {joined(rung.dropped)}"


def plain(document: TimeDocument) -> str:
    """Return the name of the network that all others are timed against."""
    return title(document.recipe if document.self_check else document.recipe.plain)


def batch(document: TimeDocument) -> Cell:
    """Return the batch, with the one that was asked for if that did not fit."""
    timed, asked = document.settings.batch, document.asked_batch
    return timed if timed == asked else f"{timed} (of {asked})"


def mib(arm: Arm) -> float | None:
    """Return the peak memory of a network in MiB, None if it was not measured."""
    peak = known(arm.peak_memory_bytes)
    return None if peak is None else peak / MIB


def sentence(document: TimeDocument) -> str:
    """Return the overhead of attention in one sentence."""
    change = document.overhead
    if shown(change) is None:
        return unmeasured(document)
    if document.self_check:
        zero = "contains zero" if change.holds_zero else "excludes zero, as in 1 run of 20"
        return f"{change.percent:+.2f} % time beside itself ({_interval(change)}): {zero}."
    return beside(plain(document), change)


def unmeasured(document: TimeDocument) -> str:
    """Return that there is no overhead to be quoted, why, and what to do."""
    cause = next(iter(document.doubts), "too few comparisons")
    return f"{UNMEASURED}: {cause}." if MAX_TIME in cause else f"{UNMEASURED}: {cause}; {AGAIN}."


def beside(name: str, change: Overhead) -> str:
    """Return an overhead in one sentence; `name` is the network that it is beside."""
    if shown(change) is None:
        return f"{UNMEASURED} beside {name}; {AGAIN}."
    said = f"{change.percent:+.2f} % time beside {name}"
    return f"{said} ({_interval(change)}): {change.verdict}{_at_most(change)}."


def _interval(change: Overhead) -> str:
    return f"95 % interval {change.low:+.2f} to {change.high:+.2f}"


def _at_most(change: Overhead) -> str:
    """Return what can be said all the same of an overhead whose sign is in doubt."""
    if change.verdict is not TimeVerdict.INCONCLUSIVE or change.high is None:
        return ""
    return f", but no more than {change.high:+.2f} %"


def basis(document: TimeDocument, beside: Sequence[TimeDocument] = ()) -> str:
    """Return how much was measured, and why no more; others were timed in the same run `beside`."""
    protocol = document.protocol
    if protocol.rule is None:
        return QUICK
    target = f"the target of ±{protocol.rule.target_percent:g} %"
    ends = {
        Stop.TARGET: f"until every interval was within {target}",
        Stop.TIME: f"until {protocol.rule.max_time:g} s were over, short of {target}",
        Stop.PROCESSES: f"as many as are allowed, short of {target}",
        Stop.INTERRUPTED: "until it was interrupted",
        Stop.FAILED: "until it failed",
    }
    every = (document, *beside)
    processes = [one.protocol.processes for one in every]
    quads = [one.samples.quads for one in every]
    each = [len(found) // max(1, len({quad.arm for quad in found})) for found in quads]
    return (
        f"{spanned(processes)} fresh process{'es' * (max(processes) != 1)}, {spanned(each)} "
        f"comparison{'s' * (max(each) != 1)} of four timings for each network, "
        f"{ends[protocol.stop or Stop.FAILED]}."
    )


def _waiting(document: TimeDocument) -> Iterator[Waiting]:
    """Yield the all-reduce of every network; a document has them in the order of its networks."""
    for line, exchange in zip(lines(document), document.exchanges.values(), strict=False):
        yield Waiting(line.batch, line.name, exchange)
