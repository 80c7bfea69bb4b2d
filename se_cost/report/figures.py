"""Pictures, as SVG that only changes when its numbers do."""

import io
from collections.abc import Callable, Mapping, Sequence
from textwrap import wrap
from typing import Any

from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from se_cost.ledger.compare import Comparison
from se_cost.ledger.rows import Ledger
from se_cost.ledger.stages import stage_costs
from se_cost.measure.result import BASELINE, NETWORK, Timing
from se_cost.measure.stats import Estimate
from se_cost.nets.registry import title
from se_cost.report.formats import visible
from se_cost.report.time import name

# Okabe and Ito's colours, told apart by people with any colour vision
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
SHADE: Any = {"color": "#888888", "alpha": 0.25}  # on white paper as on black
STYLE: Any = {"svg.hashsalt": "se-cost", "svg.fonttype": "none", "font.family": "sans-serif"}
UNDATED: Any = dict.fromkeys(("Date", "Creator", "Format", "Type"))  # nor signed by a version
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
        drawn = axes.bar([x + 0.27 * (i - 1) for x in range(len(costs))], shares, 0.25, color=color)
        drawn.set_label(label)
        axes.bar_label(drawn, fmt="%.0f", fontsize=8)
    axes.set_xticks(range(len(costs)), [f"stage {cost.stage}" for cost in costs])
    axes.set_ylabel("share of the attention, %")
    heading = f"{title(whole.recipe)}: what its attention costs, by stage"
    axes.set_title(literal(heading), fontsize=10)
    axes.legend(frameon=False, fontsize=8)
    return svg(figure)


def bars(values: Mapping[str, float], axis: str) -> str:
    """Draw one number for each network; `axis` says what it is."""
    figure = Figure(figsize=(7, 0.9 + 0.32 * len(values)), layout="constrained")
    axes = figure.subplots()
    drawn = axes.barh(range(len(values)), list(values.values()), 0.6, color=BLUE)
    axes.bar_label(drawn, fmt="%.3g", fontsize=8, padding=3)
    axes.margins(x=0.12)
    axes.set_yticks(range(len(values)), [wrapped(name) for name in values])
    axes.set_ylim(len(values) - 0.5, -0.5)
    axes.set_xlabel(wrapped(axis, 70))
    return svg(figure)


def intervals(timings: Sequence[Timing]) -> str:
    """Draw the overhead of every arm of one network with its interval."""
    changes = {
        f"{name(timing, arm)}, {timing.settings.mode.value}": timing.overhead(arm).percent
        for timing in timings
        for arm in timing.arms
        if arm != BASELINE
    }
    return _changes(changes, name(timings[0], BASELINE))


def overheads(timings: Mapping[str, Sequence[Timing]]) -> str:
    """Draw the overhead of several networks, by their names, with its interval."""
    changes = {
        f"{network}, {timing.settings.mode.value}": timing.overhead(NETWORK).percent
        for network, runs in timings.items()
        for timing in runs
    }
    return _changes(changes, "the plain network")


def _changes(changes: Mapping[str, Estimate], plain: str) -> str:
    """Draw changes of time with their 95 % intervals, and the margin of indifference."""
    figure = Figure(figsize=(7, 1.2 + 0.45 * len(changes)), layout="constrained")
    axes = figure.subplots()
    axes.axvspan(-MARGIN, MARGIN, label=f"indifference, ±{MARGIN} %", linewidth=0, **SHADE)
    for y, change in enumerate(changes.values()):
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
    axes.set_yticks(range(len(changes)), [wrapped(label) for label in changes])
    axes.set_ylim(len(changes) - 0.4, -0.6)
    axes.set_xlabel(literal(f"time beside {plain}, %, with 95 % interval"))
    figure.legend(frameon=False, fontsize=8, loc="outside upper right")
    return svg(figure)


def wrapped(text: str, width: int = 34) -> str:
    """Return text in lines of at most `width` signs, which leave room for what is drawn."""
    return "\n".join(wrap(literal(text), width))


def literal(text: str) -> str:
    """Return text that a picture shows as it is: matplotlib would set what is between dollars."""
    return visible(text).replace("$", r"\$")


def svg(figure: Figure) -> str:
    """Return a figure as SVG, the same bytes for the same figure."""
    out = io.StringIO()
    FigureCanvasSVG(figure)
    with rc_context(STYLE):
        figure.savefig(out, format="svg", metadata=UNDATED)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
