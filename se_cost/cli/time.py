"""`se-cost time`: how much slower is it, here?"""

from pathlib import Path

import click

from se_cost.cli.failure import expect_torch
from se_cost.cli.help import Command
from se_cost.cli.options.model import model_options
from se_cost.cli.options.option import offered
from se_cost.cli.options.output import output_options
from se_cost.cli.options.protocol import (
    ENERGY,
    FUSE,
    LADDER,
    RESUME,
    SELF_CHECK,
    protocol_options,
)
from se_cost.cli.options.settings import batches_options
from se_cost.cli.output.output import Output
from se_cost.cli.resume import resumed_from
from se_cost.cli.timed import exit_code, in_turn
from se_cost.errors import UsageError
from se_cost.measure.ranks.torchrun import Rank, expect_cores, outer, ranked
from se_cost.measure.session.several import Asked, Finished
from se_cost.measure.timing.arms import (
    Networks,
    expect_possible,
    expect_trainable,
    fusing,
    itself,
    three,
    with_fused,
)
from se_cost.measure.timing.arms import ladder as rungs
from se_cost.measure.timing.settings import Protocol, QuickPlan, Settings
from se_cost.nets.model import Model


@click.command(
    name="time",
    cls=Command,
    short_help="Measure how much slower attention makes it, here.",
    epilog="""
    se-cost time --quick
    se-cost time --device cuda --batch 1,32,256 --dtype bfloat16
    se-cost time --arch se_resnet101 --mode train --target 0.5 --fuse
    se-cost time --resume time.json --max-time 1200 --output time.json
    """,
)
@model_options
@batches_options
@protocol_options
@offered(RESUME, LADDER, FUSE, SELF_CHECK, ENERGY)
@output_options("time")
@click.pass_context
def command(
    ctx: click.Context,
    model: Model,
    settings: list[Settings],
    protocol: Protocol,
    resume: Path | None,
    ladder: bool,
    fuse: bool,
    self_check: bool,
    energy: bool,
    output: Output,
) -> None:
    """Measure the overhead of attention: with it, without its final stage, and plain, in turn.

    Fresh processes follow each other until the interval is as narrow as --target. --quick uses
    one process, as does a run under torchrun, whose ranks count as one.
    Ctrl-C prints what is finished and exits 130.
    """
    from se_cost.documents.time import batches

    expect_torch()
    rank = outer()
    protocol = _protocol(protocol, rank, energy)
    if resume:
        asked = resumed_from(resume, protocol)
    else:
        networks = _networks(model, ladder, self_check, fuse)
        settings = list(map(fusing, settings)) if fuse else settings
        asked = [Asked(model, networks, one, protocol, energy) for one in settings]
    _expect_possible(asked, rank)
    first = rank is None or rank.rank == 0
    finished = in_turn(asked, output.quiet or not first)
    if first:
        output.show(batches(finished.timings, _missing(asked, finished)))
    ctx.exit(exit_code(finished))


def _missing(asked: list[Asked], finished: Finished) -> list[str]:
    """Return a sentence for every batch that was asked for and not timed."""
    why = str(finished.error or "interrupted before it was done")
    rest = asked[len(finished.timings) :]
    return [f"batch {one.settings.batch} was not timed: {why}" for one in rest]


def _networks(model: Model, ladder: bool, self_check: bool, fuse: bool) -> Networks:
    if ladder and self_check:
        raise UsageError("--ladder has nothing to drop in a --self-check: take one of them")
    if fuse and self_check:
        raise UsageError("--fuse makes another network than a --self-check: take one of them")
    networks = itself(model) if self_check else rungs(model) if ladder else three(model)
    return with_fused(networks, model) if fuse else networks


def _protocol(protocol: Protocol, rank: Rank | None, energy: bool) -> Protocol:
    """Return the protocol; the ranks of an outer torchrun are there, and are one process."""
    if rank is None:
        return protocol
    if energy:
        raise UsageError("--energy needs one process: run it without torchrun")
    return protocol if isinstance(protocol, QuickPlan) else QuickPlan(max_time=protocol.max_time)


def _expect_possible(asked: list[Asked], rank: Rank | None) -> None:
    """Raise UsageError before anything is timed, so that no batch is timed in vain."""
    for one in asked:
        settings = ranked(one.settings, rank)
        if rank is None:
            expect_cores(settings.nproc)
        expect_possible(settings)
        expect_trainable(one.model, settings)
