"""The program's documents, read back into entries."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.budgeted import SMALL, budget, entry, time_document, timed
from report.made_up import timing
from se_cost.errors import BadInput
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.registry import recipe
from se_cost.report import batches, flops, params
from se_cost.report.document import Report
from se_cost.report.document import data as report_data
from se_cost.report.findings import Findings
from se_cost.report.formats import FORMATTERS, Format
from se_cost.report.gate import baseline
from se_cost.report.gate.check import Check
from se_cost.report.gate.check import data as check_data
from se_cost.report.gate.check import page as check_page
from se_cost.report.gate.diff import Diff
from se_cost.report.gate.diff import page as diff_page
from se_cost.report.gate.documents import entries, time_entry
from se_cost.report.gate.entry import Entry, counted
from se_cost.report.gate.reading import Part, parse


def read(data: Any) -> dict[str, Entry]:
    """Return the entries of a document as it comes back from json."""
    return entries(parse(json.dumps(data).encode(), "file"))


@pytest.mark.parametrize(("page", "figure"), [(params.page, "params"), (flops.page, "macs")])
def test_counts(page: Any, figure: str) -> None:
    """Totals and the attention of every stage are those of the ledger."""
    (name, found), *others = read(page(SMALL).data).items()
    assert (name, others) == ("se_resnet18", [])
    count, ours = found.counts[figure], counted(SMALL).counts[figure]
    assert (count.network, count.plain) == (ours.network, ours.plain)
    assert count.attention == ours.attention
    assert found.rebuilt is not None


def test_time() -> None:
    """A time has its one timing and no counts."""
    found = read(time_document())["se_resnet18"]
    assert (len(found.times), found.counts) == (1, {})


def test_report_of_one_network() -> None:
    """All that the parts of a report say is put together."""
    timings = [timing(SMALL, Settings(mode=mode)) for mode in Mode]
    report = Report((Findings(SMALL, timings=timings),))
    found = read(report_data(report))["se_resnet18"]
    assert set(found.counts) == {"params", "macs"}
    assert len(found.times) == 2


def test_report_of_several_networks() -> None:
    """Two of one name are told apart by their order."""
    nets = (SMALL, recipe("se_vgg16"), recipe("se_resnet18", r=4))
    found = read(report_data(Report(tuple(map(Findings, nets)))))
    assert list(found) == ["se_resnet18", "se_vgg16", "se_resnet18 (2)"]
    assert [whole.rebuilt.recipe for whole in found.values() if whole.rebuilt] == list(nets)


def test_check_and_baseline_hold_the_same() -> None:
    """The networks of both are read as they were written."""
    after = {"a": counted(SMALL), "b": counted(recipe("vgg16"))}
    check = Check([budget(name="a"), budget(recipe("vgg16"), "b")], after, {})
    assert read(check_data(check)) == after
    text = baseline.text({name: whole.data for name, whole in after.items()})
    assert entries(parse(text.encode(), "file")) == after


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"command": "parms"}, "'command': 'parms' is unknown: choose .*; did you mean params"),
        ({"command": 3}, "'command' is no text"),
        ({"recipe": {}}, "has no 'arch'"),
        ({"recipe": {"arch": "a\x1bb"}}, "has a name that cannot be printed"),
        ({"recipe": {"arch": ""}}, "has a name that cannot be printed"),
        ({"network": {"params": "x"}}, "'network', 'params' is 'x'"),
        ({"baseline": {"params": 0}}, "'baseline', 'params' is 0"),
        ({"stages": {}}, "'stages' is no list"),
    ],
)
def test_broken_documents(changes: dict[str, Any], message: str) -> None:
    """Each error names the part that is wrong."""
    with pytest.raises(BadInput, match=message):
        read(params.page(SMALL).data | changes)


def test_a_hostile_name_in_a_baseline() -> None:
    """A name that a terminal would obey is refused, whoever wrote it into the file."""
    with pytest.raises(BadInput, match="cannot be printed") as refused:
        read({"schema_version": 1, "command": "baseline", "networks": {"\x1b[2J": {}}})
    assert "\x1b" not in str(refused.value)


def test_only_time_is_a_time() -> None:
    """Where a time is asked for, another document is named as what it is not."""
    assert time_entry(Part(time_document(), "file")).times
    with pytest.raises(BadInput, match="is no document of `se-cost time`"):
        time_entry(Part(params.page(SMALL).data, "file"))


def test_an_entry_keeps_its_times() -> None:
    """Times that stand in a baseline come back with the counts."""
    text = baseline.text({"a": entry(SMALL, *time_entry(Part(time_document(), "")).times).data})
    assert len(entries(parse(text.encode(), "file"))["a"].times) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the way to every part of a document."""
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value)
    found = [path] if path else []
    if isinstance(value, dict | list):
        for key, part in inner:
            found += places(part, (*path, key)) if isinstance(part, dict | list) else [(*path, key)]
    return found


def read_or_refused(document: Any) -> dict[str, Entry] | None:
    """Return the entries; None if they were refused, with a harmless line."""
    try:
        return read(document)
    except BadInput as error:
        refused = str(error)
    assert refused.isprintable()
    return None


@given(st.data())
@settings(max_examples=150)
def test_no_damage_is_a_crash(data: st.DataObject) -> None:
    """Whatever a hand does to one part of a baseline: it is read and compared, or refused."""
    whole = {"a": entry(SMALL, timed(peak_memory=7)), "b": counted(recipe("resnet18"))}
    document = json.loads(baseline.text({name: net.data for name, net in whole.items()}))
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
    check = Check([budget(name="a", grow_peak_memory=1)], {"a": whole["a"]}, found)
    for page in (check_page(check), diff_page(Diff(found, whole)) if found else check_page(check)):
        for form in FORMATTERS:
            if form is not Format.JUNIT:
                assert "\x1b" not in FORMATTERS[form](page, width=80, color=False)


def test_every_batch_is_a_time() -> None:
    """A document of several batches holds a time for each."""
    runs = [timing(SMALL, Settings(batch=batch)) for batch in (1, 8)]
    found = read(batches.page(runs).data)["se_resnet18"]
    assert [time.settings["batch"] for time in found.times] == [1, 8]


def test_a_self_check_says_nothing_of_the_overhead() -> None:
    """Its overhead is that of a network over itself."""
    with pytest.raises(BadInput, match="is a self-check"):
        read(time_document() | {"self_check": True})


def test_settings_that_are_as_usual_need_no_name() -> None:
    """A time from before a setting was known is comparable with one that names it."""
    old = time_document()
    old["settings"] = {k: old["settings"][k] for k in ("mode", "batch", "dtype", "layout", "seed")}
    before, now = (read(d)["se_resnet18"].times[0] for d in (old, time_document()))
    assert before.where == now.where
    compiled = read(time_document(settings=Settings(compile=True)))["se_resnet18"].times[0]
    assert compiled.where != now.where
    assert compiled.told["compile"] is True
