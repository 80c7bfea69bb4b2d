"""Where an answer goes: data to stdout or a file, warnings to stderr."""

import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import get_terminal_size

import click

from se_cost.errors import BadInput
from se_cost.report.files import expect_writable, unwritable, write
from se_cost.report.formats import FORMATTERS, Format
from se_cost.report.page import Page

SUFFIXES = {".md": Format.MARKDOWN, ".csv": Format.CSV, ".json": Format.JSON}


@dataclass(frozen=True, slots=True)
class Output:
    """Format and destination of a page; no file means stdout."""

    format: Format
    file: Path | None
    quiet: bool

    @classmethod
    def of(cls, format: Format | None, file: Path | None, quiet: bool) -> "Output":  # noqa: A002 - the option's word
        """Return the output; raise BadInput now if the file could not be written later."""
        if file is not None:
            expect_writable(file)
        suffix = file.suffix.lower() if file else ""
        return cls(format or SUFFIXES.get(suffix, Format.TEXT), file, quiet)

    def show(self, page: Page) -> None:
        """Write a page; what cannot be written to the file is printed, so that it is not lost."""
        self.warn(page)
        if self.file is None:
            show(rendered(page, self.format))
            return
        text = FORMATTERS[self.format](page, width=None, color=False)
        try:
            write(self.file, text)
        except BadInput:
            show(text)
            raise

    def warn(self, page: Page) -> None:
        """Print the warnings; that something failed is said even if quiet is asked for."""
        for warning in page.warnings if page.failed or not self.quiet else ():
            click.echo(f"se-cost: warning: {warning}", err=True)


def show(text: str) -> None:
    """Print to stdout; raise BadInput if it takes no more. A reader that has left is no error."""
    try:
        click.echo(text, nl=False, color=wants_color(sys.stdout.isatty()))
    except BrokenPipeError:
        raise  # click's to handle
    except OSError as error:
        sys.stdout = io.StringIO()  # or Python tries again when it exits, and says so
        raise unwritable(Path("/dev/stdout"), error) from None


def rendered(page: Page, format: Format) -> str:  # noqa: A002 - the option's word
    """Return a page for stdout, as wide and colourful as it can show it."""
    terminal = sys.stdout.isatty()
    width = get_terminal_size().columns if terminal else None
    return FORMATTERS[format](page, width=width, color=wants_color(terminal))


def wants_color(terminal: bool) -> bool:
    """Return whether to use colour: FORCE_COLOR, then NO_COLOR, then whether it is a terminal."""
    if os.environ.get("FORCE_COLOR"):
        return True
    return terminal and not os.environ.get("NO_COLOR")
