"""The time that the attention of every stage should take, beside the time that it took."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from se_cost.measure.explanation import Explanation, Part
from se_cost.nets.registry import title
from se_cost.report.figures import BLUE, GREEN, ORANGE, literal, svg

WIDTH = 0.36  # of a bar; two stand side by side
LETTERS = 8  # points
MS = 1000  # of a second


def times(found: Explanation) -> str:
    """Draw predicted against measured milliseconds, stage by stage, with 95 % intervals."""
    stages = found.stages
    figure = Figure(figsize=(7, 3.4), layout="constrained")
    axes = figure.subplots()
    _predicted(axes, stages)
    _measured(axes, stages)
    axes.axhline(0, color="#888888", linewidth=0.8)
    axes.margins(y=0.12)
    axes.set_xticks(range(len(stages)), [f"stage {part.stage}" for part in stages])
    axes.set_ylabel("ms")
    heading = f"{title(found.timing.recipe)}: the time of its attention, by stage"
    axes.set_title(literal(heading), fontsize=10)
    axes.legend(frameon=False, fontsize=LETTERS)
    return svg(figure)


def _predicted(axes: Axes, stages: Sequence[Part]) -> None:
    """Draw what bytes and launches take, one on the other."""
    left = [i - WIDTH / 2 for i in range(len(stages))]
    memory = [MS * part.memory for part in stages]
    launches = [MS * part.launches for part in stages]
    axes.bar(left, memory, WIDTH, color=BLUE, label="predicted: bytes")
    top = axes.bar(left, launches, WIDTH, memory, color=GREEN, label="predicted: launches")
    axes.bar_label(top, [f"{MS * part.predicted:.2f}" for part in stages], fontsize=LETTERS)


def _measured(axes: Axes, stages: Sequence[Part]) -> None:
    """Draw what was measured; nothing for a stage that was not."""
    timed = [(i + WIDTH / 2, part.measured) for i, part in enumerate(stages) if part.measured]
    right, values = [x for x, _ in timed], [MS * measured.value for _, measured in timed]
    axes.bar(right, values, WIDTH, color=ORANGE, label="measured, with 95 % interval")
    for x, measured in timed:
        low, high = (measured.value if t is None else t for t in (measured.low, measured.high))
        axes.plot([x, x], [MS * low, MS * high], color="#444444")
        axes.annotate(
            f"{MS * measured.value:.2f}",
            (x, MS * max(high, 0)),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            fontsize=LETTERS,
        )
