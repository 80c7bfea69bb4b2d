"""Changes of time with their 95 % intervals, beside the margin of indifference."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from se_cost.measure.timing.verdict import Overhead
from se_cost.record import Record
from se_cost.report.figures.style import BLUE, GREY, LETTERS, literal, svg, wrapped


class Interval(Record):
    """A value and its 95 % interval; the bounds are None where there is no interval."""

    value: float
    low: float | None
    high: float | None
    verdict: str = ""  # on a measured time


def interval(change: Overhead) -> Interval | None:
    """Return a change of time as it is drawn; None without an interval."""
    if change.percent is None:
        return None
    return Interval(change.percent, change.low, change.high, change.verdict)


def intervals(changes: Mapping[str, Interval | None], plain: str, margin: float) -> str:
    """Draw changes of time in per cent of that of `plain`, by their labels.

    Changes of less than the `margin` (per cent) make no difference. None, a change that was not
    measured well enough, is a note, not a point.
    """
    title = f"time beside {plain}, %, with 95 % interval"

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        label = f"indifference, ±{margin:g} %"
        axes.axvspan(-margin, margin, label=label, linewidth=0, color=GREY, alpha=0.25)
        for y, change in enumerate(changes.values()):
            _change(axes, y, change)
        axes.set_yticks(range(len(changes)), [wrapped(label) for label in changes])
        axes.set_ylim(len(changes) - 0.4, -0.6)
        axes.set_xlabel(literal(title))
        figure.legend(frameon=False, fontsize=LETTERS, loc="outside upper right")

    return svg(title, (7, 1.2 + 0.45 * len(changes)), draw)


def _change(axes: Axes, y: float, change: Interval | None) -> None:
    if change is None or change.low is None or change.high is None:
        note = "not measured well enough"
        middle = axes.get_yaxis_transform()  # of the width, at the height of this change
        axes.text(0.5, y, note, ha="center", va="center", fontsize=LETTERS, transform=middle)
        return
    axes.plot([change.low, change.high], [y, y], color=BLUE, linewidth=2)
    axes.plot(change.value, y, "o", color=BLUE)
    axes.annotate(
        f"{change.value:+.1f} %, {change.verdict}",
        (change.value, y),
        xytext=(0, 7),
        textcoords="offset points",
        ha="center",
        fontsize=LETTERS,
    )
