"""What attention costs by stage, as shares of its whole cost."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from se_cost.report.figures.style import (
    BLUE,
    GREEN,
    HEADING,
    LETTERS,
    ORANGE,
    literal,
    svg,
    wrapped,
)

COLORS = (BLUE, ORANGE, GREEN)
STEP, WIDTH = 0.27, 0.25  # of the bars of one stage


def stages(title: str, shares: Mapping[str, Sequence[float | None]], stages: Sequence[str]) -> str:
    """Draw the share of each stage (per cent) in up to three measures; None draws no bar.

    `title` stands above the picture; `stages` are the labels below it.
    """

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for i, (measure, color) in enumerate(zip(shares, COLORS, strict=False)):
            there = [(x, share) for x, share in enumerate(shares[measure]) if share is not None]
            places = [x + STEP * (i - 1) for x, _ in there]
            bars = axes.bar(places, [share for _, share in there], WIDTH, color=color)
            bars.set_label(literal(measure))
            axes.bar_label(bars, fmt="%.0f", fontsize=LETTERS)
        axes.set_xticks(range(len(stages)), [literal(stage) for stage in stages])
        axes.set_ylabel("share of the attention, %")
        axes.set_title(wrapped(title, 80), fontsize=HEADING)
        axes.legend(frameon=False, fontsize=LETTERS)

    return svg(title, (7, 3.2), draw)
