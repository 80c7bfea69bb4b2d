"""`se-cost report`: everything about one network, or several, on one page."""

from collections.abc import Sequence
from itertools import chain, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from se_cost.cli import INTERRUPTED
from se_cost.cli.help import Command
from se_cost.cli.listed import listed
from se_cost.cli.options import (
    NO_COLOR_OPTION,
    POSITIVE,
    QUIET_OPTION,
    SECONDS,
    recipes_options,
)
from se_cost.cli.output import Output
from se_cost.cli.progress import progress_bar
from se_cost.cli.time_options import DEVICE_OPTION, PAGE_QUADS, PAGE_TIME
from se_cost.cli.types import OneOf
from se_cost.errors import BadInput, CannotMeasure, SeCostError
from se_cost.measure.counts import count
from se_cost.measure.protocol import Plan
from se_cost.measure.result import Timing
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.recipe import Recipe
from se_cost.report.blocks import PageFormat
from se_cost.report.files import expect_writable, write
from se_cost.report.findings import Findings
from se_cost.report.formats import Format
from se_cost.report.github import annotation, append_summary, on_actions

if TYPE_CHECKING:
    from se_cost.report.document import Report

SUFFIXES = {PageFormat.MARKDOWN: ".md", PageFormat.HTML: ".html"}
LIST = "report"  # its key in pyproject.toml
HTML_SUFFIXES = (".html", ".htm")
Trouble = SeCostError | KeyboardInterrupt | None


