"""All that is known of one network, on one page."""

from collections.abc import Sequence

from msgspec import UNSET, UnsetType
from msgspec.structs import asdict

from se_cost.documents.alternatives import AlternativesDocument
from se_cost.documents.report import ReportDocument
from se_cost.documents.time import TimeDocument
from se_cost.measure.timing.verdict import MARGIN, Overhead
from se_cost.nets.words import bare, title
from se_cost.record import Record
from se_cost.report.figures import mermaid
from se_cost.report.page import (
    Beside,
    Block,
    Column,
    Details,
    Page,
    Picture,
    Section,
    Table,
    Text,
    console,
    formatted,
)
from se_cost.report.pages import alternatives, flops, params, time
from se_cost.report.pages.folding import folded
from se_cost.report.pages.reproduce import commands
from se_cost.report.pages.summary import asked, headings, labels, summary
from se_cost.report.pages.words import UNMEASURED, bounds, known, percent, shown
from se_cost.text import joined

PARAMETERS, COMPUTING = "Parameters", "Computing"
WHY = "Why the time grows more than the MACs"
FINAL_STAGE = "Should the final stage keep its attention?"
OTHERS = "What else could be taken?"
DEPENDS = "What the times depend on"
SAME_ANYWHERE = "Counts come out the same anywhere."
OF_THIS_MACHINE = "Counts come out the same anywhere, times are this machine's."


class Growth(Record):
    """What attention adds to one measure, in per cent; times with interval and verdict."""

    measure: str
    whole: str | None
    trimmed: str | None  # without the final stage; None if that was not timed


class Fact(Record):
    """What times depend on."""

    what: str
    value: str


MEASURE = Column("growth of the network, %", lambda growth: growth.measure)
WHOLE = Column("attention in all its stages", lambda growth: growth.whole)
FACTS = (Column("what", lambda fact: fact.what), Column("value", lambda fact: fact.value))


def page(document: ReportDocument) -> Page:
    """Return the page of one network; a terminal shows what to decide."""
    question = f"What attention costs {bare(document.recipe)}"
    blocks = (*sections(document), *end([document]))
    return Page(blocks, question, summary(document), final_stage(blocks))


