"""`se-cost alternatives`: what else could I take?"""

import click

from se_cost.cli.failure import expect_torch
from se_cost.cli.help import Command
from se_cost.cli.options.alternatives import SORT, kinds_options, timed_options
from se_cost.cli.options.measure import TIME
from se_cost.cli.options.option import offered
from se_cost.cli.options.output import output_options
from se_cost.cli.options.protocol import protocol_options
from se_cost.cli.output.output import Output
from se_cost.cli.output.streams import say
from se_cost.cli.timed import exit_code, in_turn
from se_cost.documents.order import MEASURED, Order
from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.ranks.torchrun import expect_single_process
from se_cost.measure.session.several import Asked, Finished
from se_cost.measure.timing.arms import each, expect_possible, expect_trainable
from se_cost.measure.timing.settings import Mode, Protocol, QuickPlan, Settings
from se_cost.nets.model import Model
from se_cost.text import plural


@click.command(
    name="alternatives",
    cls=Command,
    short_help="Compare kinds of attention in one network.",
    epilog="""
    se-cost alternatives --arch resnet50
    se-cost alternatives --kinds se,eca,cbam --sort bytes
    se-cost alternatives --arch resnet18 --kinds se,eca --time --mode infer
    se-cost alternatives --model timm:seresnet50 --kinds eca,cbam
    """,
)
@kinds_options
@offered(TIME)
@timed_options
@protocol_options
@offered(SORT)
@output_options("alternatives", draws="parameters against bytes or time")
@click.pass_context
def command(
    ctx: click.Context,
    models: list[Model],
    time: bool,
    settings: list[Settings],
    protocol: Protocol,
    sort: Order,
    output: Output,
) -> None:
    """Compare a network plain and with each kind of attention, by all that it costs.

    A model of yours gets each kind in the place of its own attention, or else after every residual
    branch.

    --time measures inference and training, each mode for --max-time at most: every kind beside the
    plain network in the same process, in turns where a process has no time for all. Ctrl-C prints
    the whole table with what is finished and exits 130.
    """
    from se_cost.documents.alternatives import alternatives

    modes = [one.mode for one in settings] if time else []
    _expect_sortable(sort, modes)
    if not time:
        output.show(alternatives(models, sort))
        return
    expect_torch()
    expect_single_process("alternatives --time")
    asked = _asked(models, settings, protocol)
    if not output.quiet:
        kinds = plural(len(models), "kind")
        say(f"se-cost: {kinds}, beside plain in one process or in turns; {_gives(protocol)}")
    try:
        finished = in_turn(asked, output.quiet)
    except (
        KeyboardInterrupt,
        MeasurementError,
    ) as error:
        # what is counted is not lost with what is not timed
        finished = Finished((), error)
    why = str(finished.error or "interrupted before there was a result")
    missing = dict.fromkeys(modes[len(finished.timings) :], why)
    output.show(alternatives(models, sort, finished.timings, missing))
    ctx.exit(exit_code(finished))


def _expect_sortable(sort: Order, modes: list[Mode]) -> None:
    """Raise UsageError if the order is that of a time that is not asked for."""
    if sort not in MEASURED or Mode(sort) in modes:
        return
    cure = f"take --mode {sort}, or leave it out" if modes else "add --time"
    raise UsageError(f"--sort {sort} is a measured time: {cure}")


def _gives(protocol: Protocol) -> str:
    """Return what it takes for a result, and what comes of less time."""
    least = "6 comparisons" if isinstance(protocol, QuickPlan) else "7 processes"
    return f"an interval takes {least} of a kind, and Ctrl-C shows what there is by then"


def _asked(models: list[Model], settings: list[Settings], protocol: Protocol) -> list[Asked]:
    """Return a timing for each mode, with the plain network and every kind in it.

    Raises UsageError before anything is timed, so that nothing is timed in vain.
    """
    networks = each(models)
    for one in settings:
        expect_possible(one)
        for model in models:
            expect_trainable(model, one)
    return [Asked(models[0], networks, one, protocol, memory=False) for one in settings]
