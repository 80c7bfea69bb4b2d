"""Options that say how long to measure, and how finely."""

import click
from click.core import ParameterSource

from se_cost.cli.options import POSITIVE, SECONDS, Command, gathered
from se_cost.cli.types import Percent
from se_cost.errors import BadInput
from se_cost.measure.full import Protocol
from se_cost.measure.protocol import Plan
from se_cost.measure.run import Rule

FULL, QUICK = Rule(), Plan()


def protocol_options(command: Command) -> Command:
    """Give a command the options of a protocol; it receives them as `protocol`."""
    return gathered(command, PROTOCOL_OPTIONS, "protocol", _protocol)


PROTOCOL_OPTIONS = {
    "quick": click.option("--quick", is_flag=True, help="One process, not for quoting."),
    "target": click.option(
        "--target",
        type=Percent(),
        metavar="PERCENT",
        help=f"Half-width of every interval.  [default: {100 * FULL.target:g}]",
    ),
    "max_time": click.option(
        "--max-time",
        type=SECONDS,
        metavar="SECONDS",
        help=f"When to stop.  [default: {FULL.max_time:g}, quick {QUICK.max_time:g}]",
    ),
    "runs": click.option(
        "--runs",
        type=POSITIVE,
        metavar="N",
        help=f"Quads of timings per network, with --quick.  [default: {QUICK.quads}]",
    ),
}


def _protocol(
    *, quick: bool, target: float | None, max_time: float | None, runs: int | None
) -> Protocol:
    """Return the protocol; what a pyproject.toml sets yields to what is typed."""
    if _typed("quick") and _typed("target"):
        raise BadInput("--target needs fresh processes: leave out --quick")
    if quick and not _typed("target"):
        return Plan(quads=runs or QUICK.quads, max_time=max_time or QUICK.max_time)
    if _typed("runs"):
        raise BadInput(f"--runs {runs} is of one process: add --quick, or say --target PERCENT")
    half_width = FULL.target if target is None else target / 100
    return Rule(target=half_width, max_time=max_time or FULL.max_time)


def _typed(name: str) -> bool:
    source = click.get_current_context().get_parameter_source(name)
    return source is ParameterSource.COMMANDLINE
