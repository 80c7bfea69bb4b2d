"""The standard streams: whatever state they are in, writing to them ends in no traceback."""

import io
import os
import sys
from pathlib import Path
from typing import TextIO

import click

from se_cost.files import unwritable


def prepare() -> None:
    """Write '?' for signs that a stream cannot encode, and nothing to a stream that is closed."""
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:  # closed by whoever started this, as by `>&-`
            setattr(sys, name, Path(os.devnull).open("w", errors="replace"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def put(text: str, *, color: bool = False) -> None:
    """Print to stdout; raise UsageError if it takes no more. A reader that has left is no error."""
    try:
        click.echo(text, nl=False, color=color)
    except OSError as error:
        sys.stdout = io.StringIO()  # or Python tries again when it exits, and says so
        if not isinstance(error, BrokenPipeError):
            raise unwritable(Path("/dev/stdout"), error) from None


def say(line: str) -> None:
    """Print a line to stderr; where nobody reads that, it is lost."""
    try:
        click.echo(line, err=True)
    except OSError:
        sys.stderr = io.StringIO()


def terminal_width(terminal: bool) -> int | None:
    """Return the columns of the terminal; $COLUMNS wins, in a pipe too, which has none itself."""
    from shutil import get_terminal_size

    columns = os.environ.get("COLUMNS", "")
    told = columns.isascii() and columns.isdecimal() and int(columns) > 0
    return get_terminal_size().columns if terminal or told else None


def wants_color(terminal: bool) -> bool:
    """Return whether to use colour: FORCE_COLOR, then NO_COLOR, then whether it can be shown."""
    if os.environ.get("FORCE_COLOR"):
        return True
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
