"""All that is known of several networks: beside each other, then each by itself behind a fold."""

from collections.abc import Iterator, Mapping

from se_cost.documents.base import Document
from se_cost.documents.report import ReportsDocument
from se_cost.measure.timing.verdict import MARGIN
from se_cost.nets.words import distinct, slug
from se_cost.record import replace
from se_cost.report.figures import mermaid
from se_cost.report.page import Block, Details, Page, Picture, Section, Table, Warning
from se_cost.report.pages import overview
from se_cost.report.pages.report import (
    COMPUTING,
    FINAL_STAGE,
    PARAMETERS,
    end,
    final_stage,
    sections,
)
from se_cost.report.pages.summary import Named, asked, growth, headings, labels, macs_growth, span


def page(document: ReportsDocument) -> Page:
    """Return the page of several networks."""
    networks = document.networks
    names = distinct([network.recipe for network in networks])
    named = dict(zip(names, networks, strict=True))
    folds = Section("Every network by itself", tuple(_folds(named)))
    title = f"What attention costs {len(networks)} networks"
    blocks = (*_compared(named), folds, *end(networks))
    return Page(blocks, title, span(named), final_stage(blocks))


def _compared(named: Named) -> list[Block]:
    """Return a section for each question, with the doubts about any network."""
    counts = {name: network.params for name, network in named.items()}
    computing = {name: network.flops for name, network in named.items()}
    blocks: list[Block] = []
    every = overview.every_timing(named)
    for settings, heading in headings(every).items():
        timings = overview.timings(named, settings)
        blocks.append(_section(heading, overview.times(timings), timings))
    if every:
        words = "Overhead of the attention of every network with its 95 % interval"
        blocks.append(Picture("time", lambda: _intervals(named), words))
    return [
        *blocks,
        _section(PARAMETERS, overview.params(named), counts, _params_chart(named)),
        _section(COMPUTING, overview.macs(named), computing, _macs_chart(named)),
        Section(FINAL_STAGE, (overview.final_stages(named),)),
    ]


def _section(heading: str, table: Table, parts: Mapping[str, Document], *more: Block) -> Section:
    doubts = [
        Warning(f"{name}: {doubt}")
        for name, part in parts.items()
        for doubt in (*part.disagreements, *part.doubts)
    ]
    return Section(heading, (table, *doubts, *more))


def _params_chart(named: Named) -> Picture:
    values = {name: network.params.attention.percent for name, network in named.items()}
    return _chart("params", "parameters", values)


def _macs_chart(named: Named) -> Picture:
    values = {name: macs_growth(network) or 0 for name, network in named.items()}
    return _chart("macs", "MACs", values)


def _chart(name: str, what: str, values: Mapping[str, float]) -> Picture:
    axis = f"{what} that attention adds, % of the plain network's"

    def draw() -> str:
        from se_cost.report.figures.bars import bars

        return bars(values, axis)

    return Picture(
        name,
        draw,
        f"Growth of the {what} in % of the plain network's, one bar per network",
        mermaid.bars(f"Growth of the {what}", axis, values),
        simple=True,
    )


def _intervals(named: Named) -> str:
    from se_cost.report.figures.intervals import interval, intervals

    modes = labels(overview.every_timing(named))
    changes = {
        f"{name}, {modes[asked(timing)]}": interval(timing.overhead)
        for name, network in named.items()
        for timing in network.time
    }
    return intervals(changes, "the plain network", MARGIN)


def _folds(named: Named) -> Iterator[Details]:
    """Yield every network by itself; a number tells apart the pictures of those of one name."""
    seen: list[str] = []
    for name, network in named.items():
        arch = slug(network.recipe)
        seen.append(arch)
        again = seen.count(arch)
        prefix = f"{arch}-{again}-" if again > 1 else f"{arch}-"
        blocks = tuple(map(_undoubted, sections(network, prefix, level=3)))
        yield Details(f"{name}: {growth(network)}", blocks)


def _undoubted(block: Block) -> Block:
    """Return a block without its doubts, which stand above all folds."""
    if not isinstance(block, Section):
        return block
    return replace(block, blocks=tuple(b for b in block.blocks if not isinstance(b, Warning)))