class FormatOfPage(OneOf):
    """Markdown or HTML; a format that pyproject.toml sets for the other commands means neither."""

    def __init__(self) -> None:
        super().__init__(PageFormat)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the format, None if it was not meant for this command."""
        default = ctx and param and ctx.get_parameter_source(str(param.name))
        if default is ParameterSource.DEFAULT_MAP and value in {*Format} - {*PageFormat}:
            return None
        return super().convert(value, param, ctx)


@click.command(add_help_option=False)
@recipes_options
def in_list(recipes: list[Recipe]) -> list[Recipe]:
    """Return the networks of a table in the list."""
    return recipes


@click.command(
    name="report",
    cls=Command,
    short_help="Write all of it on one page, with pictures.",
    epilog="""
    se-cost report --arch se_resnet50 --r 8
    se-cost report --arch se_resnet50,se_resnext50_32x4d --no-time
    se-cost report --no-time --output public/index.html
    """,
)
@recipes_options
@click.option(
    "--time/--no-time",
    "timed",
    default=True,
    show_default=True,
    help="Time it too, or count only, without torch.",
)
@DEVICE_OPTION
@click.option(
    "--batch", type=POSITIVE, metavar="N", help="Images per iteration.  [default: 1, on a GPU 32]"
)
@click.option(
    "--max-time",
    type=SECONDS,
    metavar="SECONDS",
    default=PAGE_TIME,
    show_default=True,
    help="Limit of each of two timings.",
)
@click.option(
    "--format",
    "form",
    type=FormatOfPage(),
    help="Of the page.  [default: the output file's, else markdown]",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the page goes.  [default: reports/NETWORK.md, of several reports/networks.md]",
)
@QUIET_OPTION
@NO_COLOR_OPTION
@click.pass_context
def command(
    ctx: click.Context,
    recipes: Sequence[Recipe],
    timed: bool,
    device: str,
    batch: int | None,
    max_time: float,
    form: PageFormat | None,
    output: Path | None,
    quiet: bool,
    no_color: bool,
) -> None:
    """Count, time, and write a page with its pictures and json beside it.

    Networks can also be listed in pyproject.toml, as [[tool.se-cost.report]] with the words of
    these options. On GitHub the page is appended to the summary of the job.

    Times inference and a training step; Ctrl-C keeps what is finished and exits 130.
    """
    recipes = _chosen(ctx, recipes)
    form, path = _target(form, output, recipes)
    expect_writable(path, make_folder=True)
    told = Output(Format.TEXT, None, quiet or on_actions(), not no_color)
    findings, trouble = [Findings(recipe) for recipe in recipes], None
    if timed:
        plan = Plan(quads=PAGE_QUADS, max_time=max_time)
        findings, trouble = _measured(recipes, device, batch, plan, told)
    report = _written(findings, path, form, told)
    _annotate(report, quiet)
    click.echo(f"wrote {path}", err=True)
    if isinstance(trouble, SeCostError):
        raise trouble
    ctx.exit(INTERRUPTED if trouble else int(report.failed))


def _chosen(ctx: click.Context, named: Sequence[Recipe]) -> list[Recipe]:
    """Return the networks of the command line, or else of pyproject.toml, each of them once."""
    lists = listed(ctx, LIST, in_list) or [named]
    recipes = list(dict.fromkeys(chain.from_iterable(lists)))
    for recipe in recipes:
        if recipe.final_stage is None:
            raise CannotMeasure(f"nothing to compare: {recipe.name} has no attention")
    return recipes


def _target(
    form: PageFormat | None, output: Path | None, recipes: Sequence[Recipe]
) -> tuple[PageFormat, Path]:
    """Return the format of the page, and where it goes."""
    html = output is not None and output.suffix.lower() in HTML_SUFFIXES
    form = form or (PageFormat.HTML if html else PageFormat.MARKDOWN)
    name = recipes[0].name if len(recipes) == 1 else "networks"
    path = output or Path("reports", f"{name}{SUFFIXES[form]}")
    if path.suffix.lower() == ".json":
        page = path.with_suffix(SUFFIXES[form])
        raise BadInput(f"the page is {form.value}, its json goes beside it: {page}")
    return form, path


def _measured(
    recipes: Sequence[Recipe], device: str, batch: int | None, plan: Plan, told: Output
) -> tuple[list[Findings], Trouble]:
    """Return what all counters say and how long it takes, and what ended the timing too early."""
    from se_cost.measure.launch import expect_alone

    expect_alone("report")
    counts = count([arm for recipe in recipes for arm in (recipe, recipe.baseline)], backward=True)
    from se_cost.measure.built import params
    from se_cost.measure.device import resolve

    batch = batch or (32 if resolve(device).type == "cuda" else 1)  # one image idles a GPU
    settings = [Settings(device=device, mode=mode, batch=batch) for mode in Mode]
    timings, trouble = _timed(recipes, settings, plan, told)
    found = []
    for i, recipe in enumerate(recipes):
        built = (params(recipe), params(recipe.baseline))
        found.append(Findings(recipe, built, counts[2 * i : 2 * i + 2], timings[recipe]))
    return found, trouble


def _timed(
    recipes: Sequence[Recipe], settings: Sequence[Settings], plan: Plan, told: Output
) -> tuple[dict[Recipe, list[Timing]], Trouble]:
    """Return the timings, and the trouble that is to be told once those are written.

    Raises it if there is none.
    """
    timings: dict[Recipe, list[Timing]] = {recipe: [] for recipe in recipes}
    try:
        for recipe, setting in product(recipes, settings):
            timings[recipe].append(_time(recipe, setting, plan, told))
            if timings[recipe][-1].interrupted:
                raise KeyboardInterrupt
    except (SeCostError, KeyboardInterrupt) as error:
        if not any(timings.values()):
            raise
        return timings, error
    return timings, None


def _time(recipe: Recipe, settings: Settings, plan: Plan, told: Output) -> Timing:
    from se_cost.measure.timing import time

    with progress_bar(told.quiet, f"{recipe.name}, {settings.mode.value}: ") as progress:
        return time(recipe, settings, plan, progress)


def _written(findings: list[Findings], path: Path, form: PageFormat, told: Output) -> "Report":
    """Print the answers, and write the page with all that belongs to it."""
    from se_cost.report import markdown
    from se_cost.report.document import Report, described, files

    report = Report(tuple(findings))
    page = described(report)
    for answer in report.pages.values():
        told.show(answer)
    for file, text in files(report, page, path, form).items():
        write(file, text)
    append_summary(markdown.page_of(page))
    return report


def _annotate(report: "Report", quiet: bool) -> None:
    """Tell GitHub the sentence that matters, and every doubt; failures even if quiet."""
    if not on_actions():
        return
    lines = [] if quiet else [annotation("notice", report.lead, "se-cost report")]
    for heading, page in report.pages.items():
        level = "error" if page.failed else "warning"
        doubts = page.warnings if page.failed or not quiet else ()
        lines += [annotation(level, doubt, f"se-cost report: {heading}") for doubt in doubts]
    for line in lines:
        click.echo(line, err=True)
