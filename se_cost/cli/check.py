"""`se-cost check`: did the networks become more expensive than they may?"""

from pathlib import Path

import click

from se_cost.cli.help import Command
from se_cost.cli.options.baseline import BASELINE, FROM, REQUIRE_TIME, UPDATE, baseline_file
from se_cost.cli.options.budget import budget_options, budgets_listed
from se_cost.cli.options.option import offered
from se_cost.cli.options.output import output_options
from se_cost.cli.output.github import tell
from se_cost.cli.output.output import Output
from se_cost.cli.output.streams import say
from se_cost.errors import MeasurementError
from se_cost.gate.budgets import Budget


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
@offered(BASELINE, FROM, UPDATE, REQUIRE_TIME)
@budget_options
@output_options("check")
@click.pass_context
def command(
    ctx: click.Context,
    budget: Budget,
    baseline: Path | None,
    saved: tuple[Path, ...],
    update: bool,
    require_time: bool,
    output: Output,
) -> None:
    """Check parameters, MACs, activations and time of networks; counts need no torch.

    The budgets are the [[tool.se-cost.budgets]] of pyproject.toml, in the words of these options,
    or the one that the options name. Figures stored in the baseline must not increase.

    Exits 1 if something is over its limit, 3 if nothing could be judged. A limit of time takes
    --from; one in per cent needs no baseline, and --require-time fails if none was judged.
    """
    from se_cost.gate.check import NO_TIME_JUDGED, NOTHING, annotations, checked

    budgets = budgets_listed()
    path = baseline_file(baseline, must_exist=not update)
    document = checked(budgets or [budget], path, saved, update=update, complete=bool(budgets))
    answer = output.show(document)
    tell("se-cost check", answer.page, annotations(document))
    if update:
        say(f"wrote {path}")
    elif not document.judged:
        raise MeasurementError(NOTHING)
    if require_time and not document.timed and not document.failed:
        raise MeasurementError(NO_TIME_JUDGED)
    ctx.exit(int(document.failed))
