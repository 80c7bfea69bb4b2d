"""The records of `check`: a sentence, a verdict, and old documents that lack a key."""

import json

import pytest
from gate.budgeted import SMALL, budget, entry

from se_cost.documents.baseline import Unit
from se_cost.documents.check import CheckDocument, LimitFinding, LimitVerdict
from se_cost.documents.files import encode, parse
from se_cost.gate.check import check
from se_cost.record import replace

FINDING = LimitFinding(
    network="net",
    limit="max-params",
    unit=Unit.COUNT,
    verdict=LimitVerdict.OVER,
    baseline=None,
    now=2,
    at_most=1,
    settings=None,
    stage="stage2",
    reason="2 parameters, 1 (100 %) over max-params = 1.",
    remedies=("drop stage 2", "or raise max-params"),
)


def test_a_sentence_ends_in_what_to_do() -> None:
    """A limit that is kept needs nothing to be done."""
    assert FINDING.sentence == (
        "net: 2 parameters, 1 (100 %) over max-params = 1. "
        "What to do: drop stage 2; or raise max-params."
    )
    kept = replace(FINDING, reason="1 parameter, within max-params.", remedies=())
    assert kept.sentence == "net: 1 parameter, within max-params."


@pytest.mark.parametrize(
    ("verdict", "failed", "judged"),
    [
        (LimitVerdict.OVER, True, True),
        (LimitVerdict.WITHIN, False, True),
        (LimitVerdict.UNJUDGED, False, False),
    ],
)
def test_exit_code_follows_the_verdict(verdict: LimitVerdict, failed: bool, judged: bool) -> None:
    """Only what is over fails."""
    document = CheckDocument(verdict=verdict, networks={}, findings=(), notes=())
    assert (document.failed, document.judged) == (failed, judged)


def test_findings_by_verdict() -> None:
    """In their order, whichever verdicts are asked for."""
    within = replace(FINDING, verdict=LimitVerdict.WITHIN)
    document = CheckDocument(
        verdict=LimitVerdict.OVER, networks={}, findings=(within, FINDING, within), notes=()
    )
    assert document.of(LimitVerdict.OVER) == [FINDING]
    assert document.of(LimitVerdict.OVER, LimitVerdict.WITHIN) == [within, FINDING, within]
    assert document.of() == []


def test_a_check_comes_back() -> None:
    """Whole numbers stay whole, and shares keep all their digits."""
    limits = budget(max_params=1, max_attention_params_percent=0.1, max_overhead_percent=1)
    document = check([limits], {"net": entry(SMALL)}, {"net": entry(SMALL)})
    again = parse(encode(document).encode(), "file")
    assert again == document
    assert isinstance(again, CheckDocument)
    now = {finding.limit: type(finding.now) for finding in again.findings}
    assert now["max-params"] is int
    assert now["max-attention-params-percent"] is float
    assert now["max-overhead-percent"] is type(None)


def test_an_older_document_asked_for_every_limit() -> None:
    """It does not say which limits the budget named, so all of them are shown."""
    raw = json.loads(encode(check([budget(max_params=1)], {"net": entry()}, {})))
    del raw["findings"][0]["asked"], raw["doubts"], raw["disagreements"]
    again = parse(json.dumps(raw).encode(), "file")
    assert isinstance(again, CheckDocument)
    assert again.findings[0].asked
