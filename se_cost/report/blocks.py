"""What a document is made of: the same blocks become markdown and HTML."""

from dataclasses import dataclass
from enum import StrEnum

from se_cost.report.page import Page, Table


class PageFormat(StrEnum):
    """How a document is written."""

    MARKDOWN = "markdown"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Heading:
    """The question that the next blocks answer; `level` 1 is the title's."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing, and words for those who do not see it.

    `name` ends the name of its file. `mermaid` draws nearly the same where no file can go; a
    picture that is `simple` is shown so in all markdown, with a link to the file.
    """

    name: str
    svg: str
    words: str
    mermaid: str = ""
    simple: bool = False


@dataclass(frozen=True, slots=True)
class Console:
    """Commands for a shell."""

    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """A sentence, and a `lead` to the file beside the page that has this suffix."""

    text: str
    lead: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks that are folded away behind a summary."""

    summary: str
    blocks: "tuple[Block, ...]"


Block = Heading | Page | Table | Picture | Console | Beside | Details


@dataclass(frozen=True, slots=True)
class Document:
    """A title, the sentence that matters most, and the blocks below them."""

    title: str
    lead: str
    blocks: tuple[Block, ...]

    @property
    def pictures(self) -> list[Picture]:
        """Return every picture, those within details too."""
        return _pictures(self.blocks)


def _pictures(blocks: tuple[Block, ...]) -> list[Picture]:
    found: list[Picture] = []
    for block in blocks:
        match block:
            case Picture():
                found.append(block)
            case Details():
                found += _pictures(block.blocks)
    return found
