"""The SE paper's argument as a picture: the error that SE takes off, and what it costs."""

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from se_cost.record import Record
from se_cost.report.figures.style import BLUE, LETTERS, ORANGE, literal, svg

TITLE = "Top-1 error on ImageNet by FLOPs and by parameters, plain and with SE"


class Dot(Record):
    """A network as the paper has it: FLOPs as the paper counts, parameters, top-1 error in %."""

    flops: float
    params: float
    error: float


class PlottedPair(Record):
    """A network plain and with SE; its name stands on the `left` where others are on the right."""

    network: str
    plain: Dot
    with_se: Dot
    left: bool = False


class Panel(Record):
    """One cost along a logarithmic axis, in its unit."""

    cost: Callable[[Dot], float]
    label: str
    ticks: tuple[float, ...]
    limits: tuple[float, float]  # with room for the names on the right


PANELS = (
    Panel(
        lambda dot: dot.flops / 1e9,
        "FLOPs as the paper counts them, G",
        (0.1, 0.3, 1, 3, 10, 30),
        (0.1, 100),
    ),
    Panel(lambda dot: dot.params / 1e6, "parameters, M", (1, 3, 10, 30, 100, 300), (1.3, 600)),
)


def errors(pairs: Sequence[PlottedPair]) -> str:
    """Draw the top-1 error of every network, plain and with SE, by its cost."""

    def draw(figure: Figure) -> None:
        for axes, panel in zip(figure.subplots(1, len(PANELS), sharey=True), PANELS, strict=True):
            axes.set_axisbelow(True)
            axes.grid(color="#eeeeee")
            axes.set_xscale("log")
            for pair in pairs:
                _pair(axes, panel, pair)
            axes.set_xticks(panel.ticks, [f"{tick:g}" for tick in panel.ticks])
            axes.set_xlim(panel.limits)
            axes.set_xlabel(panel.label)
        axes = figure.axes[0]
        axes.set_ylabel("top-1 error on ImageNet, %, as published")
        axes.plot([], [], "o", color=BLUE, label="plain")
        axes.plot([], [], "o", color=ORANGE, label="with SE")
        axes.legend(frameon=False, fontsize=LETTERS)

    return svg(TITLE, (10, 5), draw)


def _pair(axes: Axes, panel: Panel, pair: PlottedPair) -> None:
    """Draw one network as a line from plain to SE."""
    before, after = panel.cost(pair.plain), panel.cost(pair.with_se)
    axes.plot([before, after], [pair.plain.error, pair.with_se.error], color="#999999")
    axes.plot(before, pair.plain.error, "o", color=BLUE)
    axes.plot(after, pair.with_se.error, "o", color=ORANGE)
    axes.annotate(
        literal(pair.network),
        (before, pair.plain.error),
        xytext=(-6 if pair.left else 6, 0),
        textcoords="offset points",
        ha="right" if pair.left else "left",
        va="center",
        fontsize=LETTERS,
    )
