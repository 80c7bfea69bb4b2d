"""`se-cost plan`: which attention fits the budget?"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from se_cost.cli.failure import expect_torch
from se_cost.cli.help import Command
from se_cost.cli.iterations import Iterations, iterations_options
from se_cost.cli.options.option import offered
from se_cost.cli.options.output import output_options
from se_cost.cli.options.plan import (
    BY,
    FRONTIER,
    VALUE,
    VERIFY,
    Candidates,
    KnownMachine,
    candidates_options,
    limits_options,
    machine_options,
)
from se_cost.cli.options.protocol import protocol_options
from se_cost.cli.output.output import Output
from se_cost.cli.timed import exit_code, in_turn
from se_cost.errors import UsageError
from se_cost.measure.session.several import Asked, Finished
from se_cost.measure.timing.arms import BASELINE, NETWORK, expect_possible, expect_trainable
from se_cost.measure.timing.settings import Protocol, Settings
from se_cost.nets.model import Model
from se_cost.planning.words import Asked as Amount
from se_cost.planning.words import By, Dimension

if TYPE_CHECKING:
    from se_cost.planning.plan import Plan


@click.command(
    name="plan",
    cls=Command,
    short_help="Choose the attention that fits a budget, exactly.",
    epilog="""
    se-cost plan --max-attention-params 1M
    se-cost plan --machine explain.json --max-attention-time-percent 3
    se-cost plan --attention se,eca --by block --max-attention-bytes 40MiB
    se-cost plan --input 64,128,224,448 --batch 1,8,32
    """,
)
@offered(BY, VALUE, FRONTIER, VERIFY)
@limits_options
@candidates_options
@iterations_options
@machine_options
@protocol_options
@output_options("plan", draws="the frontier", brief=True)
@click.pass_context
def command(
    ctx: click.Context,
    candidates: Candidates,
    limits: Mapping[str, Amount],
    by: By,
    value: tuple[int, ...] | None,
    frontier: tuple[Dimension, ...] | None,
    verify: int | None,
    iterations: Iterations,
    known: KnownMachine,
    protocol: Protocol,
    output: Output,
) -> None:
    """Choose r for every stage, or none, so that most attention fits: the exact optimum.

    Most is the number of gated blocks, then the widest bottlenecks. Several inputs or batches give
    a map too; the choice is for the first. Exits 1 if no attention fits.
    """
    from se_cost.cli.machine import figures
    from se_cost.documents.plan import plan
    from se_cost.planning.maps import cells
    from se_cost.planning.plan import Question, planned

    settings = iterations.each[0]
    if verify:
        _expect_verifiable(by)
    told = known.machine or known.bandwidth or known.launch
    here = (verify and not told) or (iterations.here and not (verify and told))
    found = figures(known, candidates.asked, settings, here=bool(here))
    answer = planned(
        Question(
            asked=candidates.asked,
            models=candidates.models,
            settings=settings,
            by=by,
            limits=limits,
            values=value or (),
            axes=frontier or (),
            machine=found.machine,
            plain_seconds=found.plain_seconds,
        )
    )
    mapped = _mapped(candidates, iterations)
    table = cells(candidates.asked, *mapped, settings, answer.pace) if mapped else ()
    finished = _verified(answer, verify, protocol, output.quiet) if verify else Finished(())
    document = plan(answer, found.source, tuple(table), finished.timings)
    output.show(document)
    ctx.exit(exit_code(finished) or int(document.failed))


def _mapped(
    candidates: Candidates, iterations: Iterations
) -> tuple[Sequence[tuple[int, ...]], Sequence[int]] | None:
    """Return the inputs and batches of a map, None if there is but one of each."""
    inputs = candidates.inputs or (candidates.asked.input[1:],)
    batches = [settings.batch for settings in iterations.each]
    return (inputs, batches) if len(inputs) * len(batches) > 1 else None


def _expect_verifiable(by: By) -> None:
    if by is By.BLOCK:
        raise UsageError("--verify times networks that an option names: leave out --by block")
    expect_torch()


def _verified(answer: "Plan", number: int, protocol: Protocol, quiet: bool) -> Finished:
    """Time the best choices, each of another set of stages, beside the plain network."""
    settings = answer.question.settings
    asked = [_asked(one.model, settings, protocol) for one in answer.best[:number] if one.model]
    if not asked:
        raise UsageError("there is nothing to --verify: no attention fits")
    return in_turn(asked, quiet)


def _asked(model: Model, settings: Settings, protocol: Protocol) -> Asked:
    expect_possible(settings)
    expect_trainable(model, settings)
    return Asked(model, {BASELINE: model.plain, NETWORK: model}, settings, protocol)