def final_stage(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the section about the final stage."""
    return tuple(
        block for block in blocks if isinstance(block, Section) and block.heading == FINAL_STAGE
    )


def sections(document: ReportDocument, prefix: str = "", level: int = 2) -> list[Block]:
    """Return a section for each question: first time, which nobody can count on paper.

    `prefix` begins the names of the pictures.
    """
    names = headings(document.time)
    times = [Section(names[asked(one)], folded(time.page(one), 1), level) for one in document.time]
    told = [Text(said)] if (said := decision(document)) else []
    final: tuple[Block, ...] = (*told, _final_stage(document), _stages(document, prefix))
    return [
        *times,
        *([_times(document, prefix)] if times else []),
        Section(PARAMETERS, folded(params.page(document.params), 1), level),
        Section(COMPUTING, folded(flops.page(document.flops), 0), level),
        Section(FINAL_STAGE, final, level),
        *([_others(document.alternatives, prefix, level)] if document.alternatives else []),
        *([Section(WHY, (Text(why),), level)] if (why := _why(document)) else []),
    ]


def _others(document: AlternativesDocument, prefix: str, level: int) -> Section:
    return Section(OTHERS, folded(alternatives.page(document, prefix), 1), level)


def _times(document: ReportDocument, prefix: str) -> Picture:
    words = "Overhead of every network with its 95 % interval"
    return Picture(f"{prefix}time", lambda: _intervals(document.time), words)


def _why(document: ReportDocument) -> str:
    """Return what attention adds beside MACs, and what tells where the time goes, if known."""
    every, plain = document.flops.attention, document.flops.baseline
    macs, moved = percent(every.macs, plain.macs), percent(every.bytes, plain.bytes)
    if moved is None:  # older documents have no bytes of the plain network
        return ""
    return (
        f"Attention adds {formatted(macs, '+.3f')} % MACs, but {moved:+.1f} % "
        "float32 bytes moved: it reads every gated map again to pool it, and again to scale it. "
        "`se-cost explain` says what that takes here, stage by stage."
    )


def decision(document: ReportDocument) -> str:
    """Return in a sentence what leaving out the final stage saves, by direct comparison."""
    every, trimmed = document.flops.attention, document.flops.without_final_stage
    params = document.params
    if document.recipe.final_stage is None or not params.attention.params:
        return ""
    kept = percent(params.without_final_stage.params, params.attention.params) or 0
    saved = [f"{100 - kept:.0f} % of the added parameters"]
    if every.bytes:
        saved.append(f"{100 - 100 * trimmed.bytes / every.bytes:.0f} % of the added bytes")
    names = headings(document.time)
    times = [
        f"changes the {names[asked(one)].lower()} by {change.percent:+.1f} % "
        f"{bounds(change.low, change.high)} ({change.verdict})"
        for one in document.time
        if (change := shown(one.dropping_final_stage))
    ]
    begun = f"Leaving out the attention of stage {document.recipe.final_stage} saves "
    return begun + joined((joined(saved, " and "), *times), ", and ") + "."


def end(networks: Sequence[ReportDocument]) -> list[Block]:
    """Return what follows the answers: what the times depend on, and how to get them again."""
    timings = [time for network in networks for time in network.time]
    again = Section("Reproduce", (console(*commands(networks)), _beside(bool(timings))))
    if not timings:
        return [again]
    return [Section("Environment", (Details(DEPENDS, (_environment(timings[0]),)),)), again]


def _final_stage(document: ReportDocument) -> Table:
    """Return what the attention costs with and without its final stage; times with intervals."""
    trimmed = Column(f"without stage {document.recipe.final_stage}", lambda growth: growth.trimmed)
    names = headings(document.time)
    timed = [_timed(names[asked(one)].lower(), one) for one in document.time]
    return Table.of("", (MEASURE, WHOLE, trimmed), [*_counted(document), *timed])


def _counted(document: ReportDocument) -> list[Growth]:
    """Return how the counts grow."""
    every, trimmed = document.flops.attention, document.flops.without_final_stage
    plain, params = document.flops.baseline, document.params
    percents = {
        "parameters": (params.attention.percent, params.without_final_stage.percent),
        "MACs": (percent(every.macs, plain.macs), percent(trimmed.macs, plain.macs)),
        "float32 bytes moved": (
            percent(every.bytes, plain.bytes),
            percent(trimmed.bytes, plain.bytes),
        ),
    }
    return [Growth(name, *map(_exact, both)) for name, both in percents.items()]


def _exact(percent: float | None) -> str | None:
    """Return a growth that needs no interval."""
    return None if percent is None else formatted(percent, "+.3f")


def _timed(measure: str, timing: TimeDocument) -> Growth:
    """Return how a time grows."""
    arm = timing.without_final_stage
    return Growth(measure, _overhead(timing.overhead), _overhead(arm.overhead) if arm else None)


def _overhead(change: Overhead | UnsetType) -> str | None:
    """Return an overhead with its interval and verdict, or that there is none."""
    found = shown(change)
    if found is None:
        return UNMEASURED
    return f"{found.percent:+.1f} {bounds(found.low, found.high)}, {found.verdict}"


def _stages(document: ReportDocument, prefix: str) -> Picture:
    """Return the share that each stage has of the cost."""
    parts = {f"stage {stage.stage}": stage.params for stage in document.params.stages}
    return Picture(
        f"{prefix}stages",
        lambda: _shares(document),
        "Share of the attention's parameters, MACs and bytes, by stage",
        mermaid.pie("Parameters of the attention, by stage", parts),
    )


def _shares(document: ReportDocument) -> str:
    from se_cost.report.figures.stages import stages

    whole, of = document.flops.attention, document.flops.stages
    shares: dict[str, Sequence[float | None]] = {
        "parameters": [stage.share for stage in document.params.stages],
        "MACs": [percent(stage.macs, whole.macs) for stage in of],
        "bytes moved": [percent(stage.bytes, whole.bytes) for stage in of],
    }
    caption = f"{title(document.recipe)}: what its attention costs, by stage"
    return stages(caption, shares, [f"stage {stage.stage}" for stage in document.params.stages])


def _intervals(timings: Sequence[TimeDocument]) -> str:
    from se_cost.report.figures.intervals import interval, intervals

    names, changes = labels(timings), {}
    for timing in timings:
        for line in time.lines(timing):
            change = known(line.arm.overhead)
            if change is not None:
                label = f"{line.name}, {names[asked(timing)]}"
                changes[label] = interval(change)
    return intervals(changes, time.plain(timings[0]), MARGIN)


def _beside(timed: bool) -> Beside:
    if timed:
        return Beside(OF_THIS_MACHINE, "Every timing is in", ".json")
    return Beside(SAME_ANYWHERE, "All of them are in", ".json")


def _environment(timing: TimeDocument) -> Table:
    """Return all that a time depends on."""
    facts = [
        Fact(name.replace("_", " "), str(value))
        for name, value in asdict(timing.environment).items()
        if value is not UNSET
    ]
    return Table.of("", FACTS, facts)
