"""All that is known of one network, and what of it matters most."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from se_cost.ledger.compare import compare
from se_cost.ledger.rows import Ledger
from se_cost.measure.counts import Counts
from se_cost.measure.result import NETWORK, Timing
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import title
from se_cost.report import flops, params, time
from se_cost.report.page import Column, Page, Table

PARAMETERS, COMPUTING = "Parameters", "Computing"
HEADINGS = {"infer": "Time of inference", "train": "Time of a training step"}


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that is known of one network; what needs torch may be missing."""

    recipe: Recipe
    built: params.Pair | None = None
    counts: Sequence[Counts] | None = None
    timings: Sequence[Timing] = ()

    @property
    def pages(self) -> dict[str, Page]:
        """Return the answers, by the heading that they stand under."""
        counted = {
            PARAMETERS: params.page(self.recipe, self.built),
            COMPUTING: flops.page(self.recipe, self.counts),
        }
        return counted | {HEADINGS[t.settings.mode.value]: time.page(t) for t in self.timings}


def final_stage(findings: Findings) -> Table:
    """Return what the attention costs with and without its final stage."""
    recipe = findings.recipe
    whole, trimmed = compare(recipe), compare(recipe.without_final_stage)
    plain = whole.baseline
    readings: Mapping[str, Callable[[Ledger], int]] = {
        "parameters": lambda ledger: ledger.params,
        "MACs": lambda ledger: ledger.macs,
        "float32 bytes moved": lambda ledger: ledger.bytes,
    }
    rows: list[tuple[str, float, float | None]] = [
        (name, 100 * of(whole.attention) / of(plain), 100 * of(trimmed.attention) / of(plain))
        for name, of in readings.items()
    ]
    for timing in findings.timings:
        arms = [timing.overhead(arm).percent.value for arm in timing.arms[1:]]
        mode = HEADINGS[timing.settings.mode.value].lower()
        rows.append((mode, arms[0], arms[1] if len(arms) > 1 else None))
    columns = (
        Column("growth of the network, %"),
        Column("attention in all its stages", "+.3f"),
        Column(f"without stage {recipe.final_stage}", "+.3f"),
    )
    return Table("The final stage", columns, tuple(rows))


def environment(timing: Timing) -> Table:
    """Return what the times depend on."""
    fingerprint = timing.environment
    rows = tuple((name.replace("_", " "), str(value)) for name, value in fingerprint.items())
    return Table("Environment", (Column("what"), Column("value")), rows)


def summary(findings: Findings) -> str:
    """Return the numbers that matter in one sentence."""
    recipe = findings.recipe
    return f"{title(recipe)} beside {title(recipe.baseline)}: {growth(findings)}."


def growth(findings: Findings) -> str:
    """Return what attention adds to parameters, MACs and time."""
    whole = compare(findings.recipe)
    macs = 100 * whole.attention.macs / whole.baseline.macs
    times = [f"{_overhead(t)} {HEADINGS[t.settings.mode.value].lower()}" for t in findings.timings]
    counts = (f"{whole.percent:+.2f} % parameters", f"{macs:+.3f} % MACs")
    return ", ".join((*counts, *times))


def _overhead(timing: Timing) -> str:
    change = timing.overhead(NETWORK).percent
    if change.low is None:
        return f"{change.value:+.1f} %"
    return f"{change.value:+.1f} % [{change.low:+.1f}, {change.high:+.1f}]"
