"""The report: one page on one network or several, its pictures, and its numbers as json."""

from dataclasses import dataclass
from pathlib import Path

from se_cost.ledger.compare import compare
from se_cost.ledger.stages import stage_costs
from se_cost.measure.result import Timing
from se_cost.nets.registry import title
from se_cost.report import figures, html, markdown, mermaid, overview
from se_cost.report.blocks import (
    Beside,
    Block,
    Console,
    Details,
    Document,
    Heading,
    PageFormat,
    Picture,
)
from se_cost.report.findings import Findings, environment, final_stage, growth, summary
from se_cost.report.formats import as_json
from se_cost.report.overview import FINAL_STAGE
from se_cost.report.page import SCHEMA_VERSION, Data, Page
from se_cost.report.recipes import document, options

SAME_ANYWHERE = "Counts come out the same anywhere."
OF_THIS_MACHINE = "Counts come out the same anywhere, times are this machine's."


@dataclass(frozen=True, slots=True)
class Report:
    """The findings on one network or several."""

    networks: tuple[Findings, ...]

    @property
    def named(self) -> dict[str, Findings]:
        """Return the findings by the names that tell the networks apart."""
        names = overview.names([findings.recipe for findings in self.networks])
        return dict(zip(names, self.networks, strict=True))

    @property
    def pages(self) -> dict[str, Page]:
        """Return the answers by their headings: all of one network, or one row for each."""
        return self.networks[0].pages if len(self.networks) == 1 else overview.pages(self.named)

    @property
    def timings(self) -> list[Timing]:
        """Return every timing."""
        return [timing for findings in self.networks for timing in findings.timings]

    @property
    def lead(self) -> str:
        """Return the sentence that matters most."""
        one = len(self.networks) == 1
        return summary(self.networks[0]) if one else overview.span(self.named)

    @property
    def failed(self) -> bool:
        """Return whether counts that must agree do not."""
        return any(page.failed for page in self.pages.values())


def files(report: Report, page: Document, path: Path, form: PageFormat) -> dict[Path, str]:
    """Return the text of every file of the report, the page that shows the others last."""
    json = {path.with_suffix(".json"): as_json(Page((), (), data(report)))}
    if form is PageFormat.HTML:
        return json | {path: html.page_of(page, path.stem)}
    pictures = {path.with_name(f"{path.stem}-{p.name}.svg"): p.svg for p in page.pictures}
    return pictures | json | {path: markdown.page_of(page, path.stem)}


def data(report: Report) -> Data:
    """Return the json document: of one network, or of every network in a list."""
    if len(report.networks) == 1:
        return _data(report.networks[0])
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "report",
        "networks": [_data(findings) for findings in report.networks],
    }


def _data(findings: Findings) -> Data:
    """Return the documents of the commands, under their names."""
    pages = list(findings.pages.values())
    return document("report", findings.recipe) | {
        "params": pages[0].data,
        "flops": pages[1].data,
        "time": [page.data for page in pages[2:]],
    }


def described(report: Report) -> Document:
    """Return the page as blocks."""
    first, *others = report.networks
    if others:
        heading, blocks = f"What attention costs {len(report.networks)} networks", _networks(report)
    else:
        heading, blocks = f"What attention costs {title(first.recipe.baseline)}", _network(first)
    return Document(heading, report.lead, (*blocks, *_end(report)))


def _network(findings: Findings, prefix: str = "", level: int = 2) -> list[Block]:
    """Return all that is known of one network; `prefix` begins the names of its pictures."""
    blocks: list[Block] = []
    for heading, page in findings.pages.items():
        blocks += [Heading(heading, level), page]
    if findings.timings:
        words = "Overhead of every network with its 95 % interval"
        blocks.append(Picture(f"{prefix}time", figures.intervals(findings.timings), words))
    blocks += [Heading(FINAL_STAGE, level), final_stage(findings), _stages(findings, prefix)]
    return blocks


def _stages(findings: Findings, prefix: str) -> Picture:
    whole = compare(findings.recipe)
    parts = {f"stage {cost.stage}": cost.added.params for cost in stage_costs(whole)}
    return Picture(
        f"{prefix}stages",
        figures.stages(whole),
        "Share of the attention's parameters, MACs and bytes, by stage",
        mermaid.pie("Parameters of the attention, by stage", parts),
    )


def _networks(report: Report) -> list[Block]:
    """Return the networks beside each other, then each by itself behind a fold."""
    named = report.named
    charts = overview.charts(named)
    blocks: list[Block] = []
    for heading, page in report.pages.items():
        if heading == FINAL_STAGE:
            blocks += overview.times_chart(named)
        blocks += [Heading(heading), page]
        blocks += [charts[heading]] if heading in charts else []
    blocks.append(Heading("Every network by itself"))
    seen: list[str] = []
    for name, findings in named.items():
        seen.append(findings.recipe.name)
        again = seen.count(findings.recipe.name)
        slug = f"{findings.recipe.name}-{again}-" if again > 1 else f"{findings.recipe.name}-"
        blocks.append(Details(f"{name}: {growth(findings)}", tuple(_network(findings, slug, 3))))
    return blocks


def _end(report: Report) -> list[Block]:
    blocks: list[Block] = []
    if report.timings:
        blocks += [Heading("Environment"), environment(report.timings[0])]
    blocks += [Heading("Reproduce"), Console(_commands(report))]
    if report.timings:
        return [*blocks, Beside(OF_THIS_MACHINE, "Every timing is in", ".json")]
    return [*blocks, Beside(SAME_ANYWHERE, "All of them are in", ".json")]


def _commands(report: Report) -> tuple[str, ...]:
    """Return what makes the page again, or if no single command does, each network's part."""
    flag = "" if report.timings else " --no-time"
    recipes = [findings.recipe for findings in report.networks]
    rest = {options(r).removeprefix(f"--arch {r.name}") for r in recipes}
    if len(rest) == 1:
        return (f"se-cost report --arch {','.join(r.name for r in recipes)}{rest.pop()}{flag}",)
    return tuple(f"se-cost report {options(recipe)}{flag}" for recipe in recipes)
