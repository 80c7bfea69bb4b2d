"""A document as markdown that GitHub renders, beside its files or on its own."""

from html import escape
from typing import assert_never
from urllib.parse import quote

from se_cost.report.blocks import Beside, Block, Console, Details, Document, Heading, Picture
from se_cost.report.formats import as_markdown, escaped, pipe_table, visible
from se_cost.report.page import Page, Table

MARKER = "<!-- se-cost report -->"  # a bot finds the comment to replace by it


def page_of(document: Document, stem: str | None = None) -> str:
    """Return the page; `stem` begins the names of the files beside it, None if there are none."""
    top = (MARKER, f"# {escaped(document.title)}", f"**{escaped(document.lead)}**")
    return "\n\n".join((*top, *_blocks(document.blocks, stem))) + "\n"


def _blocks(blocks: tuple[Block, ...], stem: str | None) -> list[str]:
    return [text for text in (_block(block, stem) for block in blocks) if text]


def _block(block: Block, stem: str | None) -> str:
    """Return a block, empty if it cannot be shown without a file beside the page."""
    match block:
        case Heading(text, level):
            return f"{'#' * level} {escaped(text)}"
        case Page():
            return as_markdown(block).rstrip()
        case Table():
            return pipe_table(block)
        case Picture():
            return _picture(block, stem)
        case Console(commands):
            return _fenced("console", "\n".join(f"$ {visible(command)}" for command in commands))
        case Beside(text, lead, suffix):
            link = f" {lead} {_link(stem, suffix)}." if stem else ""
            return f"{escaped(text)}{link}"
        case Details(summary, blocks):
            opening = f"<details>\n<summary>{escape(visible(summary))}</summary>"
            return "\n\n".join((opening, *_blocks(blocks, stem), "</details>"))
        case _:
            assert_never(block)


def _picture(picture: Picture, stem: str | None) -> str:
    mermaid = _fenced("mermaid", picture.mermaid) if picture.mermaid else ""
    if stem is None:
        return mermaid
    target = _target(f"{stem}-{picture.name}.svg")
    if picture.simple:
        return f"{mermaid}\n\n[{escaped(picture.words)}, as a picture]({target})"
    return f"![{escaped(picture.words)}]({target})"


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"


def _link(stem: str, suffix: str) -> str:
    return f"[{escaped(stem + suffix)}]({_target(stem + suffix)})"


def _target(name: str) -> str:
    return quote(name, errors="surrogateescape")
