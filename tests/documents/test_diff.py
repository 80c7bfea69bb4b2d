"""The records of `diff`: verdicts, and what is left out of the json."""

import msgspec
import pytest
from gate.budgeted import RICHER, SMALL, entry, params_only

from se_cost.documents.diff import ChangedLayer, DiffDocument, Trend
from se_cost.documents.files import encode, parse
from se_cost.gate.diff import compared


@pytest.mark.parametrize(
    ("verdict", "failed", "judged"),
    [
        (Trend.WORSE, True, True),
        (Trend.BETTER, False, True),
        (Trend.SAME, False, True),
        (Trend.UNJUDGED, False, False),
    ],
)
def test_exit_code_follows_the_verdict(verdict: Trend, failed: bool, judged: bool) -> None:
    """Only what is worse fails."""
    document = DiffDocument(
        verdict=verdict, networks={}, changes=(), sites=(), only_old=(), only_new=()
    )
    assert (document.failed, document.judged) == (failed, judged)


def test_a_diff_comes_back() -> None:
    """With its stories, figures and places."""
    document = compared({"net": entry(SMALL)}, {"net": entry(RICHER)})
    assert document.stories
    assert document.of(Trend.WORSE) == list(document.changes[:3])
    assert parse(encode(document).encode(), "file") == document


def test_a_layer_names_only_the_counts_that_both_documents_have() -> None:
    """A growth of 0 is told, one that is not known is not."""
    layer = ChangedLayer("net", "stage2", None, None, params=0)
    assert msgspec.to_builtins(layer) == {
        "network": "net",
        "stage": "stage2",
        "operator": None,
        "layers": None,
        "params": 0,
    }


def test_a_change_of_a_share_has_no_per_cent() -> None:
    """It is null in the json, as is the setting of what is counted."""
    found = compared({"a": params_only(SMALL, 100)}, {"a": params_only(SMALL, 101)})
    total, share = msgspec.to_builtins(found.changes)
    assert (total["figure"], share["figure"]) == ("params", "attention-params-percent")
    assert (share["percent"], share["verdict"]) == (None, "–")
    assert (total["settings"], total["reason"]) == (None, "")
