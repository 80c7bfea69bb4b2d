"""`se-cost check`: did the networks become more expensive than they may?"""

from pathlib import Path

import click

from se_cost.cli.baseline import BASELINE_OPTION, baseline_file
from se_cost.cli.budgets import budget_options, budgets_listed
from se_cost.cli.github import tell
from se_cost.cli.help import Command
from se_cost.cli.options import findings_options
from se_cost.cli.output import Output
from se_cost.errors import CannotMeasure
from se_cost.report.gate.budgets import Budget


@click.command(
    name="check",
    cls=Command,
    short_help="Hold the networks within budgets and a baseline.",
    epilog="""
    se-cost check
    se-cost check --update
    se-cost check --arch se_resnet50 --max-params 28.1M --max-macs 3.9G
    se-cost check --from time.json --format junit --output check.xml
    """,
)
@budget_options
@BASELINE_OPTION
@click.option(
    "--from",
    "times",
    type=click.Path(path_type=Path),
    metavar="FILE",
    multiple=True,
    help="What `se-cost time --output FILE.json` wrote.",
)
@click.option("--update", is_flag=True, help="Accept the figures: write them into the baseline.")
@findings_options
@click.pass_context
def command(
    ctx: click.Context,
    budget: Budget,
    baseline: Path | None,
    times: tuple[Path, ...],
    update: bool,
    output: Output,
) -> None:
    """Check parameters, MACs, activations and time of networks; counts need no torch.

    The budgets are the [[tool.se-cost.budgets]] of pyproject.toml, in the words of these options,
    or the one that the options name. What is in the baseline may not grow.

    Exits 1 if something is over its limit, 3 if nothing could be judged.
    """
    from se_cost.report.gate.check import NOTHING, annotations, checked, page

    budgets = budgets_listed(ctx)
    path = baseline_file(ctx, baseline, must_exist=not update)
    check = checked(budgets or [budget], path, times, update=update, complete=bool(budgets))
    answer = page(check)
    output.show(answer)
    tell("se-cost check", answer, annotations(check))
    if update:
        click.echo(f"wrote {path}", err=True)
    elif not check.judged:
        raise CannotMeasure(NOTHING)
    ctx.exit(int(answer.failed))
