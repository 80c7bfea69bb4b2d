"""What is known of one network: counted, read from documents, and rebuilt."""

import json
from itertools import product
from typing import Any

import msgspec
import pytest
from cli.options.drawn import models
from hypothesis import given, settings
from measure.made_up import timing

from gate.budgeted import ALIEN, RICHER, SMALL, elsewhere, entry, time_document, timed
from se_cost.documents.base import Document
from se_cost.documents.baseline import BaselineDocument, Entry
from se_cost.documents.files import encode, parse
from se_cost.documents.flops import flops
from se_cost.documents.nets import nets
from se_cost.documents.params import ParamCount, params
from se_cost.documents.report import report, reports
from se_cost.documents.time import batches
from se_cost.documents.time import timed as time_of
from se_cost.errors import UsageError
from se_cost.gate.check import check
from se_cost.gate.entry import COUNTED, counted, entries, rebuilt, with_times
from se_cost.ledger.costs import costs
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.attention.kinds import Attention
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import names
from se_cost.record import replace


def back(document: Document) -> Document:
    """Return a document as it comes back from json."""
    return parse(encode(document).encode(), "file")


@pytest.mark.parametrize("name", names())
def test_counts_are_the_ledgers(name: str) -> None:
    """Network, plain network and the sums over stages are what the ledgers say."""
    net = model(name)
    whole = costs(net)
    for figure, count in counted(net).counts.items():
        of = COUNTED[figure]
        assert count.network == of(whole.network) == sum(count.stages.values())
        assert count.plain == of(whole.plain)
        assert count.network - count.plain == sum(count.attention.values())
        assert set(count.attention) <= set(count.stages)


@given(models())
@settings(max_examples=30)
def test_an_entry_comes_back_from_json(net: Model) -> None:
    """What was written is read as it was, and the same ledgers are built again."""
    before = {"net": counted(net)}
    after = entries(back(BaselineDocument(networks=before)))
    assert after == before
    assert rebuilt(after["net"]) == costs(net)


SE_2 = SMALL.attention.stages[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"family": "eternal"},
        {"input": (3, 1, 1)},
        {"input": (3, 224)},
        {"input": ()},
        {"classes": 7},
        {"attention": Attention()},
        {"attention": Attention(stages=(replace(SE_2, r=0),))},
    ],
)
def test_a_model_of_another_version(changes: dict[str, Any]) -> None:
    """What cannot be built, or was counted otherwise, is not rebuilt; nothing crashes."""
    assert rebuilt(replace(counted(SMALL), recipe=replace(SMALL, **changes))) is None


def test_a_model_that_is_too_wide() -> None:
    """It has more channels than there are numbers."""
    net = model("se_mobilenet")
    assert rebuilt(replace(counted(net), recipe=replace(net, width=1e308))) is None


def test_counts_that_are_not_ours() -> None:
    """If another version counted otherwise, its ledgers are not taken to be ours."""
    ours, theirs = counted(SMALL), counted(model("se_resnet18", input=65))
    assert rebuilt(replace(ours, macs=theirs.macs)) is None
    assert rebuilt(replace(ours, macs=None)) is not None


def test_params_and_flops() -> None:
    """Totals and the attention of every stage are those of the ledger."""
    ours = counted(SMALL)
    for document, name in ((params(costs(SMALL)), "params"), (flops(costs(SMALL)), "macs")):
        found = entries(back(document))
        assert list(found) == ["se_resnet18"]
        (count,) = found["se_resnet18"].counts.values()
        assert count == replace(ours.counts[name], stages={})
        assert rebuilt(found["se_resnet18"]) is not None


def test_time() -> None:
    """A time has what is kept of its timing, and no counts."""
    found = entries(back(time_document()))["se_resnet18"]
    (time,) = found.times
    assert found.counts == {}
    assert time.overhead == time_document().overhead
    assert time.overhead.percent == pytest.approx(10)
    assert (time.baseline.median_ms, time.network.median_ms) == pytest.approx((10, 11), rel=0.01)
    assert time.final_stage == 5
    assert time.without_final_stage
    assert time.without_final_stage.overhead
    assert time.without_final_stage.overhead.percent == pytest.approx(4)


def test_peak_memory_is_kept_if_it_was_measured() -> None:
    """It is that of the network."""
    document = time_document()
    assert entries(document)["se_resnet18"].times[0].network.peak_memory_bytes is None
    measured = replace(document, network=replace(document.network, peak_memory_bytes=2**20))
    assert entries(back(measured))["se_resnet18"].times[0].network.peak_memory_bytes == 2**20


def test_a_network_without_attention_has_no_smaller_one() -> None:
    """Its document says null, and so does the entry."""
    document = replace(time_document(), final_stage=None, without_final_stage=None)
    (time,) = entries(back(document))["se_resnet18"].times
    assert (time.final_stage, time.without_final_stage) == (None, None)


def test_every_batch_is_a_time() -> None:
    """A document of several batches holds a time for each."""
    runs = [timing(SMALL, Settings(batch=batch)) for batch in (1, 8)]
    found = entries(back(batches(runs)))["se_resnet18"]
    assert [time.settings.batch for time in found.times] == [1, 8]


def test_a_self_check_says_nothing_of_the_overhead() -> None:
    """Its overhead is that of a network over itself."""
    document = replace(time_document(), self_check=True)
    with pytest.raises(UsageError, match="'se_resnet18' was timed in a self-check"):
        entries(document)
    whole = report(params(costs(SMALL)), flops(costs(SMALL)), [time_document(), document])
    with pytest.raises(UsageError, match="self-check"):
        entries(whole)


