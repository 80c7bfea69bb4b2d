"""The paper's argument as a picture: the error that SE takes off, and what it costs."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from se_cost.ledger.compare import compare
from se_cost.ledger.paper import IMAGENET, MEASURES, TOP_1, Tradeoff, tradeoffs
from se_cost.nets.registry import title
from se_cost.report.figures import BLUE, ORANGE, svg


@dataclass(frozen=True, slots=True)
class Panel:
    """One cost along a logarithmic axis, in its unit."""

    measure: str
    label: str
    unit: float
    ticks: tuple[float, ...]
    limits: tuple[float, float]  # with room for the names on the right


PANELS = (
    Panel("FLOPs", "FLOPs as the paper counts them, G", 1e9, (0.1, 0.3, 1, 3, 10, 30), (0.1, 100)),
    Panel("params", "parameters, M", 1e6, (1, 3, 10, 30, 100, 300), (1.3, 600)),
)
NAMED_ON_THE_LEFT = {"resnext50_32x4d"}  # on its right there are others


def errors() -> str:
    """Draw the top-1 error of every network of tables 2 and 3, plain and with SE, by its cost."""
    pairs = [row for row in tradeoffs() if row.table in IMAGENET and row.plain]
    figure = Figure(figsize=(10, 5), layout="constrained")
    for axes, panel in zip(figure.subplots(1, len(PANELS), sharey=True), PANELS, strict=True):
        axes.set_axisbelow(True)
        axes.grid(color="#eeeeee")
        axes.set_xscale("log")
        for row in pairs:
            _pair(axes, panel, row)
        axes.set_xticks(panel.ticks, [f"{tick:g}" for tick in panel.ticks])
        axes.set_xlim(panel.limits)
        axes.set_xlabel(panel.label)
    axes = figure.axes[0]
    axes.set_ylabel("top-1 error on ImageNet, %, as published")
    axes.plot([], [], "o", color=BLUE, label="plain")
    axes.plot([], [], "o", color=ORANGE, label="with SE")
    axes.legend(frameon=False, fontsize=8)
    return svg(figure)


def _pair(axes: Axes, panel: Panel, row: Tradeoff) -> None:
    """Draw one network as a line from plain to SE."""
    whole, of = compare(row.recipe), MEASURES[panel.measure]
    before, after = of(whole.baseline) / panel.unit, of(whole.network) / panel.unit
    plain, error = float(row.plain[TOP_1]), float(row.errors[TOP_1])
    axes.plot([before, after], [plain, error], color="#999999")
    axes.plot(before, plain, "o", color=BLUE)
    axes.plot(after, error, "o", color=ORANGE)
    left = row.recipe.family in NAMED_ON_THE_LEFT
    axes.annotate(
        title(row.recipe.baseline),
        (before, plain),
        xytext=(-6 if left else 6, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center",
        fontsize=8,
    )
