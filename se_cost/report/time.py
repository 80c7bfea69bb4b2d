"""How much slower attention makes a network, with an interval, and how far to trust it."""

from se_cost.measure.compared import dropped
from se_cost.measure.result import BASELINE, NETWORK, Timing
from se_cost.measure.run import Stop
from se_cost.measure.settings import DType
from se_cost.measure.stats import Estimate
from se_cost.nets.registry import title
from se_cost.report.doubts import doubts
from se_cost.report.page import Cell, Column, Page, Table
from se_cost.report.recipes import described
from se_cost.report.running import running
from se_cost.report.time_data import data

QUICK = "quick: one process, not for quoting; another run may differ by more than the interval"
MIB = 2**20

NETWORK_COLUMN = Column("network")
SPEED_COLUMNS = (Column("median ms", ".2f"), Column("images/s", ".1f"))
PEAK_COLUMN = Column("peak MiB", ",.0f")
ENERGY_COLUMN = Column("J/image", ".3f")
OVERHEAD_COLUMNS = (
    Column("overhead %", "+.2f"),
    Column("low", "+.2f"),
    Column("high", "+.2f"),
    Column("verdict"),
)
NOISE_COLUMNS = (
    Column("check"),
    Column("change %", "+.2f"),
    Column("low", "+.2f"),
    Column("high", "+.2f"),
    Column("what it should be"),
)

EXCHANGE_COLUMNS = (
    Column("network"),
    Column("step ms", ".2f"),
    Column("without ms", ".2f"),
    Column("exposed ms", "+.2f"),
    Column("each rank without, ms"),
)


def page(timing: Timing) -> Page:
    """Return the page for one timed comparison."""
    rows = tuple(_row(timing, arm) for arm in timing.arms)
    tables = (
        Table(heading(timing), _columns(timing), rows),
        Table("The noise of this run", NOISE_COLUMNS, tuple(_noise(timing))),
        *exchange_tables(timing),
    )
    return Page(_lines(timing), tables, data(timing), tuple(doubts(timing)))


def heading(timing: Timing) -> str:
    """Return what was run, on what."""
    return placed(running(timing.settings), timing)


def placed(what: str, timing: Timing) -> str:
    """Return a heading that says on what machine it was done."""
    where = timing.environment
    tf32 = where.get("cudnn_tf32") and timing.settings.dtype is DType.FLOAT32
    threads = f"{where['threads']} thread{'s' * (where['threads'] != 1)}"
    words = [threads, *["TF32 convolutions"] * bool(tf32)]
    return (
        f"{what[0].upper()}{what[1:]}, on {where['device_name']} "
        f"({', '.join(words)}, torch {where['torch']})"
    )


def name(timing: Timing, arm: str) -> str:
    """Return the name of an arm as people read it."""
    if arm == BASELINE:
        return title(timing.networks[BASELINE])
    if timing.itself:
        return "the same, built again"
    if arm == NETWORK:
        return title(timing.recipe)
    stages = dropped(timing.recipe, timing.networks[arm])
    return f"without stage{'s' * (len(stages) > 1)} {', '.join(map(str, stages))}"


def sentence(timing: Timing) -> str:
    """Return the overhead of attention in one sentence."""
    overhead = timing.overhead(NETWORK)
    change = overhead.percent
    if change.low is None:
        interval = "no interval"
    else:
        interval = f"95 % interval {change.low:+.2f} to {change.high:+.2f}"
    if timing.itself:
        holds = "holds zero" if change.holds_zero else "does not hold zero, as one in 20 may"
        return f"{change.value:+.2f} % time beside itself ({interval}): {holds}."
    plain = name(timing, BASELINE)
    return f"{change.value:+.2f} % time beside {plain} ({interval}): {overhead.verdict}."


def basis(timing: Timing) -> str:
    """Return how much was measured, and why no more."""
    run = timing.run
    if run.rule is None:
        return QUICK
    target = f"the target of ±{100 * run.rule.target:g} %"
    ends = {
        Stop.TARGET: f"until every interval was within {target}",
        Stop.TIME: f"until {run.rule.max_time:g} s were over, short of {target}",
        Stop.PROCESSES: f"as many as are allowed, short of {target}",
        Stop.INTERRUPTED: "until it was interrupted",
        Stop.FAILED: "until it failed",
    }
    number = len(run.processes)
    quads = len(run.quads) // max(1, len(run.others))
    return (
        f"{number} fresh process{'es' * (number != 1)}, {quads} comparisons of four timings for "
        f"each network, {ends[run.stop or Stop.FAILED]}."
    )


def exchange_tables(timing: Timing) -> list[Table]:
    """Return the table of what the exchange of gradients costs, if there is one."""
    rows = tuple(
        (
            name(timing, arm),
            exchange.step_ms,
            exchange.alone_ms,
            exchange.exposed_ms,
            ", ".join(f"{ms:.2f}" for ms in exchange.ranks_ms),
        )
        for arm, exchange in timing.exchanges.items()
    )
    return [Table("The exchange of gradients", EXCHANGE_COLUMNS, rows)] if rows else []


def _lines(timing: Timing) -> tuple[str, ...]:
    return (f"{described(timing.recipe)}: {sentence(timing)}", basis(timing))


def _columns(timing: Timing) -> tuple[Column, ...]:
    extra = (PEAK_COLUMN,) * bool(timing.peaks) + (ENERGY_COLUMN,) * bool(timing.joules)
    return (NETWORK_COLUMN, *SPEED_COLUMNS, *extra, *OVERHEAD_COLUMNS)


def _row(timing: Timing, arm: str) -> tuple[Cell, ...]:
    cells: tuple[Cell, ...] = (
        *(name(timing, arm), timing.median_ms(arm), timing.images_per_second(arm)),
    )
    if timing.peaks:
        cells += (timing.peaks[arm].allocated / MIB,)
    if timing.joules:
        cells += (timing.joules[arm],)
    if arm == BASELINE:
        return (*cells, None, None, None, None)
    overhead = timing.overhead(arm)
    return (*cells, *_bounds(overhead.percent), overhead.verdict)


def _noise(timing: Timing) -> list[tuple[Cell, ...]]:
    return [
        ("null (A/A)", *_bounds(timing.null), "0: the same network against itself"),
        ("drift", *_bounds(timing.drift), "any: cancelled; the machine's change of speed"),
    ]


def _bounds(change: Estimate) -> tuple[Cell, Cell, Cell]:
    return (change.value, change.low, change.high)
