"""An output: a document in a format, on stdout or in a file, and its warnings on stderr."""

import sys
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from se_cost.cli.output.streams import put, say, terminal_width, wants_color
from se_cost.errors import UsageError
from se_cost.files import write
from se_cost.record import Record, replace
from se_cost.report.formats.all import Format
from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.page import Text
from se_cost.text import printable

if TYPE_CHECKING:
    from se_cost.documents.base import Document

STDOUT = Path("-")


class Output(Record):
    """Format and destination of documents; no file, or a dash, means stdout."""

    format: Format
    file: Path | None = None
    quiet: bool = False
    color: bool = True  # where it can be shown
    verbose: bool = True  # all of a page, where its first screen would do
    figure: Path | None = None  # where the page's picture goes by itself

    def show(self, document: "Document") -> Answer:
        """Write a document, and its picture, which a file of markdown then shows.

        What cannot be written to the file is printed, so that it is not lost.
        """
        answer = answered(document)
        if not self.format.takes(answer.command):
            raise UsageError(f"{self.format} cannot show a document of {answer.command}")
        self.warn(answer)
        if self.file is None or self.file == STDOUT:
            brief = self.format is Format.TEXT and not self.verbose
            self.print(replace(answer, page=answer.page.first_screen) if brief else answer)
        else:
            self._write(self.file, answer)
            self.tell(answer, self.file)
        if self.figure is not None:
            write(self.figure, answer.page.pictures[0].draw())
        return answer

    def tell(self, answer: Answer, file: Path) -> None:
        """Print to stderr what the file says in sentences, and where it is: a log is not empty."""
        if not self.quiet:
            first = takewhile(lambda block: isinstance(block, Text), answer.page.blocks)
            sentences = [block.text for block in first if isinstance(block, Text)]
            for line in (*sentences, f"wrote {file}"):
                say(printable(line))

    def warn(self, answer: Answer) -> None:
        """Print the warnings; that counts disagree is said even if quiet is asked for."""
        document = answer.document
        doubts = () if self.quiet else document.doubts
        for warning in (*document.disagreements, *doubts):
            say(f"se-cost: warning: {printable(warning)}")

    def print(self, answer: Answer) -> None:
        """Print an answer to stdout, as wide and colourful as that can show it."""
        terminal = sys.stdout.isatty()
        color = self.color and wants_color(terminal)
        screen = Screen(width=terminal_width(terminal), color=color)
        put(self.format.write(answer, screen), color=color)

    def _write(self, file: Path, answer: Answer) -> None:
        if self.figure is not None and self.format is Format.MARKDOWN:
            from se_cost.report.formats.markdown import link, page

            links = {picture.name: link(self.figure, file) for picture in answer.page.pictures}
            text = page(answer.page, figures=links)
        else:
            text = self.format.write(answer, Screen())
        try:
            write(file, text)
        except UsageError:
            put(text)
            raise


def answered(document: "Document") -> Answer:
    """Return a document with the page that says it in words."""
    from se_cost.report.pages.all import page

    return Answer(document, page(document))
