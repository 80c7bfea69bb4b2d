"""The schemas against documents as the program makes them, and against broken ones."""

import copy
import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from report.drawn import recipes
from report.explained import explanation
from report.made_up import full, timing
from se_cost.measure.built import params as built
from se_cost.measure.counts import Counts
from se_cost.measure.exchange import Exchange
from se_cost.measure.peaks import Peak
from se_cost.measure.result import Timing
from se_cost.measure.settings import Mode, Settings
from se_cost.measure.throttle import Throttling
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import names, recipe
from se_cost.report import batches, explain, flops, nets, network, paper, params, time
from se_cost.report.document import Report
from se_cost.report.document import data as report_data
from se_cost.report.findings import Findings
from se_cost.report.gate import baseline
from se_cost.report.gate.budgets import Budget
from se_cost.report.gate.check import checked
from se_cost.report.gate.check import data as check_data
from se_cost.report.gate.diff import Diff
from se_cost.report.gate.diff import data as diff_data
from se_cost.report.gate.documents import entries
from se_cost.report.gate.entry import counted
from se_cost.report.gate.reading import Part
from se_cost.report.page import Data
from se_cost.report.schemas.schema import schema
from se_cost.report.schemas.words import Document

Steps = tuple[str | int, ...]


def closed(part: Any) -> Any:
    """Return a schema that allows nothing but what it names."""
    if isinstance(part, list):
        return [closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    inner = {key: closed(value) for key, value in part.items()}
    if part.get("type") == "object" and "properties" in part and "allOf" not in part:
        inner["additionalProperties"] = False
    return inner


def mistakes(data: Data, of: Data) -> list[str]:
    """Return what a schema says is wrong with data, as they are after json."""
    found = Draft202012Validator(of).iter_errors(json.loads(json.dumps(data)))
    return [f"{error.json_path}: {error.message}" for error in found]


def measured(timing: Timing) -> Timing:
    """Return a timing with all that a machine can tell."""
    first, *others = timing.run.processes
    exchange = Exchange(((0.3, 0.31),), ((0.2, 0.3),))
    more = dataclasses.replace(
        first,
        throttling=Throttling(8, 0, 2, 1700, 1900, 60),
        exchanges=dict.fromkeys(timing.arms, exchange),
        environment=first.environment | {"ranks": 2},
    )
    run = dataclasses.replace(timing.run, processes=(more, *others))
    return dataclasses.replace(
        timing,
        run=run,
        peaks=dict.fromkeys(timing.arms, Peak(10, 20)),
        joules=dict.fromkeys(timing.arms, 0.1),
    )


@pytest.fixture(scope="module")
def documents(
    small: Recipe, counts: Sequence[Counts], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Document, Data]]:
    """Return documents of every kind, as the program makes them, with all that they can hold."""
    pair = (built(small), built(small.baseline))
    runs = [timing(small, Settings(mode=mode, threads=2)) for mode in Mode]
    whole = Findings(small, pair, counts, runs)
    folder = tmp_path_factory.mktemp("check")
    file = folder / "baseline.json"
    (folder / "time.json").write_text(json.dumps(time.page(runs[0]).data))
    growth = {"macs": 5.0, "overhead-percent": 1.0}
    budgets = [
        Budget("small", small, {"params": 1e6, "attention-params-percent": 99.0}, growth),
        Budget("other", recipe("se_vgg16"), {"activation-bytes": 1.0}),
    ]
    checked(budgets, file, [folder / "time.json"], update=True)
    check = checked(budgets, file, [folder / "time.json"])
    before = baseline.read(file)
    slimmer = counted(recipe("se_resnet18", r=32, input=64))
    after = {"small": dataclasses.replace(slimmer, times=before["small"].times), "new": slimmer}
    made = {
        "nets": (Document.NETS, nets.page().data),
        "network": (Document.NETS, network.page(small).data),
        "params": (Document.PARAMS, params.page(small, pair).data),
        "flops": (Document.FLOPS, flops.page(small, counts).data),
        "time": (Document.TIME, time.page(runs[0]).data),
        "fully": (Document.TIME, time.page(measured(full(small))).data),
        "batches": (Document.TIME, batches.page([runs[0], full(small)]).data),
        "explain": (Document.EXPLAIN, explain.page(explanation(small)).data),
        "paper": (Document.PAPER, paper.page(runs).data),
        "report": (Document.REPORT, report_data(Report((whole,)))),
        "reports": (Document.REPORT, report_data(Report((whole, Findings(recipe("se_vgg16")))))),
        "check": (Document.CHECK, check_data(check)),
        "diff": (Document.DIFF, diff_data(Diff(before, after))),
        "baseline": (Document.BASELINE, json.loads(file.read_text())),
    }
    return {name: (kind, json.loads(json.dumps(data))) for name, (kind, data) in made.items()}


