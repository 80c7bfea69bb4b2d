"""No document and no page shows an overhead without its interval and its verdict.

Every document that holds a time is made of one timing whose overheads are known numbers that occur
nowhere else, once with enough comparisons for an interval and once with too few. These numbers are
then looked for: in the json, in every sentence and table, and in every picture.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from math import isclose
from typing import Any

import pytest
from gate.budgeted import budget, entry, times_only
from measure.made_up import explanation, of_kinds, timing
from msgspec import Struct

from documents.every import BLOCK, EVERY, KINDS, SE50, SMALL, counted
from se_cost.documents.alternatives import alternatives
from se_cost.documents.base import Document
from se_cost.documents.baseline import BaselineDocument
from se_cost.documents.explain import explained
from se_cost.documents.files import encode
from se_cost.documents.flops import flops
from se_cost.documents.fuse import fused
from se_cost.documents.order import Order
from se_cost.documents.paper import published
from se_cost.documents.params import params
from se_cost.documents.plan import plan
from se_cost.documents.report import ReportDocument, report, reports
from se_cost.documents.time import batches, timed
from se_cost.gate.check import check
from se_cost.gate.diff import compared
from se_cost.gate.entry import entries
from se_cost.ledger.costs import costs
from se_cost.measure.explain.prediction import only_stage
from se_cost.measure.fuse.record import Done, How, Proof
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.arms import FUSED, IN_PLACE, NETWORK, TRIMMED
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.measure.timing.verdict import Change, Overhead, TimeVerdict
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.planning.plan import Question, planned
from se_cost.report.page import Page, Table, Text, Warning, flat
from se_cost.report.pages.all import page

TRUTH = {NETWORK: 1.6471, TRIMMED: 1.0871}  # beside a plain network of 10 ms
BY_STAGE = {NETWORK: 1.6471, **{only_stage(stage): 1.0871 for stage in (2, 3, 4, 5)}}
FORMS = {NETWORK: 1.6471, FUSED: 1.0871, "fused_weights": 1.0871, IN_PLACE: 1.6471}
SECRETS = (  # per cent, milliseconds and seconds that follow from these
    *(64.71, 8.71, 100 * (1.0871 / 1.6471 - 1), 100 * (1.6471 / 1.0871 - 1)),
    *(6.471, 0.871, 0.006471, 0.000871),
)
ENOUGH, FEW = 8, 3  # comparisons
OVERHEADS = {  # what stands beside a figure of a budget, and has its interval
    "now": "overhead",
    "baseline": "baseline_overhead",
    **{name: f"{name}_overhead" for name in ("old", "new")},
}
NUMBER = re.compile(r"(?<![\w.])[+-]?\d+\.\d+")
VERDICTS = tuple(TimeVerdict)
MACHINE = Machine(bandwidth=2e10, launch=2e-6)


def of_one(net: Model, quads: int) -> ReportDocument:
    """Return the report on a network, timed in both modes."""
    times = [timed(timing(net, Settings(mode=mode), TRUTH, quads)) for mode in Mode]
    return report(params(costs(net)), flops(costs(net), counted(net)), times)


def verified(quads: int) -> Document:
    """Return a plan whose best choice was timed."""
    found = planned(Question(SE50, (SE50, model("se_resnet50", r=8)), Settings(), machine=MACHINE))
    net = found.best[0].model
    assert net is not None
    return plan(found, "made up", (), [timing(net, Settings(), TRUTH, quads)])


def held(quads: int) -> Document:
    """Return a budget of time that is exceeded, and one that holds what the time was before."""
    (now,) = entries(timed(timing(SMALL, Settings(), TRUTH, quads))).values()
    limits = budget(max_overhead_percent=5.0, grow_overhead_percent=1.0)
    return check([limits], {"net": entry(SMALL, *now.times)}, {"net": times_only(*now.times)})


def changed(quads: int) -> Document:
    """Return what changed from one timing to a slower one."""
    before = timing(SMALL, Settings(), {NETWORK: 1.0871}, quads)
    return compared(timed(before), timed(timing(SMALL, Settings(), TRUTH, quads)))


def fused_timed(quads: int) -> Document:
    """Return a fused network beside the one that it is made of."""
    done = Done(Proof(1e-15, 4e-7, "float32"), (BLOCK,), (), {}, (How.WEIGHTS,))
    return fused(SE50, Settings(), How.AUTO, done, timing(SE50, Settings(), FORMS, quads))


TIMED: Mapping[str, Callable[[int], Document]] = {
    "time": lambda quads: timed(timing(SE50, Settings(), TRUTH, quads)),
    "batches": lambda quads: batches(
        [timing(SE50, Settings(batch=n), TRUTH, quads) for n in (1, 8)]
    ),
    "explain": lambda quads: explained(explanation(SE50, Settings(), BY_STAGE, MACHINE, quads)),
    "fuse": fused_timed,
    "alternatives": lambda quads: alternatives(
        KINDS,
        Order.KINDS,
        [of_kinds(KINDS, Settings(mode=mode), (1.6471, 1.0871), quads) for mode in Mode],
    ),
    "plan": verified,
    "paper": lambda quads: published([timing(SE50, Settings(), TRUTH, quads)]),
    "report": lambda quads: of_one(SMALL, quads),
    "reports": lambda quads: reports([of_one(SMALL, quads), of_one(SE50, quads)]),
    "check": held,
    "diff": changed,
    "baseline": lambda quads: BaselineDocument(
        networks=entries(timed(timing(SMALL, Settings(), TRUTH, quads)))
    ),
}


def secret(number: float) -> bool:
    """Return whether a number is one of those that are looked for."""
    return any(isclose(abs(number), abs(one), rel_tol=1e-5) for one in SECRETS)


def told(text: str) -> bool:
    """Return whether a text holds one of the numbers that are looked for, in three digits."""
    for found in NUMBER.findall(text):
        digits = found.lstrip("+-0.").replace(".", "")
        rounding = 0.51 * 10 ** -len(found.partition(".")[2])
        if len(digits) >= 3 and any(abs(abs(float(found)) - abs(s)) < rounding for s in SECRETS):
            return True
    return False


def whole(value: Mapping[str, Any], above: Mapping[str, Any]) -> bool:
    """Return whether a table of json has an interval, and it or the one around it a verdict."""
    bounds = [value.get(f"low{unit}") for unit in ("", "_ms")]
    bounds += [value.get(f"high{unit}") for unit in ("", "_ms")]
    verdict = value.get("verdict", above.get("verdict"))
    return sum(bound is not None for bound in bounds) == 2 and verdict is not None


def bare(value: Any, above: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield where json has one of the numbers without interval and verdict, and where it has it."""
    match value:
        case dict():
            for name, inner in value.items():
                if isinstance(inner, float) and secret(inner):
                    beside = value.get(OVERHEADS.get(name, "")) or {}
                    told = whole(value, above) or whole(beside, {})
                    yield "" if told else f"{path}.{name}"
                elif name != "samples":  # the timings themselves
                    yield from bare(inner, value, f"{path}.{name}")
        case list():
            for inner in value:
                yield from bare(inner, above, path)


