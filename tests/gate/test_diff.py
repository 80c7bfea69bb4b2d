"""What `diff` finds: stories, doubts, what is only in one document, and what git has."""

import subprocess
from pathlib import Path

import pytest

from gate.budgeted import (
    LEANER,
    RICHER,
    SMALL,
    budget,
    elsewhere,
    entry,
    params_only,
    timed,
    times_only,
)
from se_cost.documents.baseline import BaselineDocument, Entry
from se_cost.documents.diff import DiffDocument, Trend
from se_cost.documents.nets import nets
from se_cost.documents.params import params
from se_cost.errors import MeasurementError, UsageError
from se_cost.gate.baseline import update
from se_cost.gate.diff import annotations, compared, since
from se_cost.ledger.costs import costs
from se_cost.measure.timing.verdict import TimeVerdict
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

SE50, SE50_8 = model("se_resnet50"), model("se_resnet50", r=8)


def between(old: Entry, new: Entry, name: str = "net") -> DiffDocument:
    """Return what changed in one network."""
    return compared({name: old}, {name: new})


def test_a_network_that_got_worse() -> None:
    """What became of it, why and where."""
    found = between(entry(SE50), entry(SE50_8))
    assert (found.verdict, found.failed, found.judged) == (Trend.WORSE, True, True)
    assert found.stories == {
        "net": "net worse: parameters 28,088,024 → 30,603,912 (+8.96 %), "
        "MACs 3,860,488,192 → 3,863,003,136 (+0.0651 %), "
        "activations 158.48 MiB → 158.49 MiB (+0.00454 %). Its options changed: "
        "--r 16 became --r 8. Most of the parameters in stage 5: 1,573,248 more."
    }


def test_a_network_that_got_better() -> None:
    """An improvement does not fail, and its stage is named as well."""
    found = between(entry(SE50_8), entry(SE50))
    assert not found.failed
    assert "net better: parameters" in found.stories["net"]
    assert found.stories["net"].endswith("Most of the parameters in stage 5: 1,573,248 less.")


def test_no_change() -> None:
    """There is no story, and no place."""
    found = between(entry(), entry())
    assert (found.verdict, found.stories, found.sites) == (Trend.SAME, {}, ())
    assert {change.verdict for change in found.changes} == {Trend.SAME, Trend.SHARE}


@pytest.mark.parametrize(
    ("new", "verdict"), [(RICHER, Trend.WORSE), (LEANER, Trend.BETTER), (SMALL, Trend.SAME)]
)
def test_verdict_and_models(new: Model, verdict: Trend) -> None:
    """The models that were compared are named, whatever the documents were."""
    found = compared(params(costs(SMALL)), BaselineDocument(networks={"b": entry(new)}))
    assert found.verdict is verdict
    ((name, pair),) = found.networks.items()
    assert (name, pair.old, pair.new) == ("se_resnet18 → b", SMALL, new)
    assert (found.only_old, found.only_new) == ((), ())


def test_networks_of_one_document_only() -> None:
    """They are found by name: two networks may be counted alike."""
    found = compared({"x": entry(), "y": entry()}, {"y": entry(), "z": entry()})
    assert (found.only_old, found.only_new) == (("x",), ("z",))
    assert list(found.networks) == ["y"]


def test_better_and_worse_at_once() -> None:
    """Both are told; one worse figure makes the verdict."""
    found = between(entry(SMALL), entry(model("se_resnet18", input=32, r=8)))
    assert "worse: parameters" in found.stories["net"]
    assert "; better: MACs" in found.stories["net"]
    assert found.verdict is Trend.WORSE


def test_a_time_that_changed_has_no_stage() -> None:
    """Only counts are broken down by stage."""
    old, new = (times_only(timed(overhead=n)) for n in (10, 14))
    assert between(old, new).stories["net"] == (
        "net worse: time overhead 10 % (95 % interval +9.86 to +10.1: slower) → "
        "14 % (95 % interval +13.9 to +14.1: slower)."
    )


