"""What each kind of attention costs in one network, side by side."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from se_cost.documents.alternatives import Alternative, AlternativesDocument, AttentionCost
from se_cost.documents.time import TimeDocument
from se_cost.measure.timing.settings import Mode
from se_cost.measure.timing.verdict import Overhead
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.attention.place import Place
from se_cost.nets.imported import NONE, OWN, Imported
from se_cost.nets.words import described, title
from se_cost.record import Record, replace
from se_cost.report.page import Column, Page, Picture, Table, answer
from se_cost.report.pages import time
from se_cost.report.pages.words import MIB, UNMEASURED, bounds, shown

PASSES = (
    "E is one read or one write of every gated map. E-passes are the bytes that the attention "
    "moves in eager PyTorch, divided by E: forward, and with the backward pass. Operators are "
    "those that attention adds, at least one kernel each on a GPU."
)
INSTEAD = (
    "{} stands in the place of a convolution and gates no map: its numbers are what it takes more, "
    "or less, than that convolution."
)
QUICK = (
    "Quick mode: one process. The intervals cover this run only; leave out --quick before "
    "publishing a number."
)
OTHERS = {NONE: "plain", OWN: "its own"}
LEFT = "What is left of it without the attention of stage {}, and how much less that is"
MOVED_TITLE = "What the attention moves and saves, one image in float32"


class KindLine(Record):
    """A line: a kind, or the plain network."""

    name: str
    one: Alternative

    @property
    def plain(self) -> bool:
        """Return whether there is no attention."""
        return not self.one.blocks

    @property
    def instead(self) -> bool:
        """Return whether the attention stands in the place of a layer, and gates nothing."""
        kind = KINDS.get(self.one.kind)
        return kind is not None and Place.STANDARD not in kind.places

    @property
    def cost(self) -> AttentionCost | None:
        """Return what the attention adds; the plain network has none."""
        return None if self.plain else self.one.attention

    @property
    def gating(self) -> AttentionCost | None:
        """Return the same of attention that gates maps, in whose bytes its own can be told."""
        return None if self.instead else self.cost

    @property
    def left(self) -> AttentionCost:
        """Return what the attention adds without the final stage."""
        assert self.one.without_final_stage is not None
        return self.one.without_final_stage

    def overhead(self, mode: Mode) -> Overhead | None:
        """Return the measured overhead in a mode, None without an interval."""
        found = self.one.timed(mode)
        return shown(found.overhead) if found else None

    def verdict(self, mode: Mode) -> str | None:
        """Return the verdict on it, or that there is none; the plain network needs none."""
        if self.plain:
            return None
        found = self.overhead(mode)
        return found.verdict if found else UNMEASURED


def _measured(mode: Mode) -> tuple[Column, ...]:
    """Return the columns of one mode; each names it, since a narrow screen parts them."""

    def of(bound: str) -> Callable[[KindLine], float | None]:
        return lambda line: getattr(line.overhead(mode), bound, None)

    return (
        Column(f"{mode} %", of("percent"), "+.1f"),
        Column(f"{mode} low", of("low"), "+.1f"),
        Column(f"{mode} high", of("high"), "+.1f"),
        Column(f"{mode} verdict", lambda line: line.verdict(mode)),
    )


KIND = Column("kind", lambda line: line.name)
COSTS = (
    Column("params", lambda line: line.one.params),
    Column("params + %", lambda line: line.cost and line.cost.params_percent, ".2f"),
    Column("MACs", lambda line: line.one.macs, minor=True),
    Column("MACs + %", lambda line: line.cost and line.cost.macs_percent, ".2f"),
)
MOVED = (
    Column("moved MiB", lambda line: line.cost and line.cost.traffic.forward / MIB, ",.1f"),
    Column("operators", lambda line: line.cost and line.cost.traffic.operators_forward),
    Column("E-passes", lambda line: line.gating and line.gating.passes_infer, ".1f"),
    Column("train MiB", lambda line: line.cost and _both(line.cost) / MIB, ",.1f"),
    Column("train operators", lambda line: line.cost and _operators(line.cost)),
    Column("train E-passes", lambda line: line.gating and line.gating.passes_train, ".1f"),
    Column("saved MiB", lambda line: line.cost and line.cost.traffic.saved / MIB, ",.1f"),
)
WITHOUT = (
    KIND,
    Column("params", lambda line: line.left.params),
    Column("params + %", lambda line: line.left.params_percent, ".2f"),
    Column("params less %", lambda line: _less(line.left.params, line.one.attention.params), ".1f"),
    Column("MACs", lambda line: line.left.macs),
    Column("MACs less %", lambda line: _less(line.left.macs, line.one.attention.macs), ".1f"),
    Column("moved MiB", lambda line: line.left.traffic.forward / MIB, ",.1f"),
    Column(
        "moved less %", lambda line: _less(_moved(line.left), _moved(line.one.attention)), ".1f"
    ),
    Column("operators", lambda line: line.left.traffic.operators_forward),
    Column("train MiB", lambda line: _both(line.left) / MIB, ",.1f"),
    Column("train less %", lambda line: _less(_both(line.left), _both(line.one.attention)), ".1f"),
)


def page(document: AlternativesDocument, prefix: str = "") -> Page:
    """Return the page: tables with a line for each kind, what dropping saves, and a picture.

    What is moved stands beside what is counted, or below it if times do. `prefix` begins the name
    of the picture.
    """
    lines = [KindLine(_name(one), one) for one in document.alternatives]
    kinds, modes, name = lines[1:], document.modes, _network(document)
    times = [column for mode in modes for column in _measured(mode)]
    what = "and time beside plain" if modes else "one image in float32"
    columns = (KIND, *COSTS, *(times or MOVED))
    tables = [Table.of(f"{name} with each kind, {what}", columns, lines)]
    tables += [Table.of(MOVED_TITLE, (KIND, *MOVED), kinds)] * bool(modes)
    tables.append(Table.of(LEFT.format(document.final_stage), WITHOUT, kinds))
    sentences = (
        f"{described(document.recipe)}: {_sentence(kinds)}",
        *(said for mode in modes for said in _timed(kinds, mode)),
        *[QUICK] * any(one.quick for mode in modes for one in _timings(kinds, mode)),
        PASSES,
        *(INSTEAD.format(line.name) for line in kinds if line.instead),
    )
    found = answer(sentences, tables, (*document.disagreements, *document.doubts))
    return Page((*found.blocks, _picture(document, kinds, prefix)), title=f"Attention for {name}")


def _sentence(lines: Iterable[KindLine]) -> str:
    """Return the range of what the kinds cost, by parameters and by bytes."""
    by_params = sorted(lines, key=lambda line: line.one.attention.params)
    by_bytes = sorted(by_params, key=lambda line: _moved(line.one.attention))
    ends = (by_params[0], by_params[-1], by_bytes[0], by_bytes[-1])
    words = []
    for name, cost in {line.name: line.one.attention for line in ends}.items():
        less = " less" * (cost.traffic.forward < 0)
        words.append(
            f"{name} {'adds' if cost.params >= 0 else 'saves'} {abs(cost.params):,} parameters "
            f"({cost.params_percent:+.2f} %) and moves {abs(cost.traffic.forward) / MIB:,.1f} "
            f"MiB{less}"
        )
    return f"{'; '.join(words)}."


def _timed(lines: Sequence[KindLine], mode: Mode) -> Iterator[str]:
    """Yield what was measured in a mode: the quickest and the slowest kind, how, and how long."""
    known = [(found, line.name) for line in lines if (found := line.overhead(mode))]
    known.sort(key=lambda one: one[0].percent or 0.0)
    documents = _timings(lines, mode)
    if not documents:
        return
    ends = dict.fromkeys((known[0], known[-1])) if known else ()
    said = [
        f"{found.percent:+.1f} % {bounds(found.low, found.high)} with {name} ({found.verdict})"
        for found, name in ends
    ]
    first, *others = documents
    change = f"the change is {' to '.join(said)}" if said else f"the kinds are {UNMEASURED}"
    basis = "" if first.quick else f" {time.basis(first, others)}"
    yield (
        f"{time.heading(first)}: plain takes {first.baseline.median_ms:.1f} ms; {change}.{basis}"
    )


def _timings(lines: Iterable[KindLine], mode: Mode) -> list[TimeDocument]:
    """Return the timings of all kinds in a mode."""
    return [one for line in lines if (one := line.one.timed(mode))]


def _network(document: AlternativesDocument) -> str:
    """Return the name of the network; the kinds stand in the table."""
    recipe = document.recipe
    return title(replace(recipe, dropped=()) if isinstance(recipe, Imported) else recipe)


def _name(one: Alternative) -> str:
    return KINDS[one.kind].title if one.kind in KINDS else OTHERS[one.kind]


def _moved(cost: AttentionCost) -> int:
    return cost.traffic.forward


def _both(cost: AttentionCost) -> int:
    """Return the bytes of a training step."""
    return cost.traffic.forward + cost.traffic.backward


def _operators(cost: AttentionCost) -> int:
    return cost.traffic.operators_forward + cost.traffic.operators_backward


def _less(left: int, every: int) -> float | None:
    """Return by how many per cent less is left, None of nothing."""
    return 100 * (1 - left / every) if every else None


def _picture(document: AlternativesDocument, lines: Sequence[KindLine], prefix: str) -> Picture:
    """Return the picture: parameters against the first time that was measured, or else bytes."""
    mode = next((one for one in document.modes if any(line.overhead(one) for line in lines)), None)
    what = f"measured time ({mode})" if mode else "bytes moved"
    words = f"Parameters that each kind adds to {_network(document)}, against {what}"
    return Picture(f"{prefix}kinds", lambda: _drawn(words, lines, mode), words)


def _drawn(words: str, lines: Sequence[KindLine], mode: Mode | None) -> str:
    from se_cost.report.figures.alternatives import Point, kinds
    from se_cost.report.figures.intervals import Interval, interval

    def height(line: KindLine) -> Interval | None:
        if mode is None:
            return Interval(line.one.attention.traffic.forward / MIB, None, None)
        found = line.overhead(mode)
        return interval(found) if found else None

    axis = f"time beside plain ({mode}), %" if mode else "MiB moved by the attention"
    points = [
        Point(line.name, line.one.attention.params, found)
        for line in lines
        if (found := height(line))
    ]
    return kinds(words, axis, points)
