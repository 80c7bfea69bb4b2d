"""A page of markdown with a picture that lies in a file of its own."""

from dataclasses import dataclass
from os.path import relpath
from pathlib import Path
from urllib.parse import quote

from se_cost.report.formats import as_markdown
from se_cost.report.page import Page


@dataclass(frozen=True, slots=True)
class Picture:
    """What a page is called, and the words that stand for its picture."""

    heading: str
    caption: str


def illustrated(answer: Page, picture: Picture, file: Path, figure: Path) -> str:
    """Return the page as markdown for `file`, with the picture in the file `figure`."""
    link = quote(Path(relpath(figure, file.parent)).as_posix(), errors="surrogateescape")
    return f"# {picture.heading}\n\n{as_markdown(answer)}\n![{picture.caption}]({link})\n"
