"""What each kind of attention costs in one network, side by side."""

from collections.abc import Iterable

from se_cost.documents.alternatives import Alternative, AlternativesDocument, AttentionCost
from se_cost.documents.time import TimeDocument
from se_cost.measure.timing.verdict import Overhead
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.imported import NONE, OWN, Imported
from se_cost.nets.words import described, title
from se_cost.record import Record, replace
from se_cost.report.page import Column, Page, Picture, Table, answer
from se_cost.report.pages import time
from se_cost.report.pages.words import MIB, shown, verdict

PASSES = (
    "E is one read or one write of every gated map. E-passes are the bytes that the attention "
    "moves in eager PyTorch, divided by E: forward, and with the backward pass. Operators are "
    "those that attention adds, at least one kernel each on a GPU."
)
OTHERS = {NONE: "plain", OWN: "its own"}
LEFT = "What is left of it without the attention of stage {}, and how much less that is"


class KindLine(Record):
    """A line: a kind, or the plain network."""

    name: str
    one: Alternative

    @property
    def plain(self) -> bool:
        """Return whether there is no attention."""
        return not self.one.blocks

    @property
    def cost(self) -> AttentionCost | None:
        """Return what the attention adds; the plain network has none."""
        return None if self.plain else self.one.attention

    @property
    def left(self) -> AttentionCost:
        """Return what the attention adds without the final stage."""
        assert self.one.without_final_stage is not None
        return self.one.without_final_stage

    @property
    def infer(self) -> Overhead | None:
        """Return the measured overhead of inference."""
        return shown(self.one.infer.overhead) if self.one.infer else None

    @property
    def train(self) -> Overhead | None:
        """Return the measured overhead of training."""
        return shown(self.one.train.overhead) if self.one.train else None


TIMES = (
    Column("infer %", lambda line: line.infer and line.infer.percent, "+.1f"),
    Column("low", lambda line: line.infer and line.infer.low, "+.1f"),
    Column("high", lambda line: line.infer and line.infer.high, "+.1f"),
    Column("verdict", lambda line: line.one.infer and verdict(line.one.infer.overhead)),
    Column("train %", lambda line: line.train and line.train.percent, "+.1f"),
    Column("low", lambda line: line.train and line.train.low, "+.1f"),
    Column("high", lambda line: line.train and line.train.high, "+.1f"),
    Column("verdict", lambda line: line.one.train and verdict(line.one.train.overhead)),
)
COLUMNS = (
    Column("kind", lambda line: line.name),
    Column("params", lambda line: line.one.params),
    Column("+ %", lambda line: line.cost and line.cost.params_percent, ".2f"),
    Column("MACs", lambda line: line.one.macs, minor=True),
    Column("+ %", lambda line: line.cost and line.cost.macs_percent, ".2f"),
    Column("moved MiB", lambda line: line.cost and line.cost.traffic.forward / MIB, ",.1f"),
    Column("operators", lambda line: line.cost and line.cost.traffic.operators_forward),
    Column("E-passes", lambda line: line.cost and line.cost.passes_infer, ".1f"),
    Column("train MiB", lambda line: line.cost and _both(line.cost) / MIB, ",.1f"),
    Column("train operators", lambda line: line.cost and _operators(line.cost)),
    Column("train E-passes", lambda line: line.cost and line.cost.passes_train, ".1f"),
    Column("saved MiB", lambda line: line.cost and line.cost.traffic.saved / MIB, ",.1f"),
)
WITHOUT = (
    Column("kind", lambda line: line.name),
    Column("params", lambda line: line.left.params),
    Column("+ %", lambda line: line.left.params_percent, ".2f"),
    Column("less %", lambda line: _less(line.left.params, line.one.attention.params), ".1f"),
    Column("MACs", lambda line: line.left.macs),
    Column("less %", lambda line: _less(line.left.macs, line.one.attention.macs), ".1f"),
    Column("moved MiB", lambda line: line.left.traffic.forward / MIB, ",.1f"),
    Column("less %", lambda line: _less(_moved(line.left), _moved(line.one.attention)), ".1f"),
    Column("operators", lambda line: line.left.traffic.operators_forward),
    Column("train MiB", lambda line: _both(line.left) / MIB, ",.1f"),
    Column("less %", lambda line: _less(_both(line.left), _both(line.one.attention)), ".1f"),
)


def page(document: AlternativesDocument, prefix: str = "") -> Page:
    """Return the page: a table with a line for each kind, what dropping saves, and a picture.

    `prefix` begins the name of the picture.
    """
    lines = [KindLine(_name(one), one) for one in document.alternatives]
    times = _times(document)
    columns = (*COLUMNS, *TIMES) if times else COLUMNS
    name = _network(document)
    tables = (
        Table.of(f"{name} with each kind, one image in float32", columns, lines),
        Table.of(LEFT.format(document.final_stage), WITHOUT, lines[1:]),
    )
    sentences = (
        f"{described(document.recipe)}: {_sentence(lines[1:])}",
        PASSES,
        *(f"{time.heading(one)}. {time.basis(one)}" for one in times),
    )
    found = answer(sentences, tables, (*document.disagreements, *document.doubts))
    return Page(
        (*found.blocks, _picture(document, lines[1:], prefix)), title=f"Attention for {name}"
    )


def _sentence(lines: Iterable[KindLine]) -> str:
    """Return the range of what the kinds cost, by parameters and by bytes."""
    by_params = sorted(lines, key=lambda line: line.one.attention.params)
    by_bytes = sorted(by_params, key=lambda line: _moved(line.one.attention))
    ends = (by_params[0], by_params[-1], by_bytes[0], by_bytes[-1])
    words = []
    for name, cost in {line.name: line.one.attention for line in ends}.items():
        words.append(
            f"{name} adds {cost.params:,} parameters ({cost.params_percent:+.2f} %) and moves "
            f"{cost.traffic.forward / MIB:,.1f} MiB"
        )
    return f"{'; '.join(words)}."


def _network(document: AlternativesDocument) -> str:
    """Return the name of the network; the kinds stand in the table."""
    recipe = document.recipe
    return title(replace(recipe, dropped=()) if isinstance(recipe, Imported) else recipe)


def _name(one: Alternative) -> str:
    return KINDS[one.kind].title if one.kind in KINDS else OTHERS[one.kind]


def _times(document: AlternativesDocument) -> list[TimeDocument]:
    """Return one timing of each mode that was measured; those of the others ran beside it."""
    each = (
        next((one for row in document.alternatives if (one := getattr(row, mode))), None)
        for mode in ("infer", "train")
    )
    return [one for one in each if one is not None]


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


def _picture(document: AlternativesDocument, lines: list[KindLine], prefix: str) -> Picture:
    what = "measured time" if any(line.infer for line in lines) else "bytes moved"
    words = f"Parameters that each kind adds to {_network(document)}, against {what}"
    return Picture(f"{prefix}kinds", lambda: _drawn(words, lines), words)


def _drawn(words: str, lines: list[KindLine]) -> str:
    from se_cost.report.figures.alternatives import Point, kinds
    from se_cost.report.figures.intervals import Interval, interval

    measured = any(line.infer for line in lines)
    axis = "time of inference beside plain, %" if measured else "MiB moved by the attention"
    points = []
    for line in lines:
        height = Interval(line.one.attention.traffic.forward / MIB, None, None)
        if measured:
            found = interval(line.infer) if line.infer else None
            if found is None:
                continue
            height = found
        points.append(Point(line.name, line.one.attention.params, height))
    return kinds(words, axis, points)
