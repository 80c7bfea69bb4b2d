"""`se-cost explain`: why does the time grow more than the multiply-accumulates?"""

import click

from se_cost.cli.failure import INTERRUPTED, expect_torch
from se_cost.cli.help import Command
from se_cost.cli.options.model import model_options
from se_cost.cli.options.option import bundled, offered
from se_cost.cli.options.output import output_options
from se_cost.cli.options.protocol import FUSE, explain_options
from se_cost.cli.options.settings import SETTINGS
from se_cost.cli.output.output import Output
from se_cost.cli.output.progress import announce, progress_bar
from se_cost.measure.timing.settings import UNPREDICTED, Protocol, Settings
from se_cost.nets.model import Model

PREDICTED = tuple(option for option in SETTINGS if option.name not in UNPREDICTED)


@click.command(
    name="explain",
    cls=Command,
    short_help="Say why the time grows more than the MACs.",
    epilog="""
    se-cost explain
    se-cost explain --mode train --batch 4 --max-time 300
    se-cost explain --arch se_mobilenet --quick --verbose
    se-cost explain --device cuda --batch 32 --figure explain.svg
    """,
)
@model_options
@bundled("settings", PREDICTED, Settings)
@explain_options
@offered(FUSE)
@output_options("explain", draws="predicted and measured time", brief=True)
@click.pass_context
def command(
    ctx: click.Context,
    model: Model,
    settings: Settings,
    protocol: Protocol,
    fuse: bool,
    output: Output,
) -> None:
    """Predict the time of the attention from its operators, and measure it, by stage.

    A lower bound comes from the bytes it moves, the prediction from each of its operators timed by
    itself. Fresh processes follow each other within --max-time; --quick uses one.

    Ctrl-C prints what is finished and exits 130.
    """
    from se_cost.documents.explain import explained
    from se_cost.measure.explain.explain import expect_explainable, explain

    expect_torch()
    expect_explainable(model, settings, fuse=fuse)
    if not output.quiet:
        announce([protocol])
    with progress_bar(output.quiet) as progress:
        found = explain(model, settings, protocol, progress, fuse=fuse)
    output.show(explained(found))
    ctx.exit(INTERRUPTED if found.timing.interrupted else 0)
