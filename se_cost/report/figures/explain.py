"""The time that the attention of every stage should take, beside the time that it took."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from se_cost.record import Record
from se_cost.report.figures.intervals import Interval
from se_cost.report.figures.style import (
    BLUE,
    GREEN,
    GREY,
    HEADING,
    LETTERS,
    ORANGE,
    SKY,
    literal,
    svg,
    wrapped,
)
from se_cost.text import joined

PREDICTED = (SKY, "predicted: operators by themselves, with 95 % interval")
MEASURED = (ORANGE, "measured, with 95 % interval")
NO_INTERVAL = "no interval"
WIDTH = 0.27  # of a bar; three stand side by side


class StageBar(Record):
    """The times of one stage in milliseconds: its lower bound, and two with their intervals."""

    stage: str  # as people read it, for instance `stage 2`
    memory: float
    launches: float
    alone: Interval | None  # None if it was not predicted
    measured: Interval | None  # None if it was not measured

    @property
    def bound(self) -> float:
        """Return the whole lower bound in milliseconds."""
        return self.memory + self.launches


def times(title: str, stages: Sequence[StageBar]) -> str:
    """Draw bounds, predicted and measured times with 95 % intervals; `title` stands above them."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        _bounds(axes, stages)
        if any(bar.alone for bar in stages):
            _estimates(axes, 0, PREDICTED, [bar.alone for bar in stages])
        _estimates(axes, WIDTH, MEASURED, [bar.measured for bar in stages])
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.margins(y=0.12)
        axes.set_xlim(-0.6, len(stages) - 0.4)
        axes.set_xticks(range(len(stages)), [literal(bar.stage) for bar in stages])
        axes.set_ylabel("ms")
        axes.set_title(wrapped(title, 80), fontsize=HEADING)
        figure.legend(frameon=False, fontsize=LETTERS, loc="outside lower center", ncols=2)

    return svg(title, (7, 3.8), draw)


def _bounds(axes: Axes, stages: Sequence[StageBar]) -> None:
    """Draw what bytes and launches take, one on the other."""
    left = [i - WIDTH for i in range(len(stages))]
    memory = [bar.memory for bar in stages]
    launches = [bar.launches for bar in stages]
    axes.bar(left, memory, WIDTH, color=BLUE, label="lower bound: bytes")
    top = axes.bar(left, launches, WIDTH, memory, color=GREEN, label="lower bound: launches")
    axes.bar_label(top, [f"{bar.bound:.2f}" for bar in stages], fontsize=LETTERS)


def _estimates(
    axes: Axes, right: float, looks: tuple[str, str], found: Sequence[Interval | None]
) -> None:
    """Draw bars with an interval; where there is none, a stage has a note, and no bar."""
    color, label = looks
    known = [(i + right, one) for i, one in enumerate(found)]
    drawn = [(x, one) for x, one in known if one and one.low is not None]
    places, values = [x for x, _ in drawn], [one.value for _, one in drawn]
    axes.bar(places, values, WIDTH, color=color, label=label)
    for x, one in known:
        top, note = 0.0, NO_INTERVAL
        if one and one.low is not None and one.high is not None:
            axes.plot([x, x], [one.low, one.high], color="#444444")
            top, note = one.high, joined(filter(None, (f"{one.value:.2f}", one.verdict)), "\n")
        axes.annotate(
            note,
            (x, max(top, 0)),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            fontsize=LETTERS,
        )
