"""A page as one HTML file that needs nothing else: no network, no script, no other file."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import count
from typing import assert_never

from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.formats.markdown import MARKER
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
from se_cost.text import joined, printable

# what the page may load: nothing, whatever should slip into it
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"


def write(answer: Answer, screen: Screen) -> str:
    """Return a page that has no files beside it."""
    return page(answer.page, answer.command)


def page(content: Page, command: str, stem: str | None = None) -> str:
    """Return the page; `stem` begins the name of a file beside it, None if there is none.

    A page without a title is headed by its `command`.
    """
    sentences = [block.text for block in content.blocks if isinstance(block, Text)]
    heading = content.title or f"se-cost {command}"
    title = content.title or next(iter(sentences), heading)
    lead = f'\n<p class="lead">{literal(content.lead)}</p>' if content.lead else ""
    return f"""<!doctype html>
{MARKER}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{literal(title)}</title>
<style>
{_style()}
</style>
</head>
<body>
<main>
<h1>{literal(heading)}</h1>{lead}
{_blocks(content.blocks, stem, count(1))}
</main>
</body>
</html>
"""


def _style() -> str:
    """Return the style sheet, which lies beside this file in a wheel too."""
    from importlib.resources import files

    return files(__package__).joinpath("page.css").read_text(encoding="utf-8").strip()


def literal(text: str) -> str:
    """Return text that HTML takes literally, within an attribute too."""
    return escape(printable(text))


def _blocks(blocks: Iterable[Block], stem: str | None, numbers: Iterator[int]) -> str:
    return "\n".join(_block(block, stem, numbers) for block in blocks)


def _block(block: Block, stem: str | None, numbers: Iterator[int]) -> str:
    """Return a block; `numbers` tell the ids of its pictures from those of others."""
    match block:
        case Text(text):
            return f"<p>{literal(text)}</p>"
        case Table():
            return _table(block)
        case Warning(text):
            return f'<p class="warning"><strong>Warning:</strong> {literal(text)}</p>'
        case Picture():
            return f"<figure>\n{_inline(block, f'picture{next(numbers)}-')}</figure>"
        case Code(lines=lines):
            code = "\n".join(map(literal, lines))
            return f'<pre tabindex="0"><code>{code}</code></pre>'
        case Beside(text, lead, suffix):
            pointer = "" if stem is None else f" {lead} <code>{literal(stem + suffix)}</code>."
            return f"<p>{literal(text)}{pointer}</p>"
        case Section(heading, blocks, level):
            return f"<h{level}>{literal(heading)}</h{level}>\n{_blocks(blocks, stem, numbers)}"
        case Details(summary, blocks):
            inner = _blocks(blocks, stem, numbers)
            return f"<details>\n<summary>{literal(summary)}</summary>\n{inner}\n</details>"
        case _:
            assert_never(block)


def _table(table: Table) -> str:
    """Return a table that scrolls by itself where it is wider than the screen."""
    title = literal(table.title)
    first_total = len(table.rows) - table.totals
    totals = ["<tr>"] * first_total + ['<tr class="total">'] * table.totals
    rows = [
        f"{opening}{_cells(row, table.numeric)}</tr>"
        for opening, row in zip(totals, table.cells(), strict=True)
    ]
    lines = (
        '<div class="frame">',
        *([f'<p class="title">{title}</p>'] if title else []),
        f'<div class="scroll" role="region" aria-label="{title or _names(table)}" tabindex="0">',
        "<table>",
        "<thead>",
        f"<tr>{_cells(table.header, table.numeric, heading=True)}</tr>",
        "</thead>",
        "<tbody>",
        *rows,
        "</tbody>",
        "</table>",
        "</div>",
        "</div>",
    )
    return "\n".join(lines)


def _names(table: Table) -> str:
    """Return what a screen reader calls a table that has no title."""
    return literal(joined(table.header))


def _cells(texts: Sequence[str], numeric: Sequence[bool], *, heading: bool = False) -> str:
    """Return a row: all of it headings, or its first cell the heading of the others."""
    cells = []
    for i, (text, number) in enumerate(zip(texts, numeric, strict=True)):
        tag, scope = ("td", "") if i and not heading else ("th", ' scope="row"')
        scope = ' scope="col"' if heading else scope
        kind = ' class="number"' * number
        cells.append(f"<{tag}{scope}{kind}>{literal(text)}</{tag}>")
    return "".join(cells)


def _inline(picture: Picture, prefix: str) -> str:
    """Return a picture as part of the page: its ids made its own, its ink that of the page."""
    svg = picture.draw()
    drawn = svg[svg.index("<svg") :]
    drawn = re.sub(r"\s*<(style|title)\b.*?</\1>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}", drawn)
    drawn = drawn.replace("#000000", "currentColor").replace("fill: #ffffff", "fill: none")
    shape = re.search(r'viewBox="([^"]*)"', drawn)
    assert shape, "every picture of figures/ has one"
    opening = f'<svg viewBox="{shape[1]}" role="img" aria-label="{literal(picture.words)}">'
    return opening + drawn[drawn.index(">") + 1 :]
