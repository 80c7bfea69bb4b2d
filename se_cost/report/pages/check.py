"""The page of `check`: what is over its limit first, then every limit."""

from collections import Counter
from collections.abc import Iterator, Sequence

from se_cost.documents.check import CheckDocument, LimitFinding, LimitVerdict
from se_cost.gate.quantities import interval
from se_cost.report.page import Column, Page, Table, answer
from se_cost.report.pages.words import rounded
from se_cost.text import joined, plural

COLUMNS = (
    Column("network", lambda finding: finding.network),
    Column("limit", lambda finding: finding.limit),
    Column("baseline", lambda finding: rounded(finding.baseline), ",", minor=True),
    Column("now", lambda finding: rounded(finding.now), ","),
    Column("at most", lambda finding: rounded(finding.at_most), ","),
    Column("verdict", lambda finding: finding.verdict.value),
)
TIMES = (
    Column("baseline's time", lambda finding: interval(finding.baseline_overhead) or None),
    Column("time now", lambda finding: interval(finding.overhead) or None),
)


def page(document: CheckDocument) -> Page:
    """Return the page."""
    changed = document.of(LimitVerdict.OVER, LimitVerdict.ACCEPTED)
    lines = [_total(document), *_sentences(changed), *document.notes]
    rows = [finding for finding in document.findings if _worth_a_row(finding)]
    timed = any(one.overhead or one.baseline_overhead for one in rows)
    columns = (*COLUMNS, *TIMES * timed)
    return answer(lines, [Table.of("Limits", columns, rows)] if rows else [], document.doubts)


def _sentences(changed: Sequence[LimitFinding]) -> Iterator[str]:
    """Yield what came out; what grew in one network has one cause, told with the first of it."""
    told: set[str] = set()
    for finding in changed:
        grew = finding.limit.startswith("grow-")
        if grew and finding.network in told:
            yield f"{finding.network}: {finding.reason.partition('. ')[0].removesuffix('.')}."
        else:
            yield finding.sentence
        if grew:
            told.add(finding.network)


def _total(document: CheckDocument) -> str:
    counts = Counter(finding.verdict for finding in document.findings)
    told = joined(f"{counts[verdict]} {verdict}" for verdict in LimitVerdict if counts[verdict])
    networks, limits = len(document.networks), len(document.findings)
    things = f"{plural(networks, 'network')}, {plural(limits, 'limit')}"
    return f"{things}: {told or 'nothing to judge'}."


def _worth_a_row(finding: LimitFinding) -> bool:
    """Return whether a limit is shown: not what nobody asked to be held, and what did not move."""
    return finding.asked or finding.now != finding.baseline