def sentences(of: Page) -> Iterator[str]:
    """Yield every text of a page and every row of its tables."""
    yield from (of.title, of.lead)
    for block in flat((*of.blocks, *of.screen)):
        match block:
            case Text() | Warning():
                yield block.text
            case Table():
                for row in block.cells():
                    yield " | ".join(row)


@pytest.mark.parametrize("name", TIMED)
def test_json(name: str) -> None:
    """With an interval a number stands beside it and its verdict; without there is none."""
    found = list(bare(json.loads(encode(TIMED[name](ENOUGH))), {}, ""))
    assert found, "the numbers are there to be found"
    assert set(found) == {""}
    assert list(bare(json.loads(encode(TIMED[name](FEW))), {}, "")) == []


@pytest.mark.parametrize("name", TIMED)
def test_sentences_and_tables(name: str) -> None:
    """The same of all that is read, doubts included."""
    shown = [text for text in sentences(page(TIMED[name](ENOUGH))) if told(text)]
    assert shown
    for text in shown:
        assert any(verdict in text for verdict in VERDICTS), text
        assert len(NUMBER.findall(text)) >= 3, text
    assert [text for text in sentences(page(TIMED[name](FEW))) if told(text)] == []


@pytest.mark.parametrize("name", ["explain", "alternatives", "report", "reports"])
def test_pictures(name: str) -> None:
    """What is drawn has a line for its interval, and its verdict; a time without is not drawn."""
    drawn = [picture.draw() for picture in page(TIMED[name](ENOUGH)).pictures]
    assert any("slower" in svg for svg in drawn)
    few = [picture.draw() for picture in page(TIMED[name](FEW)).pictures]
    assert not any(told(text) for svg in few for text in re.findall(r">([^<]*)</text>", svg))
    assert not any("slower" in svg for svg in few)


def unjudged(value: object, path: str) -> Iterator[str]:
    """Yield where a document has a change of time without a verdict."""
    match value:
        case Change() if not isinstance(value, Overhead):
            yield path
        case Struct():
            for name in value.__struct_fields__:
                yield from unjudged(getattr(value, name), name)
        case tuple() | dict():
            for inner in value.values() if isinstance(value, dict) else value:
                yield from unjudged(inner, path)


@pytest.mark.parametrize("name", EVERY)
def test_only_the_noise_of_a_run_has_no_verdict(name: str) -> None:
    """Every other change of time is one of two networks."""
    assert set(unjudged(EVERY[name](), "")) <= {"null", "drift"}