def test_report_of_one_network() -> None:
    """All that the parts of a report say is put together."""
    times = [time_of(timing(SMALL, Settings(mode=mode))) for mode in Mode]
    found = entries(back(report(params(costs(SMALL)), flops(costs(SMALL)), times)))["se_resnet18"]
    assert set(found.counts) == {"params", "macs"}
    assert [time.settings.mode for time in found.times] == list(Mode)


def test_report_of_several_networks() -> None:
    """Two of one name are told apart by their order."""
    nets = (SMALL, model("se_vgg16"), model("se_resnet18", r=4))
    each = [report(params(costs(net)), flops(costs(net))) for net in nets]
    found = entries(back(reports(each)))
    assert list(found) == ["se_resnet18", "se_vgg16", "se_resnet18 (2)"]
    assert [whole.recipe for whole in found.values()] == list(nets)


def test_check_and_baseline_hold_the_same() -> None:
    """The networks of both are read as they were written."""
    after = {"a": entry(SMALL, timed(peak_memory=7)), "b": counted(model("vgg16"))}
    assert entries(back(check([], after, {}))) == after
    assert entries(back(BaselineDocument(networks=after))) == after


def test_documents_without_figures_to_compare() -> None:
    """They are named, beside those that can be."""
    with pytest.raises(UsageError, match="a document of nets cannot be compared: give one of para"):
        entries(nets())


@pytest.mark.parametrize("name", ["\x1b[2J", "", "a\nb"])
def test_names_that_cannot_be_printed(name: str) -> None:
    """A name that a terminal would obey is refused, whoever wrote it into the file."""
    hostile: list[Document] = [
        BaselineDocument(networks={name: entry()}),
        params(costs(replace(SMALL, arch=name))),
    ]
    for document in hostile:
        with pytest.raises(UsageError, match="must be one printable line") as refused:
            entries(document)
        assert str(refused.value).isprintable()


def test_counts_of_a_document_that_do_not_add_up() -> None:
    """The network is named, whatever the document is."""
    document = params(costs(SMALL))
    wrong = replace(document, network=ParamCount(document.network.params + 1))
    with pytest.raises(
        UsageError, match=r"'se_resnet18': attention sums to .*, but the network has"
    ):
        entries(wrong)
    nothing = replace(document, baseline=ParamCount(0))
    with pytest.raises(UsageError, match="'se_resnet18': the plain network counts 0, so nothing"):
        entries(nothing)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        *product(("network", "baseline", "stages"), (2**63, "many", None, True, 0.5)),
        *(("network", -1), ("baseline", -1)),  # attention may have less than what it replaces
    ],
)
def test_a_figure_that_is_no_count(part: str, value: object) -> None:
    """It is refused by the record, before anything is compared."""
    for document, key in ((params(costs(SMALL)), "params"), (flops(costs(SMALL)), "macs")):
        raw = json.loads(encode(document))
        (raw[part][0] if part == "stages" else raw[part])[key] = value
        with pytest.raises(UsageError, match=r"'file'.* (Expected `int`|is out of range)"):
            parse(json.dumps(raw).encode(), "file")


def test_times_of_other_environments_stay() -> None:
    """A new time replaces that of its own environment, and no other."""
    here, there = timed(overhead=10), elsewhere(timed(overhead=20), torch="3.0")
    newer = timed(overhead=11)
    kept = with_times(entry(SMALL, newer), entry(SMALL, here, there))
    assert {round(time.overhead.percent or 0) for time in kept.times} == {11, 20}
    assert with_times(entry(SMALL), entry(SMALL, here)).times == (here,)


def test_times_of_another_model_go() -> None:
    """A time says nothing of a network that was changed since."""
    assert with_times(entry(RICHER), entry(SMALL, timed())).times == ()
    assert with_times(entry(RICHER, timed(RICHER)), None).times == (timed(RICHER),)


def test_the_order_of_times_does_not_depend_on_that_of_updates() -> None:
    """However they came in, times stand in one order."""
    here, there = timed(), elsewhere(timed(), torch="3.0")
    one = with_times(entry(SMALL, here), entry(SMALL, there))
    other = with_times(entry(SMALL, there), entry(SMALL, here))
    assert one == other


def test_an_unknown_family_is_refused_where_it_is_read() -> None:
    """With the families that there are; an entry of it does not rebuild either."""
    whole = replace(counted(SMALL), recipe=ALIEN)
    with pytest.raises(UsageError, match=r"'file', 'family': '.*' is unknown"):
        parse(encode(BaselineDocument(networks={"x": whole})).encode(), "file")
    assert rebuilt(whole) is None


def test_a_kind_of_attention_that_is_not_known() -> None:
    """It is one clear line that names the network."""
    text = encode(BaselineDocument(networks={"good": entry(), "bad": entry(RICHER)}))
    head, tail = text.split('"bad"')
    broken = head + '"bad"' + tail.replace('"kind": "se"', '"kind": "cbma"')
    with pytest.raises(UsageError, match="'file', network 'bad': Invalid value 'cbma'") as refused:
        parse(broken.encode(), "file")
    assert "\n" not in str(refused.value)


def test_an_entry_leaves_out_what_is_not_known() -> None:
    """No count is not a count of null."""
    assert set(msgspec.to_builtins(Entry(SMALL))) == {"recipe"}
    assert set(msgspec.to_builtins(entry())) == {"recipe", *COUNTED}