KINDS = (
    *("nets", "network", "params", "flops", "time", "fully", "batches", "explain", "paper"),
    *("report", "reports", "check", "diff", "baseline"),
)


def test_every_document_is_tested(documents: dict[str, tuple[Document, Data]]) -> None:
    """No kind of document is forgotten here."""
    assert list(documents) == list(KINDS)
    assert {kind for kind, _ in documents.values()} == set(Document)


@pytest.mark.parametrize("document", [None, *Document], ids=str)
def test_schemas_are_schemas(document: Document | None) -> None:
    """Each is a valid schema of draft 2020-12, with a name of its own and all that it refers to."""
    found = schema(document)
    Draft202012Validator.check_schema(found)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["$id"] == f"urn:se-cost:1:{document or 'document'}"
    text = json.dumps(found)
    for name in found["$defs"]:
        assert f'"#/$defs/{name}"' in text, "nothing is there in vain"


@pytest.mark.parametrize("name", KINDS)
def test_documents_are_as_the_schemas_say(
    documents: dict[str, tuple[Document, Data]], name: str
) -> None:
    """Every document keeps its own schema and the common one, and holds no key without a schema."""
    kind, data = documents[name]
    assert mistakes(data, schema(kind)) == []
    assert mistakes(data, schema()) == []
    assert mistakes(data, closed(schema(kind))) == []


@pytest.mark.parametrize("name", KINDS)
def test_another_document_is_refused(
    documents: dict[str, tuple[Document, Data]], name: str
) -> None:
    """A document keeps no schema but its own."""
    kind, data = documents[name]
    assert [other for other in Document if not mistakes(data, schema(other))] == [kind]


