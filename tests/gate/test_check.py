"""What `check` finds: verdicts, notes, annotations, and what it reads and writes."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measure.made_up import timing

from gate.budgeted import (
    LEANER,
    RICHER,
    SMALL,
    budget,
    entry,
    params_of,
    time_document,
    timed,
    written,
)
from se_cost.documents.base import Document
from se_cost.documents.baseline import BaselineDocument
from se_cost.documents.check import CheckDocument, LimitVerdict
from se_cost.documents.files import encode, parse
from se_cost.documents.params import params
from se_cost.documents.time import batches
from se_cost.errors import UsageError
from se_cost.gate.baseline import read
from se_cost.gate.check import annotations, check, checked
from se_cost.gate.diff import compared
from se_cost.gate.entry import Entries, counted, entries
from se_cost.gate.judging import NEW_TIME, UPDATE
from se_cost.ledger.costs import costs
from se_cost.measure.timing.settings import Settings
from se_cost.nets.zoo.model import model
from se_cost.record import replace


def over(name: str = "net") -> CheckDocument:
    """Return a check that is over one cap and within the other."""
    return check([budget(name=name, max_params=1, max_macs=10**12)], {name: entry()}, {})


def test_a_finding_holds_figures_and_words() -> None:
    """All that the sentences are made of is there as numbers and words."""
    document = check([budget(RICHER)], {"net": entry(RICHER)}, {"net": entry(SMALL)})
    assert (document.verdict, document.failed) == (LimitVerdict.OVER, True)
    assert document.networks == {"net": entry(RICHER)}
    first = document.findings[0]
    assert (first.network, first.limit, first.verdict) == ("net", "grow-params", "over")
    assert (first.baseline, first.at_most) == (11_778_592, 11_778_592)
    assert (first.stage, first.unit, first.asked) == ("stage5", "count", False)
    assert "--r 16 became --r 8" in first.reason
    assert any("--update" in remedy for remedy in first.remedies)


def test_figures_of_a_finding_are_exact() -> None:
    """They are rounded on the page only."""
    document = check([budget(max_attention_params_percent=5.0)], {"net": entry()}, {})
    assert document.findings[0].now == params_of(SMALL).percent


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        (over(), "over"),
        (check([budget(max_params=10**9)], {"net": entry()}, {}), "within"),
        (check([budget(max_overhead_percent=5)], {"net": entry()}, {}), "not judged"),
        (check([budget()], {"net": entry()}, {}), "not judged"),
    ],
)
def test_verdict_of_all_together(document: CheckDocument, verdict: str) -> None:
    """Nothing judged is never within."""
    assert document.verdict == verdict
    assert document.judged is (verdict != "not judged")
    assert document.failed is (verdict == "over")


def test_what_was_not_judged_is_a_doubt() -> None:
    """It stands in the document, and does not fail it."""
    limits = budget(max_params=10**9, max_overhead_percent=5)
    document = check([limits], {"net": entry()}, {})
    assert not document.failed
    (doubt,) = document.doubts
    assert doubt.startswith("net: max-overhead-percent was not judged: no time was given")


def test_notes_on_what_is_new_and_what_is_gone() -> None:
    """Networks without a baseline, and entries without a budget, are not passed over."""
    document = check([budget(name="b")], {"b": entry()}, {"a": entry()}, complete=True)
    assert document.notes == (
        f"Not in the baseline, so growth was not judged: b. {UPDATE} adds what is new.",
        "In the baseline, but in no budget: a.",
    )
    alone = check([budget(name="b")], {"b": entry()}, {"a": entry(), "b": entry()})
    assert alone.notes == (), "options that name one network do not make the others forgotten"


def test_an_improvement_is_told_and_never_fails() -> None:
    """What went down is praised, with the way to keep it down."""
    document = check([budget(LEANER)], {"net": entry(LEANER)}, {"net": entry(SMALL)})
    assert not document.failed
    (note,) = document.notes
    assert note == (
        "Below the baseline: net parameters -0.37 %, net MACs -0.0293 %, "
        "net activations -0.0162 %. `se-cost check --update` keeps it so."
    )


def test_after_an_update_growth_is_accepted_and_caps_hold() -> None:
    """Growth becomes the baseline, but a budget is raised by its owner only."""
    limits = budget(RICHER, max_params=1, grow_macs=0)
    document = check([limits], {"net": entry(RICHER)}, {"net": entry(SMALL)}, updated=True)
    verdicts = {finding.limit: finding.verdict for finding in document.findings}
    assert verdicts["max-params"] is LimitVerdict.OVER
    assert verdicts["grow-params"] is verdicts["grow-macs"] is LimitVerdict.ACCEPTED
    accepted = next(f for f in document.findings if "more than the baseline" in f.reason)
    assert "What to do" not in accepted.sentence


def test_after_an_update_nothing_is_missing() -> None:
    """A new network is told of, and no longer unjudged."""
    document = check([budget(grow_params=1)], {"net": entry()}, {}, updated=True)
    assert (document.findings, document.notes) == ((), ("New in the baseline: net.",))
    timing = check(
        [budget(grow_overhead_percent=5)], {"net": entry(SMALL, timed())}, {}, updated=True
    )
    assert [NEW_TIME in finding.reason for finding in timing.findings] == [True]
    better = check([budget(LEANER)], {"net": entry(LEANER)}, {"net": entry()}, updated=True)
    assert better.notes[0].endswith("%.")


def test_annotations_have_the_worst_first() -> None:
    """Errors, then warnings, then notices; each names its network and limit."""
    limits = budget(max_overhead_percent=5, max_params=1)
    found = annotations(check([limits], {"net": entry()}, {}))
    assert [level for level, _, _ in found] == ["error", "warning", "notice"]
    assert [title for _, _, title in found] == [
        *("net: max-params", "net: max-overhead-percent", "se-cost check"),
    ]


def test_checked_reads_nothing_that_is_not_there(tmp_path: Path) -> None:
    """Without a baseline the caps are held, and no file appears."""
    assert checked([budget(max_params=1)], tmp_path / "base.json").failed
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - names, not paths


def test_checked_writes_only_if_asked(tmp_path: Path) -> None:
    """An update is judged against what was before, and writes what is now."""
    file = tmp_path / "base.json"
    assert not checked([budget()], file, update=True).failed
    assert read(file) == {"net": counted(SMALL)}
    grown = checked([budget(RICHER)], file)
    assert len(grown.of(LimitVerdict.OVER)) == 3
    assert read(file) == {"net": counted(SMALL)}
    assert not checked([budget(RICHER)], file, update=True).failed
    assert read(file) == {"net": counted(RICHER)}
    assert not checked([budget(RICHER)], file).failed


def test_only_a_complete_list_of_budgets_forgets(tmp_path: Path) -> None:
    """Other networks of the baseline are named if there is no budget at all for them."""
    file = tmp_path / "base.json"
    checked([budget(), budget(name="other")], file, update=True)
    assert checked([budget()], file).notes == ()
    (note,) = checked([budget()], file, complete=True).notes
    assert note == "In the baseline, but in no budget: other."


def test_update_into_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """That is found out before anything is counted."""
    with pytest.raises(UsageError, match="cannot write"):
        checked([budget()], tmp_path / "missing" / "base.json", update=True)


def test_times_go_to_the_budgets_of_their_model(tmp_path: Path) -> None:
    """Two budgets may hold one network; a third one has no part in it."""
    file = tmp_path / "base.json"
    time = written(tmp_path / "time.json", time_document(overhead=10))
    limits = [
        budget(name="a", max_overhead_percent=15),
        budget(name="b", max_overhead_percent=5),
        budget(RICHER, name="c", max_overhead_percent=5),
    ]
    checked(limits, file, [time], update=True)
    document = checked(limits, file, [time])
    assert {f.network: f.verdict for f in document.findings if f.limit[:5] == "max-o"} == {
        "a": "within",
        "b": "over",
        "c": "not judged",
    }


def test_times_of_several_batches(tmp_path: Path) -> None:
    """Each is held against the limits, and the json says which it was."""
    runs = [timing(SMALL, Settings(batch=batch)) for batch in (1, 8)]
    time = written(tmp_path / "time.json", batches(runs))
    document = checked([budget(max_overhead_percent=5)], tmp_path / "base.json", [time])
    found = [f.settings for f in document.findings if f.limit == "max-overhead-percent"]
    assert [settings.batch for settings in found if settings] == [1, 8]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (time_document(model("se_vgg16")), "timed 'se_vgg16', with options that no budget has"),
        (time_document(RICHER), "timed 'se_resnet18', with options that no budget has"),
        (params(costs(SMALL)), r"'.*time\.json' is no document of `se-cost time`"),
        (replace(time_document(), self_check=True), r"time\.json': 'se_resnet18' was timed in a"),
    ],
)
def test_times_that_do_not_belong(tmp_path: Path, document: Document, message: str) -> None:
    """A time of something else is never taken for the network's."""
    with pytest.raises(UsageError, match=message):
        checked([budget()], tmp_path / "base.json", [written(tmp_path / "time.json", document)])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)
