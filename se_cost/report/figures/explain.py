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
    literal,
    svg,
    wrapped,
)

WIDTH = 0.36  # of a bar; two stand side by side


class StageBar(Record):
    """The times of one stage in milliseconds: two that were predicted, one measured if it was."""

    stage: str  # as people read it, for instance `stage 2`
    memory: float
    launches: float
    measured: Interval | None

    @property
    def predicted(self) -> float:
        """Return the whole predicted time in milliseconds."""
        return self.memory + self.launches


def times(title: str, stages: Sequence[StageBar]) -> str:
    """Draw predicted against measured times with 95 % intervals; `title` stands above them."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        _predicted(axes, stages)
        _measured(axes, stages)
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.margins(y=0.12)
        axes.set_xlim(-0.6, len(stages) - 0.4)
        axes.set_xticks(range(len(stages)), [literal(bar.stage) for bar in stages])
        axes.set_ylabel("ms")
        axes.set_title(wrapped(title, 80), fontsize=HEADING)
        axes.legend(frameon=False, fontsize=LETTERS)

    return svg(title, (7, 3.4), draw)


def _predicted(axes: Axes, stages: Sequence[StageBar]) -> None:
    """Draw what bytes and launches take, one on the other."""
    left = [i - WIDTH / 2 for i in range(len(stages))]
    memory = [bar.memory for bar in stages]
    launches = [bar.launches for bar in stages]
    axes.bar(left, memory, WIDTH, color=BLUE, label="predicted: bytes")
    top = axes.bar(left, launches, WIDTH, memory, color=GREEN, label="predicted: launches")
    axes.bar_label(top, [f"{bar.predicted:.2f}" for bar in stages], fontsize=LETTERS)


def _measured(axes: Axes, stages: Sequence[StageBar]) -> None:
    """Draw what was measured with an interval; without one a stage has a note, and no bar."""
    timed = [(i + WIDTH / 2, bar.measured) for i, bar in enumerate(stages) if bar.measured]
    drawn = [(x, measured) for x, measured in timed if measured.low is not None]
    right, values = [x for x, _ in drawn], [measured.value for _, measured in drawn]
    axes.bar(right, values, WIDTH, color=ORANGE, label="measured, with 95 % interval")
    for x, measured in timed:
        top, note = measured.value, f"{measured.value:.2f}"
        if measured.low is None or measured.high is None:
            top, note = 0, f"{note}\nno interval"
        else:
            axes.plot([x, x], [measured.low, measured.high], color="#444444")
            top = measured.high
        axes.annotate(
            note,
            (x, max(top, 0)),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            fontsize=LETTERS,
        )
