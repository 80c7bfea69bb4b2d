"""Pictures, as SVG that only changes when its numbers do."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from se_cost.ledger.compare import Comparison
from se_cost.ledger.rows import Ledger
from se_cost.ledger.stages import stage_costs
from se_cost.measure.result import BASELINE, Timing
from se_cost.nets.registry import title
from se_cost.report.time import name

# Okabe and Ito's colours, told apart by people with any colour vision
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
STYLE: Any = {"svg.hashsalt": "se-cost", "svg.fonttype": "none", "font.family": "sans-serif"}
MARGIN = 0.5  # per cent; the verdict's margin of indifference


def stages(whole: Comparison) -> str:
    """Draw which share of the attention's parameters, MACs and bytes each stage has."""
    costs = stage_costs(whole)
    measures: dict[str, tuple[str, Callable[[Ledger], int]]] = {
        "parameters": (BLUE, lambda ledger: ledger.params),
        "MACs": (ORANGE, lambda ledger: ledger.macs),
        "bytes moved": (GREEN, lambda ledger: ledger.bytes),
    }
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    axes = figure.subplots()
    for i, (label, (color, of)) in enumerate(measures.items()):
        shares = [100 * of(cost.added) / of(whole.attention) for cost in costs]
        bars = axes.bar([x + 0.27 * (i - 1) for x in range(len(costs))], shares, 0.25, color=color)
        bars.set_label(label)
        axes.bar_label(bars, fmt="%.0f", fontsize=8)
    axes.set_xticks(range(len(costs)), [f"stage {cost.stage}" for cost in costs])
    axes.set_ylabel("share of the attention, %")
    axes.set_title(f"{title(whole.recipe)}: what its attention costs, by stage", fontsize=10)
    axes.legend(frameon=False, fontsize=8)
    return _svg(figure)


def intervals(timings: Sequence[Timing]) -> str:
    """Draw the overhead of every arm with its interval, and the margin of indifference."""
    points = [(timing, arm) for timing in timings for arm in timing.arms if arm != BASELINE]
    figure = Figure(figsize=(7, 1.2 + 0.45 * len(points)), layout="constrained")
    axes = figure.subplots()
    axes.axvspan(-MARGIN, MARGIN, color="#dddddd", label=f"indifference, ±{MARGIN} %")
    for y, (timing, arm) in enumerate(points):
        change = timing.overhead(arm).percent
        low, high = (change.value if x is None else x for x in (change.low, change.high))
        axes.plot([low, high], [y, y], color=BLUE, linewidth=2)
        axes.plot(change.value, y, "o", color=BLUE)
        axes.annotate(
            f"{change.value:+.1f} %",
            (change.value, y),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    labels = [f"{name(timing, arm)}, {timing.settings.mode.value}" for timing, arm in points]
    axes.set_yticks(range(len(points)), labels)
    axes.set_ylim(len(points) - 0.4, -0.6)
    axes.set_xlabel(f"time beside {name(timings[0], BASELINE)}, %, with 95 % interval")
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    return _svg(figure)


def _svg(figure: Figure) -> str:
    out = io.StringIO()
    FigureCanvasSVG(figure)
    with rc_context(STYLE):
        figure.savefig(out, format="svg", metadata={"Date": None})
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
