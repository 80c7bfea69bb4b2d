"""The options that say how long to measure, how finely, and which networks."""

from se_cost.cli.options.option import Command, Option, bundled, typed
from se_cost.cli.options.types import POSITIVE, FilePath, Percent, Seconds
from se_cost.errors import UsageError
from se_cost.measure.timing.settings import Mode, Protocol, QuickPlan, StoppingRule
from se_cost.record import replace

PROTOCOL = "Protocol"
FULL, QUICK = StoppingRule(), QuickPlan()
EXPLAINED = StoppingRule(max_time=180, at_least=8)  # operators, too, and by stage
# two timings of a page take three minutes; a training step takes some four times as long as
# inference, and both need eight processes with two comparisons of each network
PAGE = {
    Mode.INFER: StoppingRule(max_time=65, at_least=8),
    Mode.TRAIN: StoppingRule(max_time=115, at_least=8),
}
QUICK_PAGE = QuickPlan(quads=12, max_time=50)

RUNS = Option(
    "--runs", PROTOCOL, "Quads of timings per network.", POSITIVE, QUICK.quads, metavar="N"
)
MAX_TIME = Option(
    "--max-time", PROTOCOL, "When to stop timing.", Seconds(), QUICK.max_time, metavar="SECONDS"
)
BRIEF = Option("--quick", PROTOCOL, "One process; not for publishing.")
QUICK_RUNS = replace(
    RUNS, help="Quads per network, with --quick.", default=None, usual=str(QUICK.quads)
)
TABLE = (
    BRIEF,
    Option(
        "--target",
        PROTOCOL,
        "Half-width of every interval.",
        Percent(min=0, min_open=True, max=100, max_open=True),
        usual=f"{100 * FULL.target:g}",
        metavar="PERCENT",
    ),
    replace(MAX_TIME, default=None, usual=f"{FULL.max_time:g}, quick {QUICK.max_time:g}"),
    QUICK_RUNS,
)
RESUME = Option(
    "--resume",
    PROTOCOL,
    "Go on with a saved timing: more processes follow those of its json.",
    FilePath(),
    metavar="FILE",
    key=False,
)
LADDER = Option("--ladder", PROTOCOL, "Also drop stages 5+4, 5+4+3, ...")
FUSE = Option("--fuse", PROTOCOL, "Attention fused, too; folds the norms of all in inference.")
SELF_CHECK = Option("--self-check", PROTOCOL, "The network against itself, built twice.")
ENERGY = Option("--energy", PROTOCOL, "Joules per image too, on a GPU with NVML.")


def protocol_options(command: Command) -> Command:
    """Give a command the options of a protocol; it receives that as `protocol`."""
    return bundled("protocol", TABLE, _protocol)(command)


def page_protocol(mode: Mode, quick: bool, max_time: float | None = None) -> Protocol:
    """Return the protocol of one timing of a page, which takes `max_time` at most."""
    usual: Protocol = QUICK_PAGE if quick else PAGE[mode]
    return replace(usual, max_time=max_time or usual.max_time)


def explain_options(command: Command) -> Command:
    """Give a command the options of its protocol; it receives that as `protocol`."""
    usual = f"{EXPLAINED.max_time:g}, quick {QUICK.max_time:g}"
    limit = replace(MAX_TIME, help="Limit of all of it.", default=None, usual=usual)
    return bundled("protocol", (BRIEF, limit, QUICK_RUNS), _explained)(command)


def _explained(*, quick: bool, max_time: float | None, runs: int | None) -> Protocol:
    if quick:
        return QuickPlan(quads=runs or QUICK.quads, max_time=max_time or QUICK.max_time)
    _expect_no_runs(runs, "--max-time SECONDS")
    return replace(EXPLAINED, max_time=max_time or EXPLAINED.max_time)


def _expect_no_runs(runs: int | None, instead: str) -> None:
    if typed("runs"):
        raise UsageError(f"--runs {runs} only applies to --quick; without it, use {instead}")


def _protocol(
    *, quick: bool, target: float | None, max_time: float | None, runs: int | None
) -> Protocol:
    """Return the protocol; what a pyproject.toml sets yields to what is typed."""
    if typed("quick") and typed("target"):
        raise UsageError("--target needs fresh processes: leave out --quick")
    if quick and not typed("target"):
        return QuickPlan(quads=runs or QUICK.quads, max_time=max_time or QUICK.max_time)
    _expect_no_runs(runs, "--target PERCENT")
    half_width = FULL.target if target is None else target / 100
    return StoppingRule(target=half_width, max_time=max_time or FULL.max_time)
