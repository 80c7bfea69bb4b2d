"""`se-cost fuse`: can attention cost less without changing the result?"""

from pathlib import Path

import click

from se_cost.cli.failure import expect_torch
from se_cost.cli.help import Command
from se_cost.cli.options.fuse import HOW, SAVE
from se_cost.cli.options.measure import TIME
from se_cost.cli.options.model import model_options
from se_cost.cli.options.option import offered
from se_cost.cli.options.output import output_options
from se_cost.cli.options.protocol import protocol_options
from se_cost.cli.options.settings import BATCH, DEVICE, DTYPE, LAYOUT, THREADS
from se_cost.cli.output.output import Output
from se_cost.cli.output.progress import bars
from se_cost.cli.timed import exit_code
from se_cost.errors import SeCostError
from se_cost.measure.fuse.record import How
from se_cost.measure.session.several import Asked, Finished, time_several
from se_cost.measure.timing.arms import fused as arms
from se_cost.measure.timing.settings import DType, MemoryFormat, Protocol, Settings
from se_cost.nets.model import Model


@click.command(
    name="fuse",
    cls=Command,
    short_help="Rewrite attention to cost less, with the same result.",
    epilog="""
    se-cost fuse --arch se_resnet50
    se-cost fuse --arch se_resnet50 --batch 8 --time --target 0.5
    se-cost fuse --model timm:seresnet50 --save fused.pt2
    """,
)
@model_options
@offered(HOW, BATCH, DEVICE, DTYPE, LAYOUT, THREADS, TIME)
@protocol_options
@offered(SAVE)
@output_options("fuse")
@click.pass_context
def command(
    ctx: click.Context,
    model: Model,
    how: How,
    batch: int,
    device: str,
    dtype: DType,
    layout: MemoryFormat,
    threads: int | None,
    time: bool,
    save: Path | None,
    protocol: Protocol,
    output: Output,
) -> None:
    """Take the squeeze before the 1x1 convolution, and fold the scale into a neighbour.

    The result computes the same function in inference; the proof is printed. With --time: plain,
    with attention, and fused, all with folded norms.
    """
    expect_torch()
    settings = Settings(
        device, batch=batch, dtype=dtype, layout=layout, threads=threads, fold_norms=True
    )
    from se_cost.documents.fuse import fused
    from se_cost.measure.fuse.whole import fuse_model

    done = fuse_model(model, settings, how, save)
    finished = Finished(())
    if time:
        asked = [Asked(model, arms(model), settings, protocol)]
        try:
            finished = time_several(asked, bars(asked, output.quiet))
        except (KeyboardInterrupt, SeCostError) as error:  # the proof is not lost with the timing
            finished = Finished((), error)
    timing = next(iter(finished.timings), None)
    document = fused(model, settings, how, done.blocks, done.unread, done.proof, timing)
    output.show(document)
    ctx.exit(exit_code(finished) or int(document.failed))
