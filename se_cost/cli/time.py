"""`se-cost time`: how much slower is it, here?"""

from collections.abc import Sequence

import click

from se_cost.cli import INTERRUPTED
from se_cost.cli.help import Command
from se_cost.cli.options import output_options, recipe_options
from se_cost.cli.output import Output
from se_cost.cli.progress import progress_bar
from se_cost.cli.protocol_options import protocol_options
from se_cost.cli.time_options import batches_options
from se_cost.errors import BadInput, CannotMeasure, SeCostError
from se_cost.measure.compared import Networks, expect_trainable, itself, ladder, three
from se_cost.measure.full import Protocol, time_by
from se_cost.measure.launch import Place, outer, ranked
from se_cost.measure.possible import expect_possible
from se_cost.measure.protocol import Plan
from se_cost.measure.result import Timing
from se_cost.measure.run import Stop
from se_cost.measure.settings import Settings
from se_cost.nets.recipe import Recipe
from se_cost.report.batches import page

Trouble = SeCostError | KeyboardInterrupt | None


@click.command(
    name="time",
    cls=Command,
    short_help="Measure how much slower attention makes it, here.",
    epilog="""
    se-cost time --quick
    se-cost time --device cuda --batch 1,32,256 --dtype bfloat16
    se-cost time --arch se_resnet101 --mode train --target 0.5
    se-cost time --threads 1 --output time.json
    """,
)
@recipe_options
@batches_options
@protocol_options
@click.option("--ladder", "rungs", is_flag=True, help="Also drop stages 5+4, 5+4+3, ...")
@click.option("--self-check", is_flag=True, help="The network against itself, built twice.")
@click.option("--energy", is_flag=True, help="Joules per image too, on a GPU with NVML.")
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    recipe: Recipe,
    settings: list[Settings],
    protocol: Protocol,
    rungs: bool,
    self_check: bool,
    energy: bool,
    output: Output,
) -> None:
    """Measure the overhead of attention: with it, without its final stage, and plain, in turn.

    Fresh processes follow each other until the interval is as narrow as --target; with --quick
    there is one, not for quoting, and so under an outer torchrun, whose ranks are that process.
    Ctrl-C prints what is finished and exits 130.
    """
    networks = _networks(recipe, rungs, self_check)
    place = outer()
    protocol = _protocol(protocol, place, energy)
    for setting in settings:  # before anything is timed, so that no batch is in vain
        expect_possible(ranked(setting, place))
        expect_trainable(recipe, ranked(setting, place))
    first = place is None or place.rank == 0
    quiet = output.quiet or not first
    timings, trouble = _timed(recipe, networks, settings, protocol, energy, quiet)
    if first:
        output.show(page(timings))
    if isinstance(trouble, KeyboardInterrupt):
        done = f"{len(timings)} of {len(settings)} batches are finished"
        click.echo(f"se-cost: warning: interrupted: {done}", err=True)
        ctx.exit(INTERRUPTED)
    if trouble is not None:
        raise trouble
    ctx.exit(_exit_code(timings))


def _networks(recipe: Recipe, rungs: bool, self_check: bool) -> Networks:
    if rungs and self_check:
        raise BadInput("--ladder has nothing to drop in a --self-check: take one of them")
    return itself(recipe) if self_check else ladder(recipe) if rungs else three(recipe)


def _protocol(protocol: Protocol, place: Place | None, energy: bool) -> Protocol:
    """Return the protocol; the ranks of an outer torchrun are there, and are one process."""
    if place is None:
        return protocol
    if energy:
        raise BadInput("--energy needs one process: run it without torchrun")
    return protocol if isinstance(protocol, Plan) else Plan(max_time=protocol.max_time)


def _timed(
    recipe: Recipe,
    networks: Networks,
    settings: Sequence[Settings],
    protocol: Protocol,
    energy: bool,
    quiet: bool,
) -> tuple[list[Timing], Trouble]:
    """Return a timing for each of the settings, and the trouble that ended them early.

    Raises it if there is none.
    """
    timings: list[Timing] = []
    try:
        for setting in settings:
            prefix = f"batch {setting.batch}: " if len(settings) > 1 else ""
            with progress_bar(quiet, prefix) as progress:
                timings.append(
                    time_by(protocol, recipe, networks, setting, progress, energy=energy)
                )
            if timings[-1].interrupted:
                break
    except (SeCostError, KeyboardInterrupt) as error:
        if not timings:
            raise
        return timings, error
    return timings, None


def _exit_code(timings: Sequence[Timing]) -> int:
    if any(timing.interrupted for timing in timings):
        return INTERRUPTED
    failed = any(timing.run.stop is Stop.FAILED for timing in timings)
    return CannotMeasure.exit_code if failed else 0