WHOLE = {"a": entry(SMALL, timed(peak_memory=7)), "b": counted(model("resnet18"))}


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the way to every part of a document."""
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value)
    found = [path] if path else []
    for key, part in inner:
        found += places(part, (*path, key)) if isinstance(part, dict | list) else [(*path, key)]
    return found


def read_or_refused(document: Any) -> Entries | None:
    """Return the entries; None if they were refused, with a harmless line."""
    try:
        return entries(parse(json.dumps(document).encode(), "file"))
    except UsageError as error:
        refused = str(error)
    assert refused.isprintable()
    return None


@given(st.data())
@settings(max_examples=150)
def test_no_damage_is_a_crash(data: st.DataObject) -> None:
    """Whatever a hand does to one part of a baseline: it is read and compared, or refused."""
    document = json.loads(encode(BaselineDocument(networks=WHOLE)))
    *way, last = data.draw(st.sampled_from(places(document)))
    part = document
    for key in way:
        part = part[key]
    if data.draw(st.booleans()):
        part[last] = data.draw(JSON)
    else:
        del part[last]
    found = read_or_refused(document)
    if found is None:
        return
    limits = budget(name="a", grow_peak_memory=1)
    assert encode(check([limits], {"a": WHOLE["a"]}, found))
    if found:
        assert encode(compared(found, WHOLE))
