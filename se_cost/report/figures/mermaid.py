"""Charts as text that GitHub and GitLab draw, for pages that no picture can go with."""

import re
from collections.abc import Mapping

from se_cost.text import printable

BAR = 34  # pixels of the chart's height for each bar
EDGE = 110  # pixels for title and axis
MARGIN = 1.15  # times the longest bar; its label needs the rest
ALIKE = str.maketrans('"`<>;#{}', "''‹›,♯()")


def bars(title: str, axis: str, values: Mapping[str, float]) -> str:
    """Return a horizontal bar chart of values that are not negative, which `axis` names."""
    names = ", ".join(f'"{literal(name)}"' for name in values)
    numbers = ", ".join(f"{value:.3g}" for value in values.values())
    top = max(values.values(), default=0) * MARGIN or 1
    lines = (
        "---",
        "config:",
        "  xyChart:",
        f"    height: {EDGE + BAR * len(values)}",
        "    showDataLabel: true",
        "    showDataLabelOutsideBar: true",
        "---",
        "xychart-beta horizontal",
        f'  title "{literal(title)}"',
        f"  x-axis [{names}]",
        f'  y-axis "{literal(axis)}" 0 --> {top:.6g}',
        f"  bar [{numbers}]",
    )
    return "\n".join(lines)


def pie(title: str, parts: Mapping[str, int]) -> str:
    """Return a pie of the parts that are there at all."""
    slices = (f'  "{literal(name)}" : {part}' for name, part in parts.items() if part > 0)
    return "\n".join((f"pie showData title {literal(title)}", *slices))


def literal(text: str) -> str:
    """Return text in which nothing is syntax: these charts know no escapes, so signs look alike."""
    line = " ".join(printable(text).split()).translate(ALIKE)
    return re.sub("%(?=%)", "% ", line)  # two would begin a comment
