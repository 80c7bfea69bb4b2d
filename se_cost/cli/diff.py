"""`se-cost diff`: what changed, by how much, and where?"""

from pathlib import Path

import click

from se_cost.cli.baseline import BASELINE_OPTION, baseline_file
from se_cost.cli.budgets import budgets_listed
from se_cost.cli.github import tell
from se_cost.cli.help import Command
from se_cost.cli.options import output_options
from se_cost.cli.output import Output
from se_cost.errors import BadInput, CannotMeasure
from se_cost.report.gate.changes import Entries

FILE = click.Path(path_type=Path)


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
@click.argument("old", type=FILE, required=False)
@click.argument("new", type=FILE, required=False)
@click.option("--against", metavar="REVISION", help="Compare the baseline of a revision with now.")
@BASELINE_OPTION
@output_options
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
    from se_cost.report.gate.diff import Diff, annotations, page

    if against is not None and old is None:
        diff = Diff(*_since(ctx, against, baseline_file(ctx, baseline, must_exist=False)))
    elif against is None and old is not None and new is not None:
        diff = Diff(_read(old), _read(new))
    else:
        raise BadInput("give two documents, OLD.json and NEW.json, or --against REVISION")
    answer = page(diff)
    output.show(answer)
    tell("se-cost diff", answer, annotations(diff))
    if not diff.judged:
        raise CannotMeasure(NOT_JUDGED)
    ctx.exit(int(answer.failed))


NOT_JUDGED = "nothing was judged: no figure that both documents hold can be compared"


def _read(path: Path) -> Entries:
    from se_cost.report.gate.documents import entries
    from se_cost.report.gate.reading import load

    return entries(load(path))


def _since(ctx: click.Context, revision: str, path: Path) -> tuple[Entries, Entries]:
    """Return the networks of the baseline that a revision holds, and those of now."""
    from se_cost.report.gate.baseline import REMEDY, of_document, read
    from se_cost.report.gate.entry import counted
    from se_cost.report.gate.git import file_at
    from se_cost.report.gate.reading import parse

    content = file_at(revision, path)
    before = of_document(parse(content, f"{path.name} of {revision}", REMEDY))
    budgets = budgets_listed(ctx)
    now = {budget.name: counted(budget.recipe) for budget in budgets}
    return before, now or read(path)
