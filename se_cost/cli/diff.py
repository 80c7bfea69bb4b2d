"""`se-cost diff`: what changed, by how much, and where?"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from se_cost.cli.help import Command
from se_cost.cli.options.baseline import AGAINST, BASELINE, baseline_file
from se_cost.cli.options.budget import budgets_listed
from se_cost.cli.options.option import offered
from se_cost.cli.options.output import output_options
from se_cost.cli.options.types import FilePath
from se_cost.cli.output.github import tell
from se_cost.cli.output.output import Output
from se_cost.errors import MeasurementError, UsageError

if TYPE_CHECKING:
    from se_cost.documents.diff import DiffDocument


@click.command(
    name="diff",
    cls=Command,
    short_help="Compare two documents, or a revision of git with now.",
    epilog="""
    se-cost diff old.json new.json
    se-cost diff --against main
    se-cost diff --against HEAD~1 --format markdown
    """,
)
@click.argument("old", type=FilePath(), required=False)
@click.argument("new", type=FilePath(), required=False)
@offered(AGAINST, BASELINE)
@output_options("diff")
@click.pass_context
def command(
    ctx: click.Context,
    old: Path | None,
    new: Path | None,
    against: str | None,
    baseline: Path | None,
    output: Output,
) -> None:
    """Compare two json documents of se-cost: params, flops, time, report, check or a baseline.

    With --against, compare the baseline that is committed in a revision of git with the figures
    of the budgets in pyproject.toml, or without budgets with the baseline as it is now.

    Exits 1 if anything got worse, by however little; 3 if nothing could be compared.
    """
    from se_cost.gate.diff import NOT_JUDGED, annotations

    document = _document(old, new, against, baseline)
    answer = output.show(document)
    tell("se-cost diff", answer.page, annotations(document))
    if not document.judged:
        raise MeasurementError(NOT_JUDGED)
    ctx.exit(int(document.failed))


def _document(
    old: Path | None, new: Path | None, against: str | None, baseline: Path | None
) -> "DiffDocument":
    from se_cost.documents.files import read
    from se_cost.gate.diff import compared, since

    if against is not None and old is None:
        path = baseline_file(baseline, must_exist=False)
        return since(against, path, budgets_listed())
    if against is None and old is not None and new is not None:
        return compared(read(old), read(new))
    raise UsageError("give two documents, OLD.json and NEW.json, or --against REVISION")
