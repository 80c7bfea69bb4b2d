"""Names that mean harm to markdown, HTML, terminals, workflow commands or charts."""

from se_cost.report.blocks import Beside, Console, Details, Document, Heading, Picture
from se_cost.report.page import Column, Page, Table

NASTY = (
    "a|b `c` <script>alert(\"1\")</script> 'q' *x* _y_ ~z~ [u](v) & \\ %0A ::error::e #1; "
    "%%{i}%% $m$ </details> --> \x1b[31mred\x1b[0m "
    "\x9b2J \u202e \ud800 \n# head\r\n::warning::w\n```\n| - |"
)
ANSWER = Page(
    (NASTY,),
    (Table(NASTY, (Column(NASTY), Column("n")), ((NASTY, 1), ("all", 1)), totals=1),),
    {},
    (NASTY,),
)


def document(text: str = NASTY) -> Document:
    """Return a document with every kind of block, and the text in every place there is."""
    table = Table(text, (Column("what"), Column(text)), ((text, text),))
    page = Page((text,), (table,), {}, (text,))
    picture = Picture("p", SVG, text, "pie showData title t")
    simple = Picture("s", SVG, text, "xychart-beta", simple=True)
    inner = (Heading(text, 3), page, picture)
    beside = Beside(text, "More is in", ".json")
    blocks = (Heading(text), page, table, picture, simple, Console((text,)), Details(text, inner))
    return Document(text, text, (*blocks, beside))


SVG = (
    '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"\n'
    '  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" viewBox="0 0 9 9"'
    ' xmlns="http://www.w3.org/2000/svg">\n'
    ' <defs>\n  <style type="text/css">*{}</style>\n </defs>\n'
    ' <g id="a"><clipPath id="b"><path d="M 0 0" style="fill: #ffffff"/></clipPath>\n'
    '<path clip-path="url(#b)" style="stroke: #000000"/><use xlink:href="#a"/></g>\n</svg>\n'
)
