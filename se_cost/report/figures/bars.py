"""One number for each network."""

from collections.abc import Mapping

from matplotlib.figure import Figure

from se_cost.report.figures.style import BLUE, LETTERS, svg, wrapped


def bars(values: Mapping[str, float], axis: str) -> str:
    """Draw a horizontal bar for each value by its name; `axis` says what the values are."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        drawn = axes.barh(range(len(values)), list(values.values()), 0.6, color=BLUE)
        axes.bar_label(drawn, fmt="%.3g", fontsize=LETTERS, padding=3)
        axes.margins(x=0.12)
        axes.set_yticks(range(len(values)), [wrapped(name) for name in values])
        axes.set_ylim(len(values) - 0.5, -0.5)
        axes.set_xlabel(wrapped(axis, 70))

    return svg(axis, (7, 0.9 + 0.32 * len(values)), draw)
