"""The report: one page of markdown with pictures, and its numbers as json."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from se_cost.ledger.compare import compare
from se_cost.ledger.rows import Ledger
from se_cost.measure.counts import Counts
from se_cost.measure.result import NETWORK, Timing
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import title
from se_cost.report import figures, flops, params, time
from se_cost.report.formats import as_json, as_markdown, escaped, pipe_table
from se_cost.report.page import Column, Data, Page, Table
from se_cost.report.recipes import document, options


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a report is made of."""

    recipe: Recipe
    built: params.Pair
    counts: Sequence[Counts]
    timings: Sequence[Timing]

    @property
    def pages(self) -> dict[str, Page]:
        """Return the answers, by the heading that they stand under."""
        counted = {
            "Parameters": params.page(self.recipe, self.built),
            "Computing": flops.page(self.recipe, self.counts),
        }
        return counted | {HEADINGS[t.settings.mode.value]: time.page(t) for t in self.timings}

    @property
    def failed(self) -> bool:
        """Return whether counts that must agree do not."""
        return any(page.failed for page in self.pages.values())


HEADINGS = {"infer": "Time of inference", "train": "Time of a training step"}


def files(findings: Findings, path: Path) -> dict[Path, str]:
    """Return the text of every file of the report, the page that shows the others last."""
    return {
        path.with_name(f"{path.stem}-stages.svg"): figures.stages(compare(findings.recipe)),
        path.with_name(f"{path.stem}-time.svg"): figures.intervals(findings.timings),
        path.with_suffix(".json"): as_json(Page((), (), data(findings))),
        path: markdown(findings, path.stem),
    }


def data(findings: Findings) -> Data:
    """Return the json document: those of the commands, under their names."""
    pages = list(findings.pages.values())
    return document("report", findings.recipe) | {
        "params": pages[0].data,
        "flops": pages[1].data,
        "time": [page.data for page in pages[2:]],
    }


def markdown(findings: Findings, stem: str) -> str:
    """Return the page; the names of the pictures and of the json begin with `stem`."""
    link = quote(stem, errors="surrogateescape")
    parts = [
        f"# What attention costs {escaped(title(findings.recipe.baseline))}",
        f"**{escaped(summary(findings))}**",
    ]
    for heading, page in findings.pages.items():
        parts += [f"## {heading}", as_markdown(page).rstrip()]
    parts += [
        f"![Overhead of every network with its 95 % interval]({link}-time.svg)",
        "## Should the final stage keep its attention?",
        pipe_table(final_stage(findings)),
        f"![Share of the attention's parameters, MACs and bytes, by stage]({link}-stages.svg)",
        "## Environment",
        pipe_table(environment(findings)),
        "## Reproduce",
        f"```console\n$ se-cost report {options(findings.recipe)}\n```",
        (
            "Counts come out the same anywhere, times are this machine's. "
            f"Every timing is in [{escaped(stem)}.json]({link}.json)."
        ),
    ]
    return "\n\n".join(parts) + "\n"


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


def environment(findings: Findings) -> Table:
    """Return what the times depend on."""
    fingerprint = findings.timings[0].environment
    rows = tuple((name.replace("_", " "), str(value)) for name, value in fingerprint.items())
    return Table("Environment", (Column("what"), Column("value")), rows)


def summary(findings: Findings) -> str:
    """Return the numbers that matter in one sentence."""
    whole = compare(findings.recipe)
    macs = 100 * whole.attention.macs / whole.baseline.macs
    times = [f"{_overhead(t)} {HEADINGS[t.settings.mode.value].lower()}" for t in findings.timings]
    return (
        f"{title(findings.recipe)} beside {title(findings.recipe.baseline)}: "
        f"{whole.percent:+.2f} % parameters, {macs:+.3f} % MACs, {', '.join(times)}."
    )


def _overhead(timing: Timing) -> str:
    change = timing.overhead(NETWORK).percent
    if change.low is None:
        return f"{change.value:+.1f} %"
    return f"{change.value:+.1f} % [{change.low:+.1f}, {change.high:+.1f}]"
