"""Several networks beside each other: one table per question, one row per network."""

from collections.abc import Callable, Mapping, Sequence

from se_cost.ledger.compare import Comparison, compare
from se_cost.ledger.conventions import CONVENTIONS, total
from se_cost.ledger.rows import Ledger
from se_cost.ledger.stages import stage_costs
from se_cost.measure.result import BASELINE, NETWORK, TRIMMED, Timing
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import title
from se_cost.report import figures, mermaid, time
from se_cost.report.blocks import Picture
from se_cost.report.findings import COMPUTING, HEADINGS, PARAMETERS, Findings
from se_cost.report.page import Cell, Column, Page, Table
from se_cost.report.recipes import options

FINAL_STAGE = "Should the final stage keep its attention?"
Named = Mapping[str, Recipe]
Growth = Callable[[Recipe], float]


def names(recipes: Sequence[Recipe]) -> list[str]:
    """Return the title of every network, and where others have it too, how this one differs."""
    titles = [title(recipe) for recipe in recipes]
    words = [options(recipe).removeprefix("--").split(" --") for recipe in recipes]

    found = []
    for own, said in zip(titles, words, strict=True):
        alike = [set(w) for other, w in zip(titles, words, strict=True) if other == own]
        shared = set.intersection(*alike)
        found.append(", ".join((own, *(word for word in said if word not in shared))))
    return found


def params(networks: Named) -> Table:
    """Return what attention adds to the parameters of every network."""
    columns = (
        Column("network"),
        Column("attention blocks", minor=True),
        Column("plain"),
        Column("attention"),
        Column("growth %", ".2f"),
        Column("without its final stage %", ".2f"),
    )
    rows = tuple((name, *_params(compare(recipe))) for name, recipe in networks.items())
    return Table("Parameters: the plain network's, and what attention adds", columns, rows)


def _params(whole: Comparison) -> tuple[Cell, ...]:
    blocks = sum(cost.blocks for cost in stage_costs(whole))
    trimmed = params_growth(whole.recipe.without_final_stage)
    return (blocks, whole.baseline.params, whole.attention.params, whole.percent, trimmed)


def macs(networks: Named) -> Table:
    """Return what attention adds to the computing of every network."""
    columns = (
        Column("network"),
        Column("plain"),
        Column("attention"),
        Column("growth %", ".3f"),
        Column("as the SE paper counts %", ".3f"),
        Column("bytes moved %", ".2f"),
    )
    rows = tuple((name, *_macs(compare(recipe))) for name, recipe in networks.items())
    return Table("MACs of one image: the plain network's, and what attention adds", columns, rows)


def _macs(whole: Comparison) -> tuple[Cell, ...]:
    paper = CONVENTIONS["paper"]
    as_the_paper = 100 * (total(whole.network, paper) / total(whole.baseline, paper) - 1)
    sums = (whole.baseline.macs, whole.attention.macs)
    return (*sums, macs_growth(whole.recipe), as_the_paper, bytes_growth(whole.recipe))


def times(timings: Mapping[str, Timing], heading: str) -> Table:
    """Return how much slower attention makes every network, all in one mode."""
    columns = (
        Column("network"),
        Column("plain ms", ".2f"),
        Column("with attention", ".2f"),
        Column("overhead %", "+.2f"),
        Column("low", "+.2f"),
        Column("high", "+.2f"),
        Column("verdict"),
    )
    return Table(heading, columns, tuple((name, *_times(t)) for name, t in timings.items()))


def _times(timing: Timing) -> tuple[Cell, ...]:
    overhead = timing.overhead(NETWORK)
    change = overhead.percent
    medians = (timing.median_ms(BASELINE), timing.median_ms(NETWORK))
    return (*medians, change.value, change.low, change.high, overhead.verdict)


def final_stages(networks: Named, timings: Mapping[str, Sequence[Timing]]) -> Table:
    """Return how each growth shrinks if the final stage loses its attention."""
    modes = [timing.settings.mode.value for timing in max(timings.values(), key=len, default=())]
    columns = ("network", "final stage", *GROWTHS, *(TIMES[mode] for mode in modes))
    rows = []
    for name, recipe in networks.items():
        trimmed = recipe.without_final_stage
        counts = [_arrow(of(recipe), of(trimmed), spec) for of, spec in GROWTHS.values()]
        of_mode = {timing.settings.mode.value: timing for timing in timings[name]}
        spans = [_span(of_mode[mode]) if mode in of_mode else None for mode in modes]
        rows.append((name, recipe.final_stage, *counts, *spans))
    heading = "Growth in %: with attention in all its stages → without it in the final one"
    return Table(heading, tuple(map(Column, columns)), tuple(rows))


