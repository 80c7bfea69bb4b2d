"""`se-cost paper`: does it agree with the paper?"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from se_cost.cli import INTERRUPTED
from se_cost.cli.help import Command
from se_cost.cli.options import figure_option, output_options
from se_cost.cli.output import Output, expect_drawable
from se_cost.cli.progress import progress_bar
from se_cost.cli.time_options import DEVICE_OPTION, PAGE_QUADS, PAGE_TIME
from se_cost.measure.protocol import Plan
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.registry import recipe
from se_cost.report.files import write

if TYPE_CHECKING:
    from se_cost.measure.result import Timing

PER_GPU = 32  # images; the paper trains 256 on 8 GPUs


@click.command(
    name="paper",
    cls=Command,
    short_help="Put every published cost beside ours, with a verdict.",
    epilog="""
    se-cost paper
    se-cost paper --output paper.md --figure paper.svg
    se-cost paper --time --device cuda
    """,
)
@figure_option("error against cost")
@click.option("--time", is_flag=True, help="Measure the overhead here too, in about a minute.")
@DEVICE_OPTION
@output_options
@click.pass_context
def command(
    ctx: click.Context, figure: Path | None, time: bool, device: str, output: Output
) -> None:
    """Recompute every cost that the SE paper prints: exact, close, or differs and why.

    Its error rates are quoted beside what SE adds; --time is of SE-ResNet-50.
    """
    from se_cost.report.paper import PICTURE, page

    if figure is not None:
        expect_drawable(figure, output.file)
    timings, interrupted = timed(device, output.quiet) if time else ([], False)
    output.show(page(timings), PICTURE, figure)
    if figure is not None:
        from se_cost.report.paper_figure import errors

        write(figure, errors())
    ctx.exit(INTERRUPTED if interrupted else 0)


def timed(device: str, quiet: bool) -> "tuple[list[Timing], bool]":
    """Time SE-ResNet-50 as the paper did, and say whether Ctrl-C ended it early.

    Training is in batches, on a CPU of one image, since more would take minutes; inference is of
    one image.
    """
    from se_cost.measure.device import resolve
    from se_cost.measure.launch import expect_alone
    from se_cost.measure.timing import time

    expect_alone("paper --time")

    batch = PER_GPU if resolve(device).type == "cuda" else 1
    batches = {Mode.TRAIN: batch, Mode.INFER: 1}
    timings: list[Timing] = []
    try:
        for mode, images in batches.items():
            settings = Settings(device, mode, images)
            plan = Plan(quads=PAGE_QUADS, max_time=PAGE_TIME)
            with progress_bar(quiet) as progress:
                timings.append(time(recipe("se_resnet50"), settings, plan, progress))
            if timings[-1].interrupted:
                return timings, True
    except KeyboardInterrupt:
        if not timings:
            raise
        return timings, True
    return timings, False
