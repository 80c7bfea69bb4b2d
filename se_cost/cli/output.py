"""Where an answer goes: data to stdout or a file, warnings to stderr."""

import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from se_cost.errors import BadInput
from se_cost.report.files import expect_writable, unwritable, write
from se_cost.report.formats import FORMATTERS, Format
from se_cost.report.page import Page

if TYPE_CHECKING:
    from se_cost.report.illustrated import Picture

SUFFIXES = {".md": Format.MARKDOWN, ".csv": Format.CSV, ".json": Format.JSON}


@dataclass(frozen=True, slots=True)
class Output:
    """Format and destination of a page; no file means stdout."""

    format: Format
    file: Path | None
    quiet: bool
    color: bool = True  # where it can be shown

    @classmethod
    def of(
        cls,
        format: Format | None,  # noqa: A002 - the option's word
        file: Path | None,
        quiet: bool,
        no_color: bool = False,
    ) -> "Output":
        """Return the output; raise BadInput now if the file could not be written later."""
        if file is not None:
            expect_writable(file)
        suffix = file.suffix.lower() if file else ""
        return cls(format or SUFFIXES.get(suffix, Format.TEXT), file, quiet, not no_color)

    def show(
        self, page: Page, picture: "Picture | None" = None, figure: Path | None = None
    ) -> None:
        """Write a page; what cannot be written to the file is printed, so that it is not lost.

        A file of markdown shows the `picture` that lies in the file `figure`, if there is one.
        """
        self.warn(page)
        if self.file is None:
            show(rendered(page, self.format, color=self.color), color=self.color)
            return
        if picture is not None and figure is not None and self.format is Format.MARKDOWN:
            from se_cost.report.illustrated import illustrated

            text = illustrated(page, picture, self.file, figure)
        else:
            text = FORMATTERS[self.format](page, width=None, color=False)
        try:
            write(self.file, text)
        except BadInput:
            show(text, color=self.color)
            raise

    def warn(self, page: Page) -> None:
        """Print the warnings; that something failed is said even if quiet is asked for."""
        for warning in page.warnings if page.failed or not self.quiet else ():
            click.echo(f"se-cost: warning: {warning}", err=True)


def expect_drawable(figure: Path, page: Path | None) -> None:
    """Raise BadInput now if the picture could not be written later."""
    if figure.suffix.lower() != ".svg":
        raise BadInput(f"--figure draws SVG, not {str(figure)!r}: say {figure.with_suffix('.svg')}")
    if page is not None and figure.resolve() == page.resolve():
        raise BadInput(f"--figure and --output are both {str(figure)!r}: give each its own file")
    expect_writable(figure)


def show(text: str, *, color: bool = True) -> None:
    """Print to stdout; raise BadInput if it takes no more. A reader that has left is no error."""
    try:
        click.echo(text, nl=False, color=color and wants_color(sys.stdout.isatty()))
    except BrokenPipeError:
        raise  # click's to handle
    except OSError as error:
        sys.stdout = io.StringIO()  # or Python tries again when it exits, and says so
        raise unwritable(Path("/dev/stdout"), error) from None


def rendered(page: Page, format: Format, *, color: bool = True) -> str:  # noqa: A002 - the option's word
    """Return a page for stdout, as wide and colourful as it can show it."""
    terminal = sys.stdout.isatty()
    width = terminal_width() if terminal else None
    return FORMATTERS[format](page, width=width, color=color and wants_color(terminal))


def terminal_width() -> int:
    """Return the columns of the terminal; $COLUMNS wins."""
    from shutil import get_terminal_size

    return get_terminal_size().columns


def wants_color(terminal: bool) -> bool:
    """Return whether to use colour: FORCE_COLOR, then NO_COLOR, then whether it can be shown."""
    if os.environ.get("FORCE_COLOR"):
        return True
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