TIMES = {"infer": "inference", "train": "training step"}


def _arrow(whole: float, trimmed: float, spec: str = "+.1f") -> str:
    return f"{whole:{spec}} → {trimmed:{spec}}"


def _span(timing: Timing) -> str:
    """Return the overhead with all attention and without its final stage, if that was timed."""
    whole = timing.overhead(NETWORK).percent.value
    if TRIMMED not in timing.arms:
        return f"{whole:+.1f} → –"
    return _arrow(whole, timing.overhead(TRIMMED).percent.value)


def _growth(of: Callable[[Ledger], int]) -> Growth:
    def growth(recipe: Recipe) -> float:
        whole = compare(recipe)
        return 100 * of(whole.attention) / of(whole.baseline)

    return growth


params_growth = _growth(lambda ledger: ledger.params)
macs_growth = _growth(lambda ledger: ledger.macs)
bytes_growth = _growth(lambda ledger: ledger.bytes)
GROWTHS: Mapping[str, tuple[Growth, str]] = {
    "parameters": (params_growth, "+.2f"),
    "MACs": (macs_growth, "+.3f"),
    "bytes moved": (bytes_growth, "+.2f"),
}


def pages(named: Mapping[str, Findings]) -> dict[str, Page]:
    """Return a table for each question, one row per network, with the doubts about any of them."""
    recipes = {name: findings.recipe for name, findings in named.items()}
    timings = {name: findings.timings for name, findings in named.items()}
    tables = {PARAMETERS: params(recipes), COMPUTING: macs(recipes)}
    for mode, heading in HEADINGS.items():
        timed = {n: t for n, runs in timings.items() for t in runs if t.settings.mode == mode}
        if timed:
            tables[heading] = times(timed, time.heading(next(iter(timed.values()))))
    tables[FINAL_STAGE] = final_stages(recipes, timings)
    return {heading: _overview(heading, table, named) for heading, table in tables.items()}


def _overview(heading: str, table: Table, named: Mapping[str, Findings]) -> Page:
    pages = {name: f.pages[heading] for name, f in named.items() if heading in f.pages}
    doubts = tuple(f"{name}: {doubt}" for name, page in pages.items() for doubt in page.warnings)
    return Page((), (table,), {}, doubts, any(page.failed for page in pages.values()))


def charts(named: Mapping[str, Findings]) -> dict[str, Picture]:
    """Return a chart of each count, by the heading that it stands under."""
    return {
        PARAMETERS: _chart("params", "parameters", params_growth, named),
        COMPUTING: _chart("macs", "MACs", macs_growth, named),
    }


def _chart(name: str, what: str, of: Growth, named: Mapping[str, Findings]) -> Picture:
    values = {name: of(findings.recipe) for name, findings in named.items()}
    axis = f"{what} that attention adds, % of the plain network's"
    return Picture(
        name,
        figures.bars(values, axis),
        f"Growth of the {what} in % of the plain network's, one bar per network",
        mermaid.bars(f"Growth of the {what}", axis, values),
        simple=True,
    )


def times_chart(named: Mapping[str, Findings]) -> list[Picture]:
    """Return a picture of the overheads, none if nothing was timed."""
    timings = {name: findings.timings for name, findings in named.items() if findings.timings}
    words = "Overhead of the attention of every network with its 95 % interval"
    return [Picture("time", figures.overheads(timings), words)] if timings else []


def span(named: Mapping[str, Findings]) -> str:
    """Return the least and the greatest of the numbers that matter in one sentence."""
    measures: dict[str, tuple[str, dict[str, float]]] = {
        "parameters": (".2f", {n: params_growth(f.recipe) for n, f in named.items()}),
        "MACs": (".3f", {n: macs_growth(f.recipe) for n, f in named.items()}),
    }
    for mode, heading in HEADINGS.items():
        values = {
            name: timing.overhead(NETWORK).percent.value
            for name, findings in named.items()
            for timing in findings.timings
            if timing.settings.mode == mode
        }
        if values:
            measures[heading.lower()] = (".1f", values)
    spans = []
    for what, (spec, values) in measures.items():
        least, most = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
        low, high = f"{values[least]:+{spec}}", f"{values[most]:+{spec}}"
        spans.append(f"{low} % ({least}) to {high} % ({most}) {what}")
    return f"Attention adds {'; '.join(spans)}."
