"""What all pictures share: colours, text taken literally, and SVG that comes out the same."""

import io
import re
from collections.abc import Callable
from textwrap import wrap
from typing import Any

from matplotlib import rc_context, rcParamsDefault
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from se_cost.text import printable

# Okabe and Ito's colours, told apart by people with any colour vision
BLUE, ORANGE, GREEN, SKY = "#0072B2", "#E69F00", "#009E73", "#56B4E9"
GREY = "#888888"  # readable on white paper as on black
LETTERS = 8  # points; of all text but headings
HEADING = 10  # points
STYLE: Any = {"svg.hashsalt": "se-cost", "svg.fonttype": "none", "font.family": "sans-serif"}
# matplotlib's own settings instead of the user's; the choice of a backend is left alone
SETTINGS: Any = {k: v for k, v in rcParamsDefault.items() if k != "backend"} | STYLE
# white paper becomes black where the page around it is dark, and every hue stays what it was
DARK = (
    '<style type="text/css">@media (prefers-color-scheme: dark) '
    "{ svg { filter: invert(1) hue-rotate(180deg); } }</style>\n "
)
UNDATED: Any = dict.fromkeys(("Date", "Creator", "Format", "Type"))  # nor signed by a version


def svg(title: str, size: tuple[float, float], draw: Callable[[Figure], None]) -> str:
    """Return what `draw` puts on a figure of `size` (inches), the same bytes for the same drawing.

    `title` becomes the SVG's <title>, which is not drawn.
    """
    out = io.StringIO()
    with rc_context(SETTINGS):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure)
        figure.savefig(out, format="svg", metadata=UNDATED | {"Title": printable(title)})
    drawn = re.sub(r"\s*<metadata>.*?</metadata>", "", out.getvalue(), flags=re.DOTALL)
    drawn = drawn.replace("<defs>", DARK + "<defs>", 1)
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


def wrapped(text: str, width: int = 34) -> str:
    """Return text in lines of at most `width` characters, so that it leaves room for bars."""
    return "\n".join(wrap(literal(text), width))


def literal(text: str) -> str:
    """Return text that is drawn as it is; matplotlib would typeset what is between dollars."""
    return printable(text).replace("$", r"\$")
