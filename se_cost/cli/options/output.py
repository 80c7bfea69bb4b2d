"""The options of an output: its format, where it goes, and what is said beside it."""

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

from se_cost.cli.options.option import Command, Decorator, Option, bundled, typed
from se_cost.cli.options.types import FilePath, OneOf
from se_cost.cli.output.output import STDOUT, Output
from se_cost.errors import UsageError
from se_cost.files import expect_writable
from se_cost.record import replace
from se_cost.report.formats.all import Format, of_suffix
from se_cost.text import joined

OUTPUT = "Output"
TXT = ".txt"  # text has no suffix of its own: a file of any other may hold it
FORMAT = Option(
    "--format", OUTPUT, "How to write it.", OneOf(Format), usual="as --output ends, else text"
)
FILE = Option("--output", OUTPUT, "Where to write it.", FilePath(), usual="stdout", metavar="FILE")
FIGURE = Option("--figure", OUTPUT, "Draw the picture, as SVG.", FilePath(), metavar="FILE")
QUIET = Option("--quiet", OUTPUT, "No progress and no warnings.")
VERBOSE = Option("--verbose", OUTPUT, "Print all of the page, not its first screen.")
NO_COLOR = Option("--no-color", OUTPUT, "No colours, nor bold type.")


def output_options(command: str = "", draws: str = "", *, brief: bool = False) -> Decorator:
    """Give the command of this name the options of its output; it receives that as `output`.

    The formats are those that its documents can have, or without a name all. `draws` says what
    --figure shows, where there is that option. A `brief` command prints one screen, all with
    --verbose.
    """
    formats = tuple(form for form in Format if not command or form.takes(command))
    figure = (replace(FIGURE, help=f"Draw {draws}, as SVG."),) if draws else ()
    more = (VERBOSE,) if brief else ()
    table = (replace(FORMAT, type=OneOf(formats)), FILE, *figure, QUIET, *more, NO_COLOR)
    return bundled("output", table, partial(_writable, formats))


def page_options(command: Command) -> Command:
    """Give a command the options of a page, which has a file of its own if nobody names one."""
    formats = tuple(form for form in Format if form.takes("report"))
    table = (
        replace(FORMAT, type=OneOf(formats), usual="as --output ends, else markdown"),
        replace(FILE, usual="reports/NETWORK.md, of several reports/networks.md"),
        QUIET,
        VERBOSE,
        NO_COLOR,
    )
    return bundled("output", table, partial(_output, formats, Format.MARKDOWN))(command)


def _writable(formats: Collection[Format], **given: Any) -> Output:
    """Return the output; raise UsageError now if a file could not be written later."""
    output = _output(formats, Format.TEXT, **given)
    for file in (output.file, output.figure):
        if file not in (None, STDOUT):
            expect_writable(file)
    return output


def _output(
    formats: Collection[Format],
    usual: Format,
    *,
    format: Format | None,  # noqa: A002 - the option's word
    output: Path | None,
    quiet: bool,
    no_color: bool,
    verbose: bool = True,
    figure: Path | None = None,
) -> Output:
    form = _format(format, output, formats) or usual
    if figure is not None:
        _expect_drawable(figure, output)
    return Output(form, output, quiet, not no_color, verbose, figure)


def _format(asked: Format | None, file: Path | None, formats: Collection[Format]) -> Format | None:
    """Return the format that is asked for, or the one that the name of the file says.

    None if there is neither. What pyproject.toml asks for yields to a name that is typed. Raises
    UsageError for a name that ends in what is no format.
    """
    if file is None or not file.suffix or (asked and (typed("format") or not typed("output"))):
        return asked
    found = Format.TEXT if file.suffix.lower() == TXT else of_suffix(file)
    if found not in formats:
        known = joined((TXT, *(suffix for form in formats for suffix in form.suffixes)))
        raise UsageError(f"no format ends in {file.suffix!r}: say --format, or take one of {known}")
    return found


def _expect_drawable(figure: Path, file: Path | None) -> None:
    if figure.suffix.lower() != ".svg":
        raise UsageError(
            f"--figure draws SVG, not {str(figure)!r}: say {figure.with_suffix('.svg')}"
        )
    if file is not None and figure.resolve() == file.resolve():
        raise UsageError(f"--figure and --output are both {str(figure)!r}: give each its own file")
