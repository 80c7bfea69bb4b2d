"""`se-cost fuse`: can attention cost less without changing the result?"""

from pathlib import Path

import click

from se_cost.cli.failure import expect_torch
from se_cost.cli.help import Command
from se_cost.cli.options.fuse import COMPARE, HOW, SAVE, fused_options
from se_cost.cli.options.measure import TIME
from se_cost.cli.options.model import model_options
from se_cost.cli.options.option import offered
from se_cost.cli.options.output import output_options
from se_cost.cli.options.protocol import protocol_options
from se_cost.cli.output.output import Output
from se_cost.cli.timed import exit_code, in_turn
from se_cost.errors import SeCostError, expect_met
from se_cost.measure.fuse.record import ARMS, Done, How
from se_cost.measure.session.several import Asked, Finished
from se_cost.measure.timing.arms import (
    Networks,
    expect_possible,
    expect_trainable,
    two,
    with_in_place,
)
from se_cost.measure.timing.settings import Mode, Protocol, Settings
from se_cost.nets.model import Model


@click.command(
    name="fuse",
    cls=Command,
    short_help="Rewrite attention to cost less, with the same result.",
    epilog="""
    se-cost fuse --arch se_resnet50
    se-cost fuse --arch se_resnet50 --batch 8 --time --target 0.5
    se-cost fuse --arch se_resnet50 --time --runtime openvino
    se-cost fuse --model timm:seresnet50 --save fused.pt2
    """,
)
@model_options
@offered(HOW, COMPARE)
@fused_options
@offered(TIME)
@protocol_options
@offered(SAVE)
@output_options("fuse", brief=True)
@click.pass_context
def command(
    ctx: click.Context,
    model: Model,
    how: How,
    compare: bool,
    settings: Settings,
    time: bool,
    save: Path | None,
    protocol: Protocol,
    output: Output,
) -> None:
    """Take the squeeze before the 1x1 convolution, and fold the scale into a neighbour.

    The result computes the same function in inference; the proof is printed. With --time: plain,
    with attention, and fused, all with folded norms, and plain with its sums in place.

    With --mode train: the same gradients from a block that moves and saves less.
    """
    expect_torch()
    expect_possible(settings)
    expect_trainable(model, settings)
    _expect_useful(settings, how, compare, time, save)
    from se_cost.documents.fuse import fused
    from se_cost.measure.fuse.whole import fuse_model, train_model

    if settings.mode is Mode.TRAIN:
        done = train_model(model, settings)
    else:
        done = fuse_model(model, settings, how, save, compare=compare)
    finished = Finished(())
    if time:
        asked = [Asked(model, _networks(model, settings, how, done), settings, protocol)]
        try:
            finished = in_turn(asked, output.quiet)
        except (KeyboardInterrupt, SeCostError) as error:  # the proof is not lost with the timing
            finished = Finished((), error)
    document = fused(model, settings, how, done, next(iter(finished.timings), None))
    output.show(document)
    ctx.exit(exit_code(finished) or int(document.failed))


def _expect_useful(
    settings: Settings, how: How, compare: bool, time: bool, save: Path | None
) -> None:
    """Raise UsageError for options that change nothing beside each other."""
    training = settings.mode is Mode.TRAIN
    needs = {
        "--how needs --mode infer: in training there is one form": how is not How.AUTO and training,
        "--save needs --mode infer: a network to train is no exported one": save and training,
        "--compare needs --mode infer: in training there is one form": compare and training,
        "--compare needs --time": compare and not time,
        "--compare takes every --how in turn: leave out --how": compare and how is not How.AUTO,
    }
    expect_met(needs)


def _networks(model: Model, settings: Settings, how: How, done: Done) -> Networks:
    """Return what is timed: plain, with attention, fused, and what tells where the gain is from."""
    networks = two(model) | {ARMS[one]: model for one in (how, *done.others)}
    return with_in_place(networks) if settings.mode is Mode.INFER else networks
