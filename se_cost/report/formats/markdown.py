"""A page as markdown that GitHub renders, beside its files or on its own."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from os.path import relpath
from pathlib import Path
from types import MappingProxyType
from typing import assert_never
from urllib.parse import quote

from se_cost.record import Record
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

MARKER = "<!-- se-cost report -->"  # a bot finds the comment to replace by it
NO_FIGURES: Mapping[str, str] = MappingProxyType({})


class Files(Record):
    """Where the files of a page lie: the `stem` of those beside it, links to others by name."""

    stem: str | None
    figures: Mapping[str, str]

    def picture(self, name: str) -> str | None:
        """Return the link to a picture, None if there is no file of it."""
        beside = None if self.stem is None else _target(f"{self.stem}-{name}.svg")
        return self.figures.get(name, beside)


def write(answer: Answer, screen: Screen) -> str:
    """Return a page that has no files beside it."""
    return page(answer.page)


def page(content: Page, stem: str | None = None, figures: Mapping[str, str] = NO_FIGURES) -> str:
    """Return the page; `stem` begins the names of the files beside it, None if there are none.

    `figures` are links to pictures that lie elsewhere, by their names.
    """
    top = (MARKER, f"# {escaped(content.title)}") if content.title else ()
    lead = (f"**{escaped(content.lead)}**",) if content.lead else ()
    return "\n\n".join((*top, *lead, *_blocks(content.blocks, Files(stem, figures)))) + "\n"


def link(target: Path, beside: Path) -> str:
    """Return the link to a file from the page in the file `beside`."""
    return _target(Path(relpath(target, beside.parent)).as_posix())


def pipe_table(table: Table) -> str:
    """Return one table in GitHub's pipe syntax."""
    from tabulate import tabulate

    return tabulate(
        [[escaped(cell) for cell in row] for row in table.cells()],
        headers=[escaped(name) for name in table.header],
        tablefmt="pipe",
        colalign=["right" if numeric else "left" for numeric in table.numeric],
        disable_numparse=True,
    )


def escaped(text: str) -> str:
    """Return text that markdown takes literally, also within a cell of a table."""
    one_line = " ".join(printable(text).split())
    for sign, harmless in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        one_line = one_line.replace(sign, harmless)
    literal = "".join(f"\\{sign}" if sign in "\\`*_~#|[]" else sign for sign in one_line)
    return re.sub(r"^(\d*)([-+.)])(?=[ -]|$)", r"\1\\\2", literal)  # a list, or a rule


def _blocks(blocks: Iterable[Block], files: Files) -> list[str]:
    return [text for text in (_block(block, files) for block in blocks) if text]


def _block(block: Block, files: Files) -> str:
    """Return a block, empty if it cannot be shown without a file."""
    match block:
        case Text(text):
            return escaped(text)
        case Table(title):
            titled = f"**{escaped(title)}**\n\n" if title else ""
            return titled + pipe_table(block)
        case Warning(text):
            return f"> **Warning:** {escaped(text)}"
        case Picture():
            return _picture(block, files.picture(block.name))
        case Code(language, lines):
            return _fenced(language, "\n".join(map(printable, lines)))
        case Beside(text, lead, suffix):
            name = None if files.stem is None else files.stem + suffix
            pointer = f" {lead} [{escaped(name)}]({_target(name)})." if name else ""
            return f"{escaped(text)}{pointer}"
        case Section(heading, blocks, level):
            return "\n\n".join((f"{'#' * level} {escaped(heading)}", *_blocks(blocks, files)))
        case Details(summary, blocks):
            opening = f"<details>\n<summary>{escape(printable(summary))}</summary>"
            return "\n\n".join((opening, *_blocks(blocks, files), "</details>"))
        case _:
            assert_never(block)


def _picture(picture: Picture, target: str | None) -> str:
    mermaid = _fenced("mermaid", picture.mermaid) if picture.mermaid else ""
    if target is None:
        return mermaid
    if picture.simple:
        return f"{mermaid}\n\n[{escaped(picture.words)}, as a picture]({target})"
    return f"![{escaped(picture.words)}]({target})"


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"


def _target(name: str) -> str:
    return quote(name, errors="surrogateescape")
