"""`se-cost paper`: does it agree with the paper?"""

import click

from se_cost.cli.failure import expect_torch
from se_cost.cli.help import Command
from se_cost.cli.options.measure import TIME
from se_cost.cli.options.option import offered
from se_cost.cli.options.output import output_options
from se_cost.cli.options.protocol import BRIEF, page_protocol
from se_cost.cli.options.settings import DEVICE
from se_cost.cli.options.study import STUDY, TABLE
from se_cost.cli.output.output import Output
from se_cost.cli.timed import exit_code, in_turn, timings, usual_batch
from se_cost.errors import UsageError, not_one_of
from se_cost.measure.ranks.torchrun import expect_single_process
from se_cost.measure.session.several import Finished
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.zoo.model import model
from se_cost.paper.published import findings
from se_cost.paper.studies import STUDIES
from se_cost.record import replace


@click.command(
    name="paper",
    cls=Command,
    short_help="Put every published cost beside ours, with a verdict.",
    epilog="""
    se-cost paper
    se-cost paper --study cbam
    se-cost paper --output paper.md --figure paper.svg
    se-cost paper --time --device cuda
    """,
)
@offered(STUDY, TABLE)
@offered(replace(TIME, help="Time SE-ResNet-50 here too, in three minutes."), DEVICE, BRIEF)
@output_options("paper", draws="error against cost")
@click.pass_context
def command(
    ctx: click.Context,
    study: str,
    table: str | None,
    time: bool,
    device: str,
    quick: bool,
    output: Output,
) -> None:
    """Recompute every cost that the SE paper prints: exact, close, or differs and why.

    Its error rates are quoted beside what SE adds; --time is of SE-ResNet-50. --study takes the
    paper of another attention, whose costs of ResNet-50 are recomputed.
    """
    from se_cost.documents.paper import published, study_of

    if study in STUDIES:
        if time or table or output.figure is not None:
            raise UsageError(
                f"--table, --time and --figure are for the SE paper: leave out --study {study}"
            )
        output.show(study_of(study))
        return
    tables = _tables(table)
    counted = published(tables=tables)
    if output.figure is not None and not counted.errors:
        raise UsageError(
            f"--figure draws errors, and --table {table} has none: leave one of them out"
        )
    if not time:
        output.show(counted)
        return
    finished = _timed(device, output.quiet, quick)
    output.show(published(finished.timings, tables))
    ctx.exit(exit_code(finished))


def _tables(names: str | None) -> list[str] | None:
    """Return the tables that are asked for, None for all.

    Raises UsageError for one that prints no cost.
    """
    if names is None:
        return None
    every = tuple(dict.fromkeys(one.figure.table for one in findings() if one.ours is not None))
    asked = [name.strip() for name in names.split(",")]
    for name in asked:
        if name not in every:
            raise not_one_of("table", name, every)
    return asked


def _timed(device: str, quiet: bool, quick: bool) -> Finished:
    """Time SE-ResNet-50 as the paper did: training in batches, inference of one image."""
    expect_torch()
    expect_single_process("paper --time")
    settings = (Settings(device, Mode.TRAIN, usual_batch(device)), Settings(device, Mode.INFER))
    protocols = {one: page_protocol(one.mode, quick) for one in settings}
    return in_turn(timings([model("se_resnet50")], protocols), quiet)
