"""A document as one HTML file that needs nothing else: no network, no script, no other file."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import count
from typing import assert_never

from se_cost.report.blocks import Beside, Block, Console, Details, Document, Heading, Picture
from se_cost.report.formats import visible
from se_cost.report.markdown import MARKER
from se_cost.report.page import Page, Table

# what the page may load: nothing, whatever should slip into it
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
STYLE = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1f2328; --faint: #59636e; --line: #d1d9e0; --shade: #f6f8fa;
  --amber: #9a6700; --amber-shade: #fff8c5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0d1117; --ink: #e6edf3; --faint: #9198a1; --line: #3d444d; --shade: #161b22;
    --amber: #d29922; --amber-shade: #2b2310;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 66rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  overflow-wrap: break-word; -webkit-text-size-adjust: 100%;
}
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h1 { font-size: 1.75rem; margin: 0 0 1rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 1rem; padding-bottom: .3rem; }
h2 { border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .75rem; }
p { margin: .75rem 0; max-width: 48rem; }
.lead { font-size: 1.1rem; font-weight: 600; }
.warning {
  padding: .5rem .75rem; border-left: .25rem solid var(--amber); background: var(--amber-shade);
}
.frame { margin: 1rem 0 1.5rem; border: 1px solid var(--line); border-radius: .4rem; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid #0072b2; outline-offset: 2px; }
table { border-collapse: collapse; min-width: 100%; font-size: .875rem; }
table { font-variant-numeric: tabular-nums; }
.title { margin: 0; padding: .5rem .75rem; max-width: none; font-size: .875rem; font-weight: 600; }
.title { border-bottom: 1px solid var(--line); }
th, td { padding: .35rem .75rem; text-align: left; white-space: nowrap; }
td:not(.number) { white-space: normal; min-width: 9rem; }
thead th { vertical-align: bottom; white-space: normal; min-width: 5.5rem; font-weight: 600; }
thead th { color: var(--faint); }
tbody tr { border-top: 1px solid var(--line); }
tbody th { font-weight: 400; position: sticky; left: 0; background: var(--paper); }
.number { text-align: right; }
.total th, .total td { font-weight: 600; background: var(--shade); }
figure { margin: 1.5rem 0; overflow-x: auto; }
svg { display: block; width: 100%; min-width: 22rem; max-width: 44rem; height: auto; }
svg * { stroke-linejoin: round; stroke-linecap: butt; }
svg text { fill: currentColor; }
pre { overflow-x: auto; padding: .75rem; border-radius: .4rem; background: var(--shade); }
pre, code { font-family: ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; }
pre, code { font-size: .875rem; }
details { margin: .75rem 0; border: 1px solid var(--line); border-radius: .4rem; }
details { padding: 0 .75rem; }
summary { margin: 0 -.75rem; padding: .6rem .75rem; cursor: pointer; font-weight: 600; }
details[open] > summary { border-bottom: 1px solid var(--line); background: var(--shade); }
@media (max-width: 36rem) {
  h1 { font-size: 1.4rem; }
  th, td { padding: .3rem .5rem; }
}
""".strip()


def page_of(document: Document, stem: str) -> str:
    """Return the page; `stem` begins the name of the json beside it."""
    numbers = count(1)
    blocks = "\n".join(_block(block, stem, numbers) for block in document.blocks)
    return f"""<!doctype html>
{MARKER}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{literal(document.title)}</title>
<style>
{STYLE}
</style>
</head>
<body>
<main>
<h1>{literal(document.title)}</h1>
<p class="lead">{literal(document.lead)}</p>
{blocks}
</main>
</body>
</html>
"""


def literal(text: str) -> str:
    """Return text that HTML takes literally, within an attribute too."""
    return escape(visible(text))


def _block(block: Block, stem: str, numbers: Iterator[int]) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level}>{literal(text)}</h{level}>"
        case Page():
            return _answer(block)
        case Table():
            return _table(block)
        case Picture():
            return f"<figure>\n{_inline(block, f'picture{next(numbers)}-')}</figure>"
        case Console(commands):
            lines = "\n".join(f"$ {literal(command)}" for command in commands)
            return f'<pre tabindex="0"><code>{lines}</code></pre>'
        case Beside(text, lead, suffix):
            return f"<p>{literal(text)} {lead} <code>{literal(stem + suffix)}</code>.</p>"
        case Details(summary, blocks):
            inner = "\n".join(_block(part, stem, numbers) for part in blocks)
            return f"<details>\n<summary>{literal(summary)}</summary>\n{inner}\n</details>"
        case _:
            assert_never(block)


def _answer(page: Page) -> str:
    parts = [f"<p>{literal(line)}</p>" for line in page.lines]
    parts += [_table(table, titled=True) for table in page.tables]
    parts += [
        f'<p class="warning"><strong>Warning:</strong> {literal(warning)}</p>'
        for warning in page.warnings
    ]
    return "\n".join(parts)


def _table(table: Table, *, titled: bool = False) -> str:
    """Return a table that scrolls by itself where it is wider than the screen."""
    title = literal(table.title)
    first_total = len(table.rows) - table.totals
    lines = [
        '<div class="frame">',
        *([f'<p class="title">{title}</p>'] * titled),
        f'<div class="scroll" role="region" aria-label="{title}" tabindex="0">',
        "<table>",
        "<thead>",
        f"<tr>{_cells(table.header, table.numeric, heading=True)}</tr>",
        "</thead>",
        "<tbody>",
    ]
    for i, row in enumerate(table.cells()):
        kind = ' class="total"' * (i >= first_total)
        lines.append(f"<tr{kind}>{_cells(row, table.numeric)}</tr>")
    return "\n".join((*lines, "</tbody>", "</table>", "</div>", "</div>"))


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
    drawn = picture.svg[picture.svg.index("<svg") :]
    drawn = re.sub(r"\s*<style.*?</style>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}", drawn)
    drawn = drawn.replace("#000000", "currentColor").replace("fill: #ffffff", "fill: none")
    shape = re.search(r'viewBox="([^"]*)"', drawn)
    assert shape, "every picture of figures.py has one"
    opening = f'<svg viewBox="{shape[1]}" role="img" aria-label="{literal(picture.words)}">'
    return opening + drawn[drawn.index(">") + 1 :]
