"""A page as LaTeX to \\input into a paper; its tables need the package booktabs."""

import re
from collections.abc import Iterable, Sequence
from typing import assert_never

from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.page import (
    Beside,
    Block,
    Code,
    Details,
    Page,
    Picture,
    Section,
    Table,
    Text,
    Warning,
)
from se_cost.text import printable

TOP = r"% \usepackage{booktabs}"
LEVELS = ("section", "subsection", "subsubsection")
# what LaTeX would obey, and what its fonts lack or spell otherwise
SIGNS = str.maketrans(
    {sign: f"\\{sign}" for sign in "&%$#_{}"}
    | {sign: f"{{{sign}}}" for sign in "[]*"}  # options, where they begin a row
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"}
    | {"`": r"\textasciigrave{}", '"': "''", "'": r"\textquotesingle{}"}
    | {"–": "--", "—": "---", "−": "$-$", "…": r"\dots{}", "→": r"$\to$"}
    | {"×": r"$\times$", "·": r"$\cdot$", "±": r"$\pm$", "≤": r"$\le$", "≥": r"$\ge$"}
    | {"²": "$^2$", "³": "$^3$", "Σ": r"$\Sigma$", "µ": r"$\mu$", "μ": r"$\mu$"}
)


def write(answer: Answer, screen: Screen) -> str:
    """Return headings, sentences and a table environment for every table; no pictures."""
    page: Page = answer.page
    title = [_heading(page.title, 1)] if page.title else []
    lead = [rf"\textbf{{{escaped(page.lead)}}}"] if page.lead else []
    return "\n\n".join((TOP, *title, *lead, *_blocks(page.blocks))) + "\n"


def escaped(text: str) -> str:
    """Return text that LaTeX sets as it is, on one line."""
    apart = re.sub(r"-(?=-)", "-\0", printable(text))  # two would become a dash
    return apart.translate(SIGNS).replace("\0", "{}")


def _blocks(blocks: Iterable[Block]) -> list[str]:
    return [text for text in map(_block, blocks) if text]


def _block(block: Block) -> str:
    match block:
        case Text(text) | Beside(text):
            return escaped(text)
        case Table():
            return _table(block)
        case Warning(text):
            return rf"\textbf{{Warning:}} {escaped(text)}"
        case Picture():
            return ""
        case Code(lines=lines):
            text = "\\\\\n".join(map(escaped, lines))
            return f"\\begin{{quote}}\\ttfamily\n{text}\n\\end{{quote}}"
        case Section(heading, blocks, level):
            return "\n\n".join((_heading(heading, level), *_blocks(blocks)))
        case Details(summary, blocks):
            return "\n\n".join((rf"\paragraph{{{escaped(summary)}}}", *_blocks(blocks)))
        case _:
            assert_never(block)


def _heading(text: str, level: int) -> str:
    return rf"\{LEVELS[min(level, len(LEVELS)) - 1]}*{{{escaped(text)}}}"


def _table(table: Table) -> str:
    """Return a table with its title as the caption, totals below a rule of their own."""
    first_total = len(table.rows) - table.totals
    rows = [_row(row, table.numeric) for row in table.cells()]
    lines = (
        r"\begin{table}",
        r"\centering",
        *([rf"\caption{{{escaped(table.title)}}}"] if table.title else []),
        rf"\begin{{tabular}}{{{''.join('r' if number else 'l' for number in table.numeric)}}}",
        r"\toprule",
        _row(table.header, [False] * len(table.header)),
        r"\midrule",
        *rows[:first_total],
        *([r"\midrule"] if table.totals and first_total else []),
        *rows[first_total:],
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    )
    return "\n".join(lines)


def _row(cells: Sequence[str], numeric: Sequence[bool]) -> str:
    texts = [
        re.sub("^-", "$-$", escaped(cell)) if number and cell != "–" else escaped(cell)
        for cell, number in zip(cells, numeric, strict=True)
    ]
    return " & ".join(texts) + r" \\"
