"""What the readers of each format find: how a text is put together, and what it says."""

import csv
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from se_cost.report.formats.all import Format
from se_cost.report.formats.latex import SIGNS

VOID = {"meta", "link"}
Attributes = dict[str, str | None]


class Html(HTMLParser):
    """The elements of a page with their attributes and texts; badly nested ones are an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, Attributes]] = []
        self.texts: list[tuple[str, str]] = []
        self.comments: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and that it is open."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that has no content."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text, and what it is in."""
        if data.strip():
            self.texts.append((self.open[-1], data))

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.comments.append(data)

    def all(self, tag: str) -> list[Attributes]:
        """Return the attributes of every element of a kind."""
        return [attributes for kind, attributes in self.elements if kind == tag]

    def within(self, tag: str) -> list[str]:
        """Return the texts of every element of a kind."""
        return [text for kind, text in self.texts if kind == tag]


def tokens(text: str) -> list[Token]:
    """Return the blocks that a parser of GitHub's markdown finds."""
    return MarkdownIt("commonmark").enable("table").parse(text)


def inline(text: str) -> Iterator[Token]:
    """Yield what a parser of GitHub's markdown finds within lines."""
    for token in tokens(text):
        yield from token.children or []


def words(token: Token) -> str:
    """Return the text within a block of markdown, as it is shown."""
    return "".join(child.content for child in token.children or [])


SPELLED = {text: chr(sign) for sign, text in SIGNS.items()} | {"{}": "", r"$\mu$": "µ"}
SIGN = re.compile("|".join(re.escape(text) for text in sorted(SPELLED, key=len, reverse=True)))
COMMAND = re.compile(
    r"\\(?:begin|end)\{\w+\}|\\\w+\*?|[{}&]|\\\\|[%$#_^~]"  # all that LaTeX obeys
)


def latex_commands(text: str) -> list[str]:
    """Return what LaTeX obeys, in order: commands, braces, the ends of cells and of rows."""
    rest = SIGN.sub("", re.sub(r"\\begin\{tabular\}\{\w+\}", r"\\begin{tabular}", text))
    return COMMAND.findall(rest)


def latex_words(text: str) -> str:
    """Return the text that LaTeX sets, with the commands that are not signs."""
    return SIGN.sub(lambda found: SPELLED[found[0]], text)


def structure(format_: Format, text: str) -> list[str]:
    """Return how a text in a format is put together, whatever its names are."""
    match format_:
        case Format.MARKDOWN:
            return [token.type for token in tokens(text)]
        case Format.CSV:
            return [str(len(row)) for row in csv.reader(text.splitlines(keepends=True))]
        case Format.JSON:
            return list(json.loads(text))
        case Format.HTML:
            return [kind for kind, _ in Html(text).elements]
        case Format.LATEX:
            return latex_commands(text)
        case _:
            return ["line"] * len(text.splitlines())


def said(format_: Format, text: str) -> list[str]:
    """Return the texts that a reader of a format sees."""
    match format_:
        case Format.MARKDOWN:
            return [words(token) for token in tokens(text)]
        case Format.CSV:
            return [cell for row in csv.reader(text.splitlines(keepends=True)) for cell in row]
        case Format.JSON:
            return list(map(str, json.loads(text).values()))
        case Format.HTML:
            return [data for _, data in Html(text).texts]
        case Format.LATEX:
            return [latex_words(line) for line in text.splitlines()]
        case _:
            return text.splitlines()
