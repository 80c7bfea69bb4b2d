"""Names that mean harm to markdown, HTML, LaTeX, terminals, workflow commands or charts."""

from se_cost.documents.base import Document
from se_cost.report.formats.answer import Answer
from se_cost.report.page import (
    Beside,
    Block,
    Details,
    Heading,
    Page,
    Picture,
    Section,
    Table,
    Text,
    Warning,
    console,
)

NASTY = (
    "a|b `c` <script>alert(\"1\")</script> 'q' *x* _y_ ~z~ [u](v) & \\ %0A ::error::e #1; "
    "%%{i}%% $m$ ^ \\end{table} ]]> </details> --> \x1b[31mred\x1b[0m "
    "\x9b2J \u202e \ud800 \n# head\r\n::warning::w\n```\n| - |"
)
HOSTILE = (
    NASTY,
    *("- a", "-", "+ a", "+", "1. a", "23) a", "1.", "---", "- - -", "===", "~~~", "> a"),
    *("# a", "***", "___", "    a", "| a |", "<a>", "[a]: b", "![a](b)", "```", "$x^2$"),
    *("&amp;", "]]>", "--", "{}", "\\", "=1+1", "a\tb\vc", "\x07\x1b[2J", "Straße 😀", "–", '"'),
)


class Found(Document, kw_only=True, tag="params"):
    """A document made by hand."""

    text: str = "tame"


def answer(*blocks: Block, title: str = "", lead: str = "", text: str = "tame") -> Answer:
    """Return a page of some blocks, and a document that holds a text."""
    return Answer(Found(text=text), Page(blocks, title, lead))


def everything(text: str = NASTY) -> Answer:
    """Return a page with every kind of block, and the text in every place there is."""
    headings = (Heading("what"), Heading(text), Heading("n"))
    table = Table(text, headings, (("a", text, 1), (text, text, -2), ("all", None, 3)), 1)
    picture = Picture("p", lambda: SVG, text, "pie showData title t")
    simple = Picture("s", lambda: SVG, text, "xychart-beta", simple=True)
    inner = (Section(text, (Text(text), table, picture, Warning(text)), 3),)
    blocks = (Text(text), Section(text, (table, Text(text))), picture, simple, console(text))
    folded = Details(text, inner)
    beside = Beside(text, "More is in", ".json")
    return answer(*blocks, folded, beside, Warning(text), title=text, lead=text, text=text)


SVG = (
    '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"\n'
    '  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" viewBox="0 0 9 9"'
    ' xmlns="http://www.w3.org/2000/svg">\n'
    " <title>t</title>\n"
    ' <defs>\n  <style type="text/css">*{}</style>\n </defs>\n'
    ' <g id="a"><clipPath id="b"><path d="M 0 0" style="fill: #ffffff"/></clipPath>\n'
    '<path clip-path="url(#b)" style="stroke: #000000"/><use xlink:href="#a"/></g>\n</svg>\n'
)