def test_a_story_is_of_its_own_network() -> None:
    """Places and figures of others have no part in it."""
    found = compared(
        {"a": entry(SMALL), "b": entry(SE50)}, {"a": entry(RICHER), "b": entry(SE50_8)}
    )
    assert found.stories == {
        "a": between(entry(SMALL), entry(RICHER), "a").stories["a"],
        "b": between(entry(SE50), entry(SE50_8), "b").stories["b"],
    }


def test_an_unjudged_time_is_a_doubt() -> None:
    """It is told with its reason, and does not fail."""
    old, new = entry(SMALL, elsewhere(timed(), torch="2.0")), entry(SMALL, timed(overhead=90))
    found = between(old, new)
    assert not found.failed
    (doubt,) = found.doubts
    assert doubt.startswith("net: time overhead was not judged: the two times were taken under")


def test_nothing_that_can_be_judged() -> None:
    """Then nothing failed, and nothing passed."""
    found = between(times_only(timed(verdict=TimeVerdict.INCONCLUSIVE)), times_only(timed()))
    assert (found.verdict, found.judged, found.failed) == (Trend.UNJUDGED, False, False)
    assert "not conclusive" in found.changes[0].reason


def test_growth_of_an_unknown_network_without_stages() -> None:
    """Where no document says where, no stage is named."""
    found = between(params_only(SMALL, 100), params_only(SMALL, 102))
    assert found.stories == {"net": "net worse: parameters 100 → 102 (+2 %)."}
    assert found.sites == ()


def test_nothing_in_common() -> None:
    """Documents of different things say what each of them holds."""
    old = {"a": times_only(timed())}
    with pytest.raises(MeasurementError, match="document holds times of a, the new one params and"):
        compared(old, {"b": entry()})
    with pytest.raises(MeasurementError, match="the new one nothing"):
        compared({"a": entry(), "b": entry()}, {})


def test_documents_that_hold_no_figures() -> None:
    """They are refused before anything is compared."""
    with pytest.raises(UsageError, match="a document of nets cannot be compared"):
        compared(params(costs(SMALL)), nets())


def test_annotations() -> None:
    """One error for each network that got worse, one warning for each doubt."""
    doubtful = timed(verdict=TimeVerdict.INCONCLUSIVE)
    old = {"a": entry(), "b": entry(), "c": entry(SMALL, doubtful)}
    new = {"a": entry(RICHER), "b": entry(LEANER), "c": entry(SMALL, timed())}
    found = annotations(compared(old, new))
    assert [(level, title) for level, _, title in found] == [
        ("error", "a costs more"),
        ("warning", "se-cost diff"),
    ]
    assert found[0][1].startswith("a worse: parameters")


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    """Return a baseline that is committed, and grew afterwards."""
    path = tmp_path / "base.json"
    update(path, {"net": entry(SMALL)})
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        who = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", tmp_path, *who, *words], check=True)
    update(path, {"net": entry(RICHER)})
    return path


def test_since_a_revision(committed: Path) -> None:
    """Its baseline is held against the budgets, or against the file as it is now."""
    assert since("HEAD", committed).verdict is Trend.WORSE
    assert since("HEAD", committed, [budget(LEANER)]).verdict is Trend.BETTER


def test_a_revision_whose_file_is_no_baseline(committed: Path) -> None:
    """The error names the file and the revision."""
    other = committed.with_name("other.json")
    other.write_text("{}")
    for words in (["add", "."], ["commit", "-qm", "second"]):
        who = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", committed.parent, *who, *words], check=True)
    with pytest.raises(UsageError, match=r"'other\.json of HEAD' has schema_version"):
        since("HEAD", other)


def test_times_in_a_diff_keep_how_they_were_taken() -> None:
    """The settings stand with the change."""
    found = between(entry(SMALL, timed()), replace(entry(SMALL), times=(timed(overhead=14),)))
    assert [change.settings for change in found.changes if change.settings] == [timed().settings]