def places(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Yield the way to every value within a document, of a list's items to the last."""
    inside: Any = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = list(enumerate(value))[-1:]
    for key, inner in inside:
        yield (*steps, key)
        yield from places(inner, (*steps, key))


def changed(data: Data, steps: Steps, change: Callable[[Any, Any], None]) -> Data:
    """Return a copy of a document after a change to the value at the end of a way."""
    whole = copy.deepcopy(data)
    holder: Any = whole
    for step in steps[:-1]:
        holder = holder[step]
    change(holder, steps[-1])
    return whole


def delete(holder: Any, key: Any) -> None:
    """Delete what is under a key."""
    del holder[key]


def replace(holder: Any, key: Any) -> None:
    """Replace what is under a key by something that no document holds anywhere."""
    holder[key] = [{"nonsense": [None]}] if isinstance(holder[key], dict) else {"nonsense": 1}


OPTIONAL = {
    *("measured", "torch_backward", "times", "cores", "ranks"),
    *("peak_memory_bytes", "peak_reserved_bytes", "joules_per_image"),
}
COUNTS = {"params", "macs", "activation_bytes"}
BY_NAME = {"networks", "stages", "attention"}  # tables with names for keys
NAMES = {"small", "other", "head", *(f"stage{i}" for i in range(1, 9))}


def may_be_missing(kind: Document, steps: Steps) -> bool:
    """Return whether a document is whole without the value at the end of a way."""
    last = steps[-1]
    if kind is Document.PAPER and steps == ("time",):
        return True
    if len(steps) > 1 and steps[-2] in ("exchanges", "operators"):
        return True
    if last in OPTIONAL or (last in NAMES and steps[-2] in BY_NAME):
        return True
    of_an_entry = len(steps) == 3 and steps[0] == "networks" and steps[1] in NAMES
    return (of_an_entry or steps[0] == "sites") and last in COUNTS


@pytest.mark.parametrize("name", KINDS)
def test_what_is_missing_is_noticed(documents: dict[str, tuple[Document, Data]], name: str) -> None:
    """A document without any one of its keys is refused, but for those that are optional."""
    kind, data = documents[name]
    keeps = Draft202012Validator(schema(kind))
    tried = 0
    for steps in places(data):
        if isinstance(steps[-1], str):
            tried += 1
            accepted = keeps.is_valid(changed(data, steps, delete))
            assert accepted is may_be_missing(kind, steps), steps
    assert tried > 5


@pytest.mark.parametrize("name", KINDS)
def test_what_is_wrong_is_noticed(documents: dict[str, tuple[Document, Data]], name: str) -> None:
    """A value of a wrong kind, anywhere in a document, is refused."""
    kind, data = documents[name]
    keeps = Draft202012Validator(schema(kind))
    for steps in places(data):
        assert not keeps.is_valid(changed(data, steps, replace)), steps


@pytest.mark.parametrize(
    ("steps", "value"),
    [
        (("schema_version",), 2),
        (("command",), "parms"),
        (("recipe", "attention", "place"), "nowhere"),
        (("recipe", "attention", "stages", 0, "gate"), "softmax"),
        (("recipe", "width"), 0),
        (("stages", 0, "share"), 101),
        (("network", "params"), 1.5),
        (("network", "params"), -1),
        (("network", "params"), "12"),
        (("network", "params"), True),
    ],
)
def test_values_that_no_network_has(
    documents: dict[str, tuple[Document, Data]], steps: Steps, value: object
) -> None:
    """Words that are unknown, and numbers that cannot be, are refused by both schemas."""
    wrong = changed(documents["params"][1], steps, lambda holder, key: holder.update({key: value}))
    assert mistakes(wrong, schema(Document.PARAMS))
    assert mistakes(wrong, schema())


def test_new_keys_are_allowed(documents: dict[str, tuple[Document, Data]]) -> None:
    """A later se-cost may say more without breaking anyone who reads by this schema."""
    for kind, data in documents.values():
        assert mistakes({**data, "new": 1}, schema(kind)) == []
        assert mistakes({**data, "new": 1}, closed(schema(kind)))


@pytest.mark.parametrize("name", names())
def test_every_network_keeps_the_schemas(name: str) -> None:
    """Whatever the network, its documents are as the schemas say; without attention too."""
    asked = recipe(name)
    for page in (params.page(asked), flops.page(asked), network.page(asked)):
        document = Document(page.data["command"])
        assert mistakes(page.data, closed(schema(document))) == []


@settings(max_examples=15)
@given(recipes())
def test_every_recipe_keeps_the_schemas(drawn: Recipe) -> None:
    """Whatever is varied, the documents are as the schemas say."""
    for page in (params.page(drawn), flops.page(drawn)):
        document = Document(page.data["command"])
        assert mistakes(page.data, closed(schema(document))) == []


@pytest.mark.parametrize("quads", [5, 6])
def test_times_with_and_without_an_interval(quads: int) -> None:
    """Bounds may be null, and so may the network without its final stage."""
    asked = recipe("se_resnet50")
    data = time.page(timing(asked, quads=quads)).data
    assert (data["overhead"]["low"] is None) is (quads == 5)
    assert mistakes(data, closed(schema(Document.TIME))) == []
    one = time.page(timing(recipe("se_resnet50", stages=(4,)), truth={"network": 1.1})).data
    assert one["without_final_stage"] is None
    assert mistakes(one, closed(schema(Document.TIME))) == []


def test_a_diff_of_documents_that_know_less() -> None:
    """Documents of one command have only their own figures to compare."""
    old, new = (params.page(recipe("se_resnet50", r=r)).data for r in (16, 8))
    both = [entries(Part(document, "x")) for document in (old, new)]
    data = diff_data(Diff(*both))
    assert "params" in data["sites"][0]
    assert "macs" not in data["sites"][0]
    assert mistakes(data, closed(schema(Document.DIFF))) == []


def test_a_fresh_baseline_keeps_its_schema(tmp_path: Path) -> None:
    """A baseline without times, or without networks, is one too."""
    empty = json.loads(baseline.text({}))
    assert mistakes(empty, closed(schema(Document.BASELINE))) == []
