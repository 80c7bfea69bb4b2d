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
from se_cost.measure.timing.settings import Protocol, Settings
from se_cost.nets.model import Model


@click.command(
    name="alternatives",
    cls=Command,
    short_help="Compare kinds of attention in one network.",
    epilog="""
    se-cost alternatives --arch resnet50
    se-cost alternatives --kinds se,eca,cbam --sort bytes
    se-cost alternatives --arch resnet18 --kinds se,eca --time --quick
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

    --time measures inference and training, every kind beside the plain network in the same
    processes. Ctrl-C prints the whole table with what is finished and exits 130.
    """
    from se_cost.documents.alternatives import alternatives

    if not time:
        if sort in MEASURED:
            raise UsageError(f"--sort {sort} is a measured time: add --time")
        output.show(alternatives(models, sort))
        return
    expect_torch()
    expect_single_process("alternatives --time")
    asked = _asked(models, settings, protocol)
    try:
        finished = in_turn(asked, output.quiet)
    except (
        KeyboardInterrupt,
        MeasurementError,
    ) as error:
        # what is counted is not lost with what is not timed
        finished = Finished((), error)
    output.show(alternatives(models, sort, finished.timings))
    if isinstance(finished.stopped, KeyboardInterrupt):
        say(f"se-cost: warning: interrupted: {len(finished.timings)} of {len(asked)} are timed")
    ctx.exit(exit_code(finished))


def _asked(models: list[Model], settings: list[Settings], protocol: Protocol) -> list[Asked]:
    """Return a timing for each mode, with the plain network and every kind in it.

    Raises UsageError before anything is timed, so that nothing is timed in vain.
    """
    networks = each(models)
    for one in settings:
        expect_possible(one)
        for model in models:
            expect_trainable(model, one)
    return [Asked(models[0], networks, one, protocol) for one in settings]
