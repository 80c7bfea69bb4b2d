"""What attention adds to one network or several, in a sentence."""

from collections.abc import Iterable, Mapping

from se_cost.documents.report import ReportDocument
from se_cost.documents.time import TimeDocument
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.measure.timing.verdict import Overhead
from se_cost.nets.words import title
from se_cost.record import Record, replace
from se_cost.report.page import formatted
from se_cost.report.pages.settings import details
from se_cost.report.pages.words import UNMEASURED, bounds, percent, shown
from se_cost.text import joined

HEADINGS = {Mode.INFER: "Time of inference", Mode.TRAIN: "Time of a training step"}

Named = Mapping[str, ReportDocument]


class Said(Record):
    """A number as a sentence has it, beside its value."""

    value: float
    words: str


def summary(document: ReportDocument) -> str:
    """Return the numbers that matter in one sentence."""
    recipe = document.recipe
    return f"{title(recipe)} beside {title(recipe.plain)}: {growth(document)}."


def growth(document: ReportDocument) -> str:
    """Return what attention adds to time, which nobody knows, and to parameters and MACs."""
    names = headings(document.time)
    unknown = [_inline(names[asked(one)]) for one in document.time if not shown(one.overhead)]
    missing = [f"{joined(unknown, ' and ')} {UNMEASURED}"] * bool(unknown)
    measures = _measures(document, names)
    return joined([*missing, *(f"{what} {said.words}" for what, said in measures.items())])


def span(named: Named) -> str:
    """Return the least and the greatest of the numbers that matter in one sentence."""
    found: dict[str, dict[str, Said]] = {}
    names = headings(time for document in named.values() for time in document.time)
    for name, document in named.items():
        for what, said in _measures(document, names).items():
            found.setdefault(what, {})[name] = said
    spans = [_span(what, of) for what, of in found.items()]
    return f"What attention adds: {joined(spans, '; ')}."


def headings(timings: Iterable[TimeDocument]) -> dict[Settings, str]:
    """Return what timings stand under, by what was asked for."""
    return told_apart(timings, HEADINGS)


def labels(timings: Iterable[TimeDocument]) -> dict[Settings, str]:
    """Return what timings are called in a picture, by what was asked for."""
    return told_apart(timings, {mode: mode.value for mode in Mode})


def told_apart(timings: Iterable[TimeDocument], words: Mapping[Mode, str]) -> dict[Settings, str]:
    """Return a word for each mode; one that was timed in several ways is told apart by them."""
    ways = list(dict.fromkeys(map(asked, timings)))
    modes = [settings.mode for settings in ways]
    return {
        settings: words[mode] + (f": {details(settings)}" if modes.count(mode) > 1 else "")
        for mode in Mode
        for settings in ways
        if settings.mode is mode
    }


def asked(timing: TimeDocument) -> Settings:
    """Return the settings that were asked for, whatever fitted into the memory."""
    return replace(timing.settings, batch=timing.asked_batch)


def macs_growth(document: ReportDocument) -> float | None:
    """Return what attention adds to the MACs, in per cent."""
    return percent(document.flops.attention.macs, document.flops.baseline.macs)


def _span(what: str, of: Mapping[str, Said]) -> str:
    least, most = (end(of, key=lambda name: of[name].value) for end in (min, max))
    return f"{what} {of[least].words} for {least} to {of[most].words} for {most}"


def _inline(heading: str) -> str:
    """Return a heading as it stands within a sentence."""
    what, _, how = heading.partition(": ")
    return f"{what.lower()} ({how})" if how else what.lower()


def _measures(document: ReportDocument, names: Mapping[Settings, str]) -> dict[str, Said]:
    """Return the numbers that matter, by what they are of; a time without interval is none."""
    counts = {
        "parameters": (document.params.attention.percent, "+.2f"),
        "MACs": (macs_growth(document), "+.3f"),
    }
    said = {
        what: Said(value, f"{formatted(value, spec)} %")
        for what, (value, spec) in counts.items()
        if value is not None
    }
    times = [(_inline(names[asked(time)]), shown(time.overhead)) for time in document.time]
    known = {  # no interval, no say
        what: _time(change.percent, change)
        for what, change in times
        if change and change.percent is not None
    }
    return known | said


def _time(percent: float, change: Overhead) -> Said:
    return Said(percent, f"{percent:+.1f} % {bounds(change.low, change.high)} ({change.verdict})")
