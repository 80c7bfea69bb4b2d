"""`se-cost report`: everything about one network, or several, on one page."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import click

from se_cost.cli.config.lists import listed
from se_cost.cli.config.pyproject import REPORT
from se_cost.cli.findings import Measuring, found, saved_times
from se_cost.cli.help import Command
from se_cost.cli.options.baseline import FROM
from se_cost.cli.options.measure import ALTERNATIVES, MEASURING, TIME
from se_cost.cli.options.model import models_options
from se_cost.cli.options.option import bundled
from se_cost.cli.options.output import page_options
from se_cost.cli.options.protocol import BRIEF, FUSE, MAX_TIME, PAGE, QUICK_PAGE
from se_cost.cli.options.settings import BATCH, DEVICE
from se_cost.cli.output.github import Note, tell
from se_cost.cli.output.output import STDOUT, Output, answered
from se_cost.cli.output.streams import say
from se_cost.cli.timed import exit_code
from se_cost.documents.files import read
from se_cost.documents.report import reports
from se_cost.errors import MeasurementError, UsageError
from se_cost.files import expect_writable, write
from se_cost.measure.timing.settings import Mode
from se_cost.nets.model import Model
from se_cost.nets.words import slug
from se_cost.record import replace
from se_cost.report.formats.all import Format
from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.formats.beside import files
from se_cost.report.github import on_actions

USUAL = f"{PAGE[Mode.INFER].max_time:g}, of training {PAGE[Mode.TRAIN].max_time:g}; quick "
USUAL += f"{QUICK_PAGE.max_time:g}"
MEASURED = (
    replace(FROM, group=MEASURING, help="A saved timing, in the place of a new one."),
    replace(TIME, help="Run counters and time it; else count without torch.", default=True),
    replace(FUSE, group=MEASURING),
    ALTERNATIVES,
    DEVICE,
    replace(BATCH, default=None, usual="1, on a GPU 32"),
    BRIEF,
    replace(
        MAX_TIME,
        help="Limit of each of two timings.",
        default=None,
        usual=USUAL,
    ),
)


@click.command(add_help_option=False)
@models_options
def in_list(models: list[Model]) -> list[Model]:
    """Return the networks of a table in the list."""
    return models


@click.command(
    name="report",
    cls=Command,
    short_help="Write all of it on one page, with pictures.",
    epilog="""
    se-cost report --arch se_resnet50 --r 8
    se-cost report --arch se_resnet50,se_resnext50_32x4d --no-time
    se-cost report --no-time --alternatives --output public/index.html
    se-cost report --from infer.json --from train.json
    """,
)
@models_options
@bundled("measuring", MEASURED, Measuring)
@page_options
@click.pass_context
def command(ctx: click.Context, models: list[Model], measuring: Measuring, output: Output) -> None:
    """Count, time, and write a page with its pictures and json beside it.

    Networks can also be listed in pyproject.toml, as [[tool.se-cost.report]] with the words of
    these options. On GitHub the page is appended to the summary of the job.

    Times inference and a training step; Ctrl-C keeps what is finished and exits 130.
    """
    models = _chosen(models)
    times = saved_times(measuring.saved, models)
    path = _path(output, models)
    _expect_ours(path)
    networks, finished = found(models, measuring, times, output.quiet)
    if finished.interrupted:
        say("se-cost: warning: interrupted: this is what was finished")
    answer = answered(reports(networks))
    if not on_actions():
        output.warn(answer)
    _write(answer, path, output)
    tell("", answer.page, _notes(answer, output.quiet))
    ctx.exit(exit_code(finished) or int(answer.document.failed))


def _chosen(named: Sequence[Model]) -> list[Model]:
    """Return the networks of the command line, or else of pyproject.toml, each of them once."""
    lists = listed(REPORT, in_list) or [named]
    models = list(dict.fromkeys(chain.from_iterable(lists)))
    for model in models:
        if not model.stages:
            raise MeasurementError(f"nothing to compare: {model.arch} has no attention")
    return models


def _path(output: Output, models: Sequence[Model]) -> Path:
    """Return where the page goes; raise UsageError now if it could not be written later."""
    name = slug(models[0]) if len(models) == 1 else "networks"
    suffix = next(iter(output.format.suffixes), ".txt")
    path = output.file or Path("reports", f"{name}{suffix}")
    if path != STDOUT:
        expect_writable(path, make_folder=True)
    return path


def _expect_ours(path: Path) -> None:
    """Raise UsageError if the json beside the page would replace a file that is not se-cost's."""
    beside = path.with_suffix(".json")
    if path in (STDOUT, beside) or not beside.is_file():
        return
    try:
        read(beside)
    except UsageError:
        raise UsageError(
            f"{str(beside)!r} is no document of se-cost, and the page's json would replace it: "
            "give --output another name"
        ) from None


def _write(answer: Answer, path: Path, output: Output) -> None:
    """Write the page with all that belongs to it, and print its first screen, even if that fails.

    What could not be written is printed whole.
    """
    if path == STDOUT:
        output.print(answer)
        return
    shown, first = answer, replace(answer, page=answer.page.first_screen)
    try:
        for file, text in _files(answer, path, output.format).items():
            write(file, text)
        shown = answer if output.verbose else first
    finally:
        replace(output, format=Format.TEXT).print(shown)
    say(f"wrote {path}")


def _files(answer: Answer, path: Path, form: Format) -> dict[Path, str]:
    """Return the text of every file; beside a device or a pipe nothing can lie."""
    if path.exists() and not path.is_file():
        return {path: form.write(answer, Screen())}
    return files(answer, path, form)


def _notes(answer: Answer, quiet: bool) -> Iterator[Note]:
    """Yield the sentence that matters and every doubt; that counts disagree even if quiet."""
    document, title = answer.document, "se-cost report"
    if not quiet:
        yield "notice", answer.page.lead, title
    yield from (("error", wrong, title) for wrong in document.disagreements)
    if not quiet:
        yield from (("warning", doubt, title) for doubt in document.doubts)
